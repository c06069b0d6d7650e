# Transactions, locks of every kind and time-outs in one history.
create table t (id int primary key auto_increment, v int, w int, key v (v)) engine=innodb;
create table u (id int primary key, v int unique, w int) engine=innodb;
create table m (id int primary key auto_increment, v int) engine=myisam;
insert into t (v, w) values (10,1),(20,2),(30,3),(40,4);
insert into u values (1,10,1),(2,20,2),(3,30,3);
insert into m (v) values (1),(2);
set autocommit = 0; -- T1
select * from t where id = 1 for update nowait; -- T1
select * from t where id <= 2 order by id desc for update skip locked; -- T2
update t set w = 9 where id = 1; -- T2
commit; -- T1
begin; insert into t (v, w) select v, w from u; -- T1
insert into t (v, w) values (50, 5); -- T2
rollback; -- T1
start transaction read only; -- T3
update t set w = 1 where id = 1; -- T3
select count(*) from t; -- T3
commit; -- T3
begin; update u set w = 5 where id = 1; commit and chain; -- T3
update u set w = 6 where id = 2; -- T3
insert into u values (9, 20, 1); -- T4
rollback; -- T3
begin; insert into u values (5, 50, 5); -- T1
replace into u values (6, 50, 6); -- T2
commit; -- T1
select * from u; -- T2
begin; delete from u where v = 30; -- T1
insert into u values (8, 30, 8); -- T2
commit; -- T1
select * from u; -- T2
begin; insert into m (v) values (3); update t set w = 0 where id = 2; -- T1
rollback; -- T1
set innodb_snapshot_isolation = on; -- T4
begin; select * from u where id = 1; -- T4
update u set w = 77 where id = 1; -- T5
update u set w = w + 1 where id = 1; -- T4
select * from u where id = 1; -- T4
rollback; -- T4
select get_lock('A', 1), get_lock('a', 0), is_free_lock('A'), is_used_lock('b'); -- T6
select get_lock('A', 5); -- T7
select release_all_locks(); -- T6
select release_lock('A'), release_lock('zz'); -- T7
lock tables t write, u read; -- T8
select * from t where id = 1; -- T9
select * from u where id = 1; -- T10
unlock tables; -- T8
begin; select * from t where v between 15 and 35 for share; -- T1
begin; update t set v = 25 where id = 4; -- T2
select * from t where v = 40 lock in share mode; -- T3
rollback; -- T1
commit; -- T2
set session transaction isolation level read committed; -- T5
begin; update t set w = 100 where w = 3; -- T5
update t set w = 200 where w = 2; -- T6
delete from t where w = 4; -- T7
rollback; -- T5
begin; insert into u values (11, 110, 1); savepoint s; insert into u values (12, 120, 1); -- T5
select * from u where v = 120 for update; -- T6
rollback to s; -- T5
commit; -- T5
set session innodb_lock_wait_timeout = 2; -- T6
begin; select * from u where id = 1 for update; -- T5
update u set w = 3 where id = 1; -- T6
select sleep(3); -- T7
commit; -- T5
alter table u add index w (w); -- T5
begin; select * from u force index (w) where w in (1, 3, 77) for update; -- T5
insert into u values (50, 500, 2); -- T6
truncate table u; -- T7
commit; -- T5
