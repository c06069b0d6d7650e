-- A savepoint from before InnoDB took part: rolling back to it lets all locks go.
create table t (id int primary key, n int) engine=innodb;
insert into t values (1, 1), (2, 2);
begin; savepoint a; -- T1
update t set n = 5 where id = 1; savepoint b; -- T1
update t set n = 6 where id = 2; -- T1
rollback to savepoint b; -- T1
rollback to savepoint a; -- T1
update t set n = 7 where id = 1; -- T2
commit; -- T1
