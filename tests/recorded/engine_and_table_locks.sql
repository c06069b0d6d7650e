-- default_storage_engine, innodb_table_locks, FLUSH TABLES under LOCK TABLES, and SET SESSION after SET TRANSACTION.
create table t (id int primary key, n int) engine=innodb;
create table u (id int primary key, n int) engine=innodb;
insert into t values (1, 1), (2, 2);
set default_storage_engine = MyISAM; -- A
create table m (id int primary key); -- A
begin; insert into m values (1); -- A
rollback; -- A
select * from m; -- A
set autocommit = 0; -- B
set innodb_table_locks = 0; -- B
lock tables t write; -- B
update t set n = 5 where id = 1; -- B
flush tables t; -- B
unlock tables; -- B
commit; -- B
set innodb_table_locks = 1; -- B
lock tables t write, u read; -- B
flush tables u; -- B
flush tables missing; -- B
flush tables; -- B
unlock tables; -- B
commit; -- B
set transaction isolation level read uncommitted; -- C
set session transaction isolation level repeatable read; -- C
begin; select * from t; -- C
update t set n = 7 where id = 1; -- D
select * from t; -- C
set session transaction isolation level serializable; -- C
commit; -- C
