# A session that waits can't take another statement: that is a mistake of the script, and the run ends.
create table t (id int primary key, v int) engine=innodb;
insert into t values (1, 10);
begin; update t set v = 11 where id = 1; -- T1
update t set v = 12 where id = 1; -- T2, waits
select 1; -- T2, can't be sent
commit; -- T1, is never played
