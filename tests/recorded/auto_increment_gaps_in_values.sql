-- Which numbers a statement of several rows gives. Behind a given number higher ones follow, newly reserved where the
-- first ones do not reach. A row that IGNORE leaves out, or that changes another, hands its number on.
-- LAST_INSERT_ID() is the first that came in.
create table t (id int auto_increment primary key, k int, unique key (k)) engine=innodb;
insert into t values (1, 10), (2, 20);
insert ignore into t values (null, 10), (null, 30), (null, 40); -- A
select last_insert_id(); select * from t order by id; -- A
insert into t values (null, 41); -- A
insert into t values (null, 10), (null, 50), (null, 51) on duplicate key update k = 11; -- A
select last_insert_id(); select * from t order by id; -- A
insert into t values (null, 52); -- A
insert into t values (null, 60), (15, 61), (null, 62); -- A
select * from t order by id; -- A
insert into t values (null, 63); -- A
insert into t values (null, 70), (23, 71), (null, 72), (null, 73); -- A
insert into t values (null, 74); -- A
insert into t values (null, 80), (60, 81), (null, 82), (null, 83), (null, 84); -- A
select * from t order by id; -- A
insert into t values (null, 85); -- A
replace into t values (null, 85), (null, 86); -- A
select last_insert_id(); -- A
insert into t values (null, 87); -- A
insert ignore into t values (100, 87), (null, 88), (null, 87), (null, 90); -- A
insert into t values (null, 89); -- A
select * from t order by id; -- A
insert into t values (200, 87), (null, 188), (null, 87), (201, 190), (null, 191) on duplicate key update k = k + 1000; -- A
insert into t values (null, 192); -- A
insert ignore into t select null, k + (id = 1) from t; -- A
insert into t values (null, 193); -- A
select * from t order by id; -- A
insert into t values (null, 11); -- A
select last_insert_id(); -- A
insert into t values (null, 300), (null, 11); -- A
select last_insert_id(); -- A
insert into t values (9, 11) on duplicate key update id = 600; -- A
insert into t values (null, 400); -- A
insert into t values (null, 401), (null, 11), (null, 402) on duplicate key update id = 700; -- A
insert into t values (null, 403); -- A
select * from t order by id; -- A
begin; update t set k = 1 where id = 15; -- A
insert into t values (null, 500), (900, 501), (null, 502); -- A
select * from t where id > 700; -- A
rollback; -- A
