# Ranges, lists and equality on a secondary index against the whole table; covering, and the clustered key behind.
create table t (id int primary key, k int, v varchar(10), n int, key k (k), key v (v)) engine=innodb;
insert into t values (1, 10, 'ann', 1), (2, 10, 'bob', 2), (3, 20, 'ann', 3), (4, 30, 'cid', 4), (5, 40, 'dan', 5),
  (6, 50, 'ann', 6), (7, 60, 'eve', 7), (8, 70, null, 8);
begin; update t set n = 60 where k < 40; -- T1, the whole table
rollback; -- T1
begin; update t set n = 60 where k > 55; -- T1, the range
rollback; -- T1
begin; delete from t where v = 'ann'; -- T1
rollback; -- T1
begin; delete from t where v in ('ann', 'bob'); -- T1
rollback; -- T1
begin; delete from t where k = 10; -- T1
rollback; -- T1
begin; select * from t where k >= 10 for share; -- T1
rollback; -- T1
begin; select k from t where k >= 20 for share; -- T1, the index covers it
rollback; -- T1
begin; select id from t where k between 20 and 50 and id > 4 for update; -- T1
rollback; -- T1
begin; select * from t where k = 10 and id = 2 for update; -- T1, the row is one
rollback; -- T1
begin; select * from t where k = 10 and id > 1 for update; -- T1
rollback; -- T1
begin; select * from t where v like 'a%' for share; -- T1
rollback; -- T1
begin; select * from t where v like 'e%' for share; -- T1
rollback; -- T1
begin; select * from t where v is null for update; -- T1
rollback; -- T1
begin; select * from t where k <> 10 for share; -- T1
rollback; -- T1
begin; select * from t where k < 10 or k > 65 for share; -- T1
rollback; -- T1
begin; select count(*) from t for share; -- T1, by the shortest index
rollback; -- T1
begin; update t set n = 0 where k > 60 and k < 20; -- T1, nothing is read
rollback; -- T1
