-- Without a primary key REPLACE gives the row a new id for each time that it tries.
create table t (id int, k int, u int, n int, unique key k (k), unique key u (u)) engine=innodb;
insert into t values (10, 40, 15, 10), (20, 10, null, 70);
begin; -- A
replace into t values (15, 10, 25, 5); -- A
replace into t values (16, 40, 25, 5); -- A
select * from t where n = 5 for update; -- B, waits
insert into t values (17, 50, 50, 5); -- A
rollback; -- A
