-- Points, gaps, implicit locks and insert intentions in one listing. The recording is older than 8.0.18:
-- its listing has S on 30 for the range that ends with 20, which is left out here.
create table t1 (id int primary key) engine=innodb;
insert into t1 values (0), (10), (20), (30);
begin; -- T1
select * from t1 where id = 10 for share; -- T1
insert into t1 values (5); -- T1
select * from t1 where id = 25 for share; -- T1
select * from t1 where id = 22 for update; -- T1
select * from t1 where id >= 10 and id <= 20 for share; -- T1
select * from t1 where id > 20 for update; -- T1
begin; -- T2
insert into t1 values (21); -- T2
begin; -- T4
insert into t1 values (35); -- T4
