# ORDER BY and LIMIT: the order of an index is worth while where the scan can stop early.
create table t (id int primary key, k int, m int, n int, key km (k, m)) engine=innodb;
insert into t values (1, 50, 1, 1), (2, 40, 2, 2), (3, 30, 1, 3), (4, 30, 3, 4), (5, 20, 1, 5), (6, 20, 2, 6),
  (7, 10, 1, 7), (8, 10, 2, 8), (9, 60, 1, 9), (10, 70, 1, 10);
begin; select * from t where k >= 10 order by k, m for share; -- T1, the whole table, sorted
rollback; -- T1
begin; select * from t order by k limit 1 for update; -- T1
rollback; -- T1
begin; select * from t where k = 20 order by m limit 1 for update; -- T1
rollback; -- T1
begin; select * from t where k = 20 order by m desc limit 1 for update; -- T1
rollback; -- T1
begin; select * from t where k > 30 limit 2 for update; -- T1, LIMIT makes it a range
rollback; -- T1
begin; select * from t where k > 30 order by n limit 2 for update; -- T1
rollback; -- T1
begin; select * from t where n > 3 order by id limit 2 for update; -- T1
rollback; -- T1
begin; select * from t where k > 10 order by id limit 2 for update; -- T1
rollback; -- T1
begin; update t set n = 0 where k > 20 order by k limit 1; -- T1
rollback; -- T1
begin; update t set n = 0 order by k limit 1; -- T1
rollback; -- T1
begin; delete from t where id > 3 order by id desc limit 2; -- T1
rollback; -- T1
begin; delete from t order by k limit 2; -- T1
rollback; -- T1
begin; delete from t where n = 5 limit 1; -- T1
rollback; -- T1
