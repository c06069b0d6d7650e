-- Where ranges end whose primary key is kept in descending order, read in either direction.
create table t1 (id int not null, primary key (id desc)) engine=innodb;
insert into t1 values (1), (3), (4), (5), (6), (7), (9);
begin; -- T1
select * from t1 force index (primary) where id <= 0 order by id asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id <= 0 order by id desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id < 1 order by id asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id < 1 order by id desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id <= 1 order by id asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id <= 1 order by id desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id < 7 order by id asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id < 7 order by id desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id <= 7 order by id asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id <= 7 order by id desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id <= 8 order by id asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id <= 8 order by id desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id < 9 order by id asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id < 9 order by id desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id <= 9 order by id asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id <= 10 order by id asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id <= 10 order by id desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id >= 10 order by id asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id >= 10 order by id desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id > 9 order by id asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id > 9 order by id desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id >= 9 order by id asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id >= 9 order by id desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id > 3 order by id asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id > 3 order by id desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id >= 3 order by id asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id >= 3 order by id desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id >= 2 order by id asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id >= 2 order by id desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id > 1 order by id asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id > 1 order by id desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id >= 1 order by id asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id >= 1 order by id desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id > 0 order by id asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id > 0 order by id desc for update; -- T1
rollback; -- T1
