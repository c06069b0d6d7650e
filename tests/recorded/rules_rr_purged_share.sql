-- A shared lock on a row that is purged becomes a shared gap lock on the next one, at REPEATABLE READ.
create table t (id int primary key, v int, x int, key v (v)) engine=innodb;
insert into t values (10, 100, 1), (20, 200, 2), (30, 300, 3);
begin; delete from t where id = 20; -- T2
begin; select * from t where id = 20 lock in share mode; -- T1
commit; -- T2
begin; insert into t values (25, 250, 5); -- T2, waits
rollback; -- T1
rollback; -- T2
