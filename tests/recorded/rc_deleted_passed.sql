-- READ COMMITTED passes over a delete-marked row or entry whose deleter has committed, whoever has it locked: it neither
-- waits nor keeps anything. While the deleter is active it waits, and keeps the lock. (Beside T3 nothing would be delete-marked.)
create table t (id int primary key, k int, u int, x int, key k (k), unique key u (u)) engine=innodb;
insert into t values (10, 1, 100, 0), (20, 2, 200, 0), (30, 3, 300, 0), (40, 4, 400, 0);
set session transaction isolation level read committed; -- T1
start transaction with consistent snapshot; -- T3
delete from t where id = 20; -- T4
begin; select * from t where id = 20 for update; -- T2, locks the deleted row
begin; select * from t where id = 20 for update; -- T1
select * from t where id between 10 and 30 for update; -- T1
select * from t where id between 15 and 25 lock in share mode; -- T1
update t set x = 1 where id = 20; -- T1
delete from t where id = 20; -- T1
select * from t where id < 20 for update; -- T1
select * from t where k = 2 for update; -- T1
select * from t where k between 1 and 3 for update; -- T1
select * from t where u = 200 for update; -- T1
select * from t where id <= 20 order by id desc for update; -- T1
select * from t where id = 20 for update nowait; -- T1
select * from t where id = 20 for update skip locked; -- T1
rollback; -- T1
rollback; -- T2
begin; select * from t force index (k) where k = 2 for update; -- T2, locks the deleted entry
begin; select * from t force index (k) where k = 2 for update; -- T1
select * from t force index (u) where u = 200 lock in share mode; -- T1
select k from t force index (k) where k between 1 and 2 for update; -- T1
delete from t where k = 2; -- T1
rollback; -- T1
rollback; -- T2
begin; delete from t where id = 30; -- T4
begin; select * from t where id = 30 for update; -- T1, waits
commit; -- T4
commit; -- T1
begin; delete from t where id = 40; -- T4
begin; select * from t force index (k) where k = 4 for update; -- T1, waits
commit; -- T4
commit; -- T1
commit; -- T3
