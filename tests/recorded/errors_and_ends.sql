# Checks, wrong values and names, MIN and MAX under FOR UPDATE, savepoints.
create table t (id int primary key, v int check (v > 0), w int, constraint big check (w < 100)) engine=innodb;
insert into t values (1, -1, 1); -- T1
insert into t values (1, 1, 100); -- T1
insert into t values (1, 'abc', 5); -- T1
insert into t values (1, 1, 99999999999); -- T1
select nosuch from t; -- T1
select * from t where nosuch = 1; -- T1
select t.id from t join t as b; -- T1
update t set nosuch = 1; -- T1
insert into t (id) values (null); -- T1
begin; select max(id) from t for update; -- T1
rollback; -- T1
insert into t values (1,1,1),(2,2,2),(3,3,3); -- T1
begin; select max(id) from t for update; -- T1
rollback; -- T1
begin; select min(v) from t where id > 1 for update; -- T1
rollback; -- T1
set last_insert_id = 7; select last_insert_id(), @@last_insert_id; -- T1
drop table nosuch; -- T1
lock tables t read; -- T1
insert into t values (9,9,9); -- T1
select * from u; -- T1
unlock tables; -- T1
savepoint x; -- T1
rollback to x; -- T1
begin; insert into t values (4,4,4); savepoint a; insert into t values (5,5,5); rollback to a; select * from t; -- T1
select * from t where id = 5 for update; -- T2
commit; -- T1
