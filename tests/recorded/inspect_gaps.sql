# Gap locks, insert intentions and table locks in INNODB_LOCKS, and what a waiting transaction is doing.
create table t (id int primary key, v int, w int, key kv (v)) engine=innodb;
insert into t values (10, 100, 1), (20, 200, 2), (30, 300, 3);
create table p (id int primary key) engine=innodb;
create table c (id int primary key, p int, foreign key (p) references p (id)) engine=innodb;
insert into p values (1), (2);
insert into c values (1, 1);
begin; -- A
select * from t where id = 15 for update; -- A, the gap before 20
insert into t values (16, 1, 1); -- B, waits
do sleep(0.2); -- Look
select lock_mode, lock_type, lock_index, lock_rec, lock_data from information_schema.innodb_locks; -- Look
select trx_state, trx_operation_state, trx_rows_locked from information_schema.innodb_trx where trx_state = 'LOCK WAIT'; -- Look
rollback; -- A
begin; -- A
select * from t where id > 30 for update; -- A, the supremum
insert into t values (40, 1, 1); -- B, waits
do sleep(0.2); -- Look
select lock_mode, lock_type, lock_index, lock_rec, lock_data from information_schema.innodb_locks; -- Look
rollback; -- A
begin; -- A
update t set v = 201 where id = 20; -- A
select * from t force index (kv) where v = 200 for update; -- B, waits on the index
do sleep(0.2); -- Look
select lock_mode, lock_type, lock_index, lock_page, lock_data from information_schema.innodb_locks; -- Look
select trx_state, trx_operation_state, trx_rows_locked from information_schema.innodb_trx where trx_state = 'LOCK WAIT'; -- Look
rollback; -- A
begin; -- A
update t set w = 9 where id = 20; -- A
delete from t where w > 100; -- B, a scan of the table
do sleep(0.2); -- Look
select trx_state, trx_operation_state, trx_rows_locked from information_schema.innodb_trx where trx_state = 'LOCK WAIT'; -- Look
rollback; -- A
begin; -- A
delete from p where id = 2; -- A
insert into c values (2, 2); -- B, waits for the parent
do sleep(0.2); -- Look
select lock_mode, lock_type, lock_index, lock_data from information_schema.innodb_locks; -- Look
select trx_state, trx_operation_state, trx_tables_in_use, trx_tables_locked, trx_rows_locked from information_schema.innodb_trx where trx_state = 'LOCK WAIT'; -- Look
rollback; -- A
begin; -- A
select * from c for update; -- A
delete from p where id = 1; -- B, waits for the child
do sleep(0.2); -- Look
select trx_state, trx_operation_state, trx_tables_in_use, trx_tables_locked, trx_rows_locked from information_schema.innodb_trx where trx_state = 'LOCK WAIT'; -- Look
rollback; -- A
set autocommit = 0; -- A
lock tables t write; -- A, with autocommit off InnoDB locks the table too
do sleep(0.2); -- Look
select trx_state, trx_tables_locked, trx_lock_structs, trx_rows_locked from information_schema.innodb_trx where trx_lock_structs > 0; -- Look
unlock tables; -- A
