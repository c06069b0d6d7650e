-- An insert revives a delete-marked row that purge then passes by. Rolling it back removes the row, and not only marks it again:
-- who waited for it meets what follows, gap locks go on to the next row, and the next insert finds nothing.
create table t (id int, n int, k int, primary key (id), key k (k)) engine=innodb;
insert into t values (30, 60, 3), (40, 50, 4), (60, 5, 6);
begin; delete from t where id in (40, 30); -- T1
begin; insert into t values (40, 15, 4); -- T2, waits
commit; -- T1
set session transaction isolation level serializable; -- T1
begin; select * from t where id >= 35 for update; -- T1, waits for T2
begin; select * from t where id = 40 for update; -- T3, waits for it, too
rollback; -- T2
begin; insert into t values (45, 1, 1); -- T2, waits for the gap
rollback; -- T1
rollback; -- T3
rollback; -- T2
begin; delete from t where k = 6; -- T1
begin; insert into t values (60, 15, 7); -- T2, waits
commit; -- T1
update t set n = 16 where id = 60; -- T2
set session transaction isolation level read committed; -- T3
begin; select * from t where k = 7 lock in share mode; -- T1, waits for T2
begin; select * from t where id = 60 for update; -- T3, waits for it, too
rollback; -- T2
insert into t values (60, 1, 1); -- T4
commit; -- T1
commit; -- T3
start transaction with consistent snapshot; -- T4, keeps what is deleted from here on
begin; delete from t; -- T1
begin; insert into t values (60, 2, 2); -- T2, waits
commit; -- T1
begin; select * from t where id = 60 lock in share mode; -- T1, waits for T2
rollback; -- T2
commit; -- T1
select * from t; -- T4
commit; -- T4
