-- LOCK TABLES: who has locked a table for writing may change its definition; nobody makes or drops others.
create table t1 (a int) engine=innodb;
create table t2 (a int) engine=innodb;
create table t3 (a int) engine=innodb;
lock tables t1 write, t2 read; -- T1
create table t4 (a int); -- T1
create table t1 (a int); -- T1
create table if not exists t1 (a int); -- T1
create table t4 like t1; -- T1
drop table t1, t3; -- T1
drop table t1, t2; -- T1
drop table t9; -- T1
drop table if exists t9; -- T1
drop table t3; -- T1
alter table t3 add column b int; -- T1
alter table t2 add column b int; -- T1
alter table t1 add column b int; -- T1
truncate table t3; -- T1
truncate table t2; -- T1
truncate table t1; -- T1
select * from t3; -- T1
select * from t1; -- T1
drop table t1; -- T1
select * from t3; -- T1
select * from t2; -- T1
unlock tables; -- T1
show tables; -- T1
