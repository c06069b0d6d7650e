# What information_schema shows of waits: only locks that somebody waits for, and those that they wait for.
# INNODB_LOCKS knows no record-only and no insert intention; a lock's id has no mode. The server makes these
# tables anew every 100 ms at most, hence the sleeps.
create table t (id int primary key, v int, w int, key kv (v)) engine=innodb;
insert into t values (10, 100, 1), (20, 200, 2), (30, 300, 3);
begin; -- A
select * from t where id = 10 for update; -- A
update t set w = 5 where id = 20; -- A
select lock_mode, lock_type, lock_index, lock_data from information_schema.innodb_locks; -- Look, nobody waits: empty
select trx_state, trx_requested_lock_id, trx_wait_started, trx_weight, trx_query, trx_operation_state, trx_tables_in_use, trx_tables_locked, trx_lock_structs, trx_rows_locked, trx_rows_modified, trx_concurrency_tickets, trx_isolation_level, trx_unique_checks, trx_foreign_key_checks, trx_is_read_only, trx_autocommit_non_locking from information_schema.innodb_trx where trx_weight > 0; -- Look
update t set w = 6 where id = 20; -- B, waits
begin; insert into t values (40, 400, 4); -- C, gets a number; those that only read show 0
select * from t where id = 20 lock in share mode; -- C, waits for both
do sleep(0.2); -- Look
select lock_mode, lock_type, replace(lock_table, database(), 'db') as lock_table, lock_index, lock_page, lock_rec, lock_data from information_schema.innodb_locks; -- Look
select r.trx_query, b.trx_query, w.requested_lock_id = r.trx_requested_lock_id as is_requested from information_schema.innodb_lock_waits w join information_schema.innodb_trx r on r.trx_id = w.requesting_trx_id join information_schema.innodb_trx b on b.trx_id = w.blocking_trx_id order by r.trx_query, b.trx_query; -- Look
select trx_state, trx_weight, trx_query, trx_operation_state, trx_tables_in_use, trx_tables_locked, trx_lock_structs, trx_rows_locked, trx_rows_modified from information_schema.innodb_trx where trx_weight > 0; -- Look
select locked_index, locked_type, waiting_trx_rows_locked, waiting_query, waiting_lock_mode, blocking_trx_rows_locked, blocking_trx_rows_modified, blocking_query, blocking_lock_mode, blocking_pid in (select id from information_schema.processlist) as is_connected from sys.innodb_lock_waits order by waiting_query, blocking_query; -- Look
select command, state, info from information_schema.processlist where info like 'update t%' or info like 'select * from t%' order by info; -- Look
rollback; -- A, B and then C go on
do sleep(0.2); -- Look
select count(*) from information_schema.innodb_lock_waits; -- Look
