-- LOCK TABLES at READ COMMITTED while autocommit is off.
create table t (id int primary key, v int) engine=innodb;
insert into t values (1, 1);
set session transaction isolation level read committed; -- T1
set autocommit = 0; -- T1
lock tables t read; -- T1
unlock tables; -- T1
lock tables t write; -- T1
unlock tables; -- T1
