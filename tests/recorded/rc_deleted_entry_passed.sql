-- The same by what an entry's row says: a deletion that is under way, an entry whose row lives on under another value, and
-- one's own. READ UNCOMMITTED does as READ COMMITTED; an UPDATE that found a row to wait for finds it gone.
create table t (id int primary key, k int, x int, key k (k)) engine=innodb;
insert into t values (10, 1, 0), (20, 2, 0), (30, 3, 0), (40, 4, 0);
set session transaction isolation level read committed; -- T1
start transaction with consistent snapshot; -- T3
begin; select k from t force index (k) where k = 2 lock in share mode; -- T2, locks the entry alone
delete from t where id = 20; -- T4, waits in the index
begin; select * from t force index (k) where k = 2 for update; -- T1
commit; -- T2
commit; -- T1
update t set k = 33 where id = 30; -- T4
begin; select * from t force index (k) where k = 3 for update; -- T1, an entry whose row lives on
select * from t force index (k) where k between 3 and 33 for update; -- T1
commit; -- T1
begin; update t set k = 44 where id = 40; -- T4
begin; select * from t force index (k) where k = 4 for update; -- T1, waits
commit; -- T4
commit; -- T1
begin; delete from t where id = 30; -- T1, its own
select * from t where id = 30 for update; -- T1
select * from t force index (k) where k = 33 for update; -- T1
select * from t where id >= 30 for update; -- T1
rollback; -- T1
set session transaction isolation level read uncommitted; -- T1
delete from t where id = 10; -- T4
begin; select * from t where id < 30 lock in share mode; -- T1
update t set x = 5 where x = 0; -- T1
commit; -- T1
begin; delete from t where id = 40; -- T4
begin; update t set x = 7 where x = 5; -- T1, waits for the row that would match
commit; -- T4
commit; -- T1
commit; -- T3
