-- BETWEEN a AND a does not give ORDER BY its order: the rows are read forward, and sorted.
create table t (id int, b int, k0 int, n int, c int, primary key (id, b), key i0 (k0)) engine=innodb;
insert ignore into t values (10, 30, 20, 25, 20), (20, 15, 15, 50, 50), (30, 40, 40, 15, 15), (40, 10, 25, null, 70), (50, 40, 5, 70, 10), (60, 25, 30, null, 40);
begin; -- T2
select * from t force index (primary) where id between 70 and 70 order by id desc, b desc limit 2 for update nowait; -- T2
rollback; begin; -- T2
select * from t force index (primary) where id between 70 and 70 order by id desc, b desc limit 2 for update; -- T2
rollback; begin; -- T2
select * from t force index (primary) where id = 70 order by id desc, b desc limit 2 for update; -- T2
rollback; begin; -- T2
select * from t force index (primary) where id = 60 order by id desc, b desc limit 2 for update; -- T2
rollback; begin; -- T2
select * from t force index (primary) where id = 35 order by id desc, b desc limit 2 for update; -- T2
rollback; begin; -- T2
select * from t force index (primary) where id between 35 and 35 order by id desc, b desc limit 2 for update; -- T2
