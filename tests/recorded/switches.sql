# Variables that change how statements run, under both their names.
create table t (id int primary key, v int) engine=innodb;
create table z (id int primary key) engine=innodb;
create table c (id int primary key, t int, foreign key (t) references t (id)) engine=innodb;
insert into t values (1, 10), (2, 20);
insert into c values (1, 1);
set tx_isolation = 'READ-COMMITTED'; -- A
select @@tx_isolation; -- A
select @@transaction_isolation; -- A
set session tx_isolation = 'SERIALIZABLE'; -- A
set session transaction_read_only = 1; -- A
begin; -- A
update t set v = 1 where id = 1; -- A, 1792
commit; -- A
set session tx_read_only = 0; -- A
select @@tx_read_only; -- A
set foreign_key_checks = 0; -- A
insert into c values (2, 99); -- A
delete from t where id = 1; -- A
set foreign_key_checks = 1; -- A
insert into c values (3, 98); -- A, 1452
set unique_checks = 0; -- A
insert into t values (2, 3); -- A, still 1062
set autocommit = 0; -- B
select v from t where id = 2; -- B
update t set v = 21 where id = 2; -- B
set autocommit = 1; -- B, commits
select v from t; -- A
set autocommit = 0; -- B
lock tables z write; -- B
insert into z values (4); -- A, waits
commit; -- B
unlock tables; -- B
set innodb_table_locks = 0; -- B
lock tables z write; -- B
unlock tables; -- B
show variables like 'innodb_table_locks'; -- B
show variables like 'tx_isolation'; -- A
show variables where variable_name in ('autocommit', 'foreign_key_checks', 'unique_checks'); -- B
set global innodb_status_output_locks = on; -- A
select @@innodb_status_output_locks; -- A
set global innodb_autoinc_lock_mode = 2; -- A, 1238
set innodb_deadlock_detect = off; -- A, 1229
set global innodb_rollback_on_timeout = on; -- A, 1238
