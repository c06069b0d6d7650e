# A table of several pages: rows inserted upwards, downwards and in between; the ends and the middle are locked.
create table t (id int primary key, v int, w int, key v (v)) engine=innodb;
insert into t values (1,1,0),(2,2,0),(3,3,0),(4,4,0),(5,5,0),(6,6,0),(7,7,0),(8,8,0);
insert into t select id + 8, v + 8, w from t;
insert into t select id + 16, v + 16, w from t;
insert into t select id + 32, v + 32, w from t;
insert into t select id + 64, v + 64, w from t;
insert into t select id + 128, v + 128, w from t;
insert into t select id + 256, v + 256, w from t;
insert into t select id + 512, v + 512, w from t;
insert into t select id + 1024, v + 1024, w from t;
begin; select * from t where id > 2040 for update; -- T1
insert into t values (3000, 0, 0); -- T2
insert into t select -id, 5000 - id, 1 from t where id <= 1500 order by id; -- T3
rollback; -- T1
begin; select * from t where id between -3 and 3 for share; -- T1
update t set w = 7 where id = 2; -- T4
delete from t where id between -600 and -590; -- T5
commit; -- T1
begin; select count(*) from t where w = 1; -- T1
update t set v = v + 1 where id between 100 and 110; -- T2
select max(id), min(id), count(*), sum(v) from t; -- T3
begin; delete from t where id > 2030; -- T2
select id from t force index (v) where v between 4995 and 5005 for share; -- T3
rollback; -- T2
select count(*) from t where id > 1990; -- T1
commit; -- T1
