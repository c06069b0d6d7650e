-- READ COMMITTED: who changed a row owns its unchanged entries too, once their page is young.
create table t (id int primary key, k int, n int, key i (k)) engine=innodb;
insert into t values (10, 10, 0), (20, 20, 0), (30, 30, 0);
set session transaction isolation level read committed; -- T1
begin; -- T1
update t set n = 1 where id = 30; -- T1
select * from t force index (i) where k < 25 for update; -- T1
rollback; -- T1
begin; -- T1
insert into t values (5, 80, 0); -- T1
update t set n = 1 where id = 30; -- T1
select * from t force index (i) where k < 25 for update; -- T1
