-- LOCK TABLES and the global read lock among several sessions.
create table t1 (n int); -- locker
insert into t1 values (1); -- locker
lock tables t1 write; -- locker
update low_priority t1 set n = 4; -- writer
select n from t1; -- reader
unlock tables; -- locker
drop table t1; -- reader
create table t1 (n int); -- locker
insert into t1 values (1); -- locker
lock tables t1 read; -- locker
update low_priority t1 set n = 4; -- writer
select n from t1; -- reader
unlock tables; -- locker
drop table t1; -- reader
create table t1 (a int); -- locker
lock tables t1 write; -- locker
show columns from t1; -- reader
unlock tables; -- locker
drop table t1; -- locker
create table t1 (c1 int); -- writer
lock table t1 write; -- writer
flush tables with read lock; -- locker
create table t2 (c1 int); -- writer
unlock tables; -- writer
unlock tables; -- locker
drop table t1; -- locker
create table t1 (a int); -- locker
create table t2 (a int); -- locker
flush tables with read lock; -- locker
update t2 set a = 1; -- con1
unlock tables; -- locker
flush tables with read lock; -- locker
lock tables t2 write; -- con1
unlock tables; -- locker
unlock tables; -- con1
drop table t1, t2; -- locker
create table t1 (i int); -- locker
lock tables t1 write; -- locker
flush tables with read lock; -- flush
alter table t1 add column j int; -- locker
insert into t1 values (1, 2); -- insert
unlock tables; -- locker
select * from t1; -- flush
unlock tables; -- flush
select * from t1; -- flush
drop table t1; -- flush
