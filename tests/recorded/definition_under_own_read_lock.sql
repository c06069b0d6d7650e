# Under one's own FLUSH TABLES WITH READ LOCK a definition fails, but what was open is committed before: its locks go.
create table t (id int primary key, n int) engine=innodb;
insert into t values (1, 1), (5, 5);
flush tables with read lock; -- A
begin; -- A
select * from t where id = 5 for share; -- A
alter table t add column y int; -- A
begin; -- A
select * from t where id = 5 for share; -- A
create table u (id int) engine=innodb; -- A
begin; -- A
select * from t where id = 5 for share; -- A
drop table t; -- A
begin; -- A
select * from t where id = 5 for share; -- A
analyze table t; -- A
unlock tables; -- A
