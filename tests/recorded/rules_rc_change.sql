-- What changes lock at READ COMMITTED: implicit locks, own rows, entries, gaps, duplicates.
create table t (id int primary key, v int, u int, x int, key v (v), unique key u (u)) engine=innodb;
insert into t values (10, 100, 1000, 1), (20, 200, 2000, 2), (30, 300, 3000, 3), (40, 400, 4000, 4);
set session transaction isolation level read committed; -- T1
begin; insert into t values (25, 250, 2500, 5); -- T2
begin; select * from t where id = 25 for update; -- T1, makes T2's lock explicit
rollback; -- T2
rollback; -- T1
begin; insert into t values (25, 250, 2500, 5); -- T1
select * from t where id = 25 for update; -- T1, its own row
rollback; -- T1
begin; select v from t force index (v) where v = 200 lock in share mode; -- T2
begin; update t set v = 210 where id = 20; -- T1, waits for the entry
rollback; -- T2
rollback; -- T1
begin; select * from t where id = 25 for update; -- T2, a gap
begin; insert into t values (25, 250, 2500, 5); -- T1, waits for it
rollback; -- T2
rollback; -- T1
begin; insert into t values (20, 250, 2500, 5); -- T1, 1062
insert into t values (25, 250, 3000, 5); -- T1, 1062
insert into t values (26, 260, 2600, 5); -- T1, into a gap that it has locked itself
rollback; -- T1
begin; insert into t values (20, 250, 2500, 5) on duplicate key update x = 9; -- T1
rollback; -- T1
begin; insert into t values (35, 350, 3000, 5) on duplicate key update x = 9; -- T1
rollback; -- T1
begin; insert into t values (25, 250, 2500, 5); -- T2
begin; insert into t values (26, 260, 2500, 6); -- T1, waits for the duplicate
rollback; -- T2
rollback; -- T1
start transaction with consistent snapshot; -- T3
delete from t where id = 20; -- T2
begin; insert into t values (21, 210, 2000, 7); -- T1, checks a delete-marked entry and the next one
rollback; -- T1
begin; select * from t where id = 20 lock in share mode; -- T2
begin; insert into t values (20, 200, 2200, 8); -- T1, waits to use the row again
rollback; -- T2
rollback; -- T1
commit; -- T3
begin; delete from t where id = 30; -- T2
begin; select * from t force index (v) where v = 300 for update; -- T1
commit; -- T2, and the entry is purged
rollback; -- T1
begin; delete from t where id = 10; -- T2
begin; select v from t force index (v) where v = 100 lock in share mode; -- T1
commit; -- T2, and the entry is purged
rollback; -- T1
