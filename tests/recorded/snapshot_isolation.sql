# innodb_snapshot_isolation: above READ COMMITTED a transaction may not lock or change a row that is newer than
# its snapshot: error 1020, and the whole transaction is rolled back. Without a snapshot there is nothing to fail.
create table t (id int primary key, v int, w int, key kv (v), unique key uw (w)) engine=innodb;
insert into t values (1, 10, 1), (2, 20, 2), (3, 30, 3), (4, 40, 4);
set innodb_snapshot_isolation = on; -- A
begin; select * from t; -- A
update t set v = 11 where id = 1; -- B
select * from t where id = 1; -- A, the snapshot
update t set v = 12 where id = 1; -- A, 1020
select @@in_transaction; -- A
begin; select * from t where id = 1; -- A
update t set v = 22 where id = 2; -- A, not changed since
update t set v = 13 where id = 1; -- B
select * from t where id = 1 for update; -- A, 1020
select * from t; -- A, rolled back
begin; select * from t where id = 1; -- A
update t set v = 14 where id = 1; -- B
select * from t where id = 1 lock in share mode; -- A, 1020
begin; select * from t where id = 1; -- A
delete from t where id = 4; -- B
delete from t where id = 4; -- A, gone meanwhile
select * from t where id = 4; -- A
rollback; -- A
begin; select * from t where id = 1; -- A
insert into t values (5, 50, 5); -- B
select * from t; -- A
select * from t where id = 5 for update; -- A
rollback; -- A
begin; select * from t where id = 1; -- A
insert into t values (6, 60, 6); -- B
insert into t values (6, 60, 7); -- A, duplicate of a row it can't see
select @@in_transaction; -- A
rollback; -- A
begin; select * from t where id = 1; -- A
insert into t values (7, 70, 7); -- B
insert into t values (8, 80, 7); -- A, duplicate in the unique key
rollback; -- A
begin; select * from t where id = 1; -- A
update t set v = 15 where id = 1; -- B
insert into t values (1, 1, 1) on duplicate key update v = v + 1; -- A
rollback; -- A
begin; select * from t where id = 1; -- A
update t set v = 16 where id = 1; -- B
replace into t values (1, 1, 1); -- A
rollback; -- A
begin; select * from t where id = 1; -- A
update t set w = 33 where id = 3; -- B
update t set w = w + 100 where v = 30; -- A, by the secondary index
rollback; -- A
begin; select * from t where id = 1; -- A
begin; update t set v = 17 where id = 1; -- B
update t set v = 18 where id = 1; -- A, waits
commit; -- B, A finds it changed
begin; select * from t where id = 1; -- A
begin; update t set v = 19 where id = 1; -- B
update t set v = 20 where id = 1; -- A, waits
rollback; -- B, not changed after all
rollback; -- A
begin; -- A, no snapshot yet
update t set v = 21 where id = 1; -- B
update t set v = 22 where id = 1; -- A
commit; -- A
update t set v = 23 where id = 1; -- A, autocommit
set transaction isolation level read committed; -- A
begin; select * from t where id = 1; -- A
update t set v = 24 where id = 1; -- B
update t set v = 25 where id = 1; -- A, the newest is meant
commit; -- A
set session transaction isolation level serializable; -- A
start transaction with consistent snapshot; -- A
update t set v = 26 where id = 1; -- B
select * from t where id = 1; -- A, a locking read
rollback; -- A
set session transaction isolation level repeatable read; -- A
start transaction with consistent snapshot; -- A
update t set v = 27 where id = 1; -- B
update t set v = 28 where id = 2; -- A
update t set v = 28 where id >= 1; -- A, 1020 on the way: all is rolled back
select v from t where id = 2; -- A
set autocommit = 0; -- A
select v from t where id = 1; -- A
update t set v = 29 where id = 1; -- B
select v from t where id = 1 for update; -- A, 1020
select v from t where id = 1 for update; -- A, a new transaction
commit; -- A
set autocommit = 1; -- A
