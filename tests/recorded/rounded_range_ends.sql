-- A bound between two values of the column is rounded; the upper end then counts as included.
create table t (id int primary key, k int, n int, key i (k)) engine=innodb;
insert into t values (10, 1, 0), (20, 2, 0), (30, 3, 0), (40, 4, 0), (50, 5, 0), (60, 6, 0), (70, 7, 0), (80, 8, 0);
begin; -- T2
select * from t force index (i) where k < 2.5 for update; -- T2
rollback; -- T2
begin; -- T2
select * from t force index (i) where k <= 2.5 for update; -- T2
rollback; -- T2
begin; -- T2
select * from t force index (i) where k < 2.4 for update; -- T2
rollback; -- T2
begin; -- T2
select * from t force index (i) where k <= 2.4 for update; -- T2
rollback; -- T2
begin; -- T2
select * from t force index (i) where k > 6.5 for update; -- T2
rollback; -- T2
begin; -- T2
select * from t force index (i) where k >= 6.5 for update; -- T2
rollback; -- T2
begin; -- T2
select * from t force index (i) where k > 6.4 for update; -- T2
rollback; -- T2
begin; -- T2
select * from t force index (i) where k >= 6.4 for update; -- T2
rollback; -- T2
begin; -- T2
select * from t where id < 25.5 for update; -- T2
rollback; -- T2
begin; -- T2
select * from t where id < 29.5 for update; -- T2
rollback; -- T2
begin; -- T2
select * from t where id > 60.4 for update; -- T2
rollback; -- T2
begin; -- T2
select * from t where id > 59.5 for update; -- T2
rollback; -- T2
begin; -- T2
select * from t where id between 59.5 and 60.4 for update; -- T2
rollback; -- T2
