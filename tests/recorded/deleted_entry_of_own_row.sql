-- READ COMMITTED lets a delete-marked entry go, unless the row that it belonged to was changed by the reader.
create table t (id int primary key, k int, n int, key i (k)) engine=innodb;
insert into t values (10, 10, 0), (20, 20, 0), (30, 30, 0), (40, 40, 0), (50, 50, 0), (60, 60, 0), (70, 70, 0);
set session transaction isolation level read committed; -- T1
update t set k = 15 where id = 40; -- T2. Leaves 40 behind
update t set k = 55 where id = 30; -- T2. Leaves 30 behind
begin; -- T1
select * from t force index (i) where k < 60 for update; -- T1. Both are let go
rollback; -- T1
begin; -- T1
update t force index (i) set n = n + 1 where k < 60; -- T1. At 40 its row is changed already, at 30 it comes later
rollback; -- T1
begin; -- T1
update t set n = 5 where id = 30; -- T1
select * from t force index (i) where k < 60 for update; -- T1. 30 stays, 40 goes
rollback; -- T1
begin; -- T1
update t set n = 5 where id = 30; -- T1
select * from t force index (i) where k = 30 for share; -- T1
rollback; -- T1
