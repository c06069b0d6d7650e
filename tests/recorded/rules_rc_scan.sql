-- What scans lock, keep and let go at READ COMMITTED: points, ranges that end before a row that somebody
-- else holds, backward reads, covering reads, and rows that were delete-marked.
create table t (id int primary key, v int, u int, x int, key v (v), unique key u (u)) engine=innodb;
insert into t values (10, 100, 1000, 1), (20, 200, 2000, 2), (30, 300, 3000, 3), (40, 400, 4000, 4), (50, 500, 5000, 5);
set session transaction isolation level read committed; -- T1
begin; -- T1
select * from t where u = 2000 for update; -- T1
select * from t where id >= 30 and id < 35 for update; -- T1
rollback; -- T1
begin; -- T1
select * from t where id > 10 and id < 35 for update; -- T1
select * from t where id > 10 and id <= 30 for update; -- T1
rollback; -- T1
begin; -- T1
select * from t where id <= 30 order by id desc for update; -- T1
select v from t force index (v) where v = 400 lock in share mode; -- T1
rollback; -- T1
begin; select * from t where id = 40 for update; -- T2
begin; select * from t where id > 10 and id < 35 for update; -- T1, waits for the row behind the range
rollback; -- T2
rollback; -- T1
begin; select * from t where id = 40 for update; -- T2
begin; select * from t where id > 10 and id <= 30 for update; -- T1, waits for it, too
rollback; -- T2
rollback; -- T1
begin; update t set x = 33 where id = 30; -- T2
begin; update t set x = 44 where x = 4; -- T1, passes the locked row by
update t set x = 55 where x = 3; -- T1, waits: the committed version matches
commit; -- T2
rollback; -- T1
start transaction with consistent snapshot; -- T3, keeps what is deleted from here on
delete from t where id = 30; -- T2
begin; select * from t where x > 0 for update; -- T1, lets the delete-marked row go
rollback; -- T1
begin; delete from t where id = 20; -- T2
begin; select * from t where id = 20 for update; -- T1
rollback; -- T2
rollback; -- T1
begin; delete from t where id = 20; -- T2
begin; select * from t where u = 2000 for update; -- T1
rollback; -- T2
rollback; -- T1
commit; -- T3
