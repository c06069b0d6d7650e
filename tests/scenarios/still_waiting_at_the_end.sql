# A script may end while a statement waits: the last paragraph says who waits, and for what.
create table t (id int primary key, v int) engine=innodb;
insert into t values (1, 10);
begin; update t set v = 11 where id = 1; -- T1
update t set v = 12 where id = 1; -- T2, waits for ever
