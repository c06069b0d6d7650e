-- UPDATE of an AUTO_INCREMENT column moves the counter, as ON DUPLICATE KEY UPDATE does; rolling back does not take it back.
-- UPDATE to another positive number holds AUTO_INC to its end. Who generates a number and does not get the lock fails with 1467.
create table t (id int primary key, n int auto_increment, v int, unique key n (n)) engine=innodb;
create table w (id int primary key) engine=innodb;
insert into t values (1, 10, 1), (2, 20, 2), (6, 60, 6);
insert into w values (1), (2), (3), (4);
begin; select * from t where id = 2 for update; -- T2
begin; insert into w values (11), (12), (13), (14), (15), (16); -- T1
update t set n = n + 100 where id in (1, 2); -- T1, has AUTO_INC, waits for B
insert into t values (555, 555, 5); -- T2
select @@in_transaction; -- T2
rollback; -- T2
rollback; -- T1
begin; select * from t where id = 2 for update; -- T2
begin; insert into w values (11), (12), (13), (14), (15), (16); -- T1
update t set n = n + 100 where id in (1, 2); -- T1, has AUTO_INC, waits for B
update t set n = 3000 where id = 2; -- T2
select @@in_transaction; -- T2
rollback; -- T2
rollback; -- T1
begin; select * from t where id = 2 for update; -- T2
begin; insert into w values (11), (12), (13), (14), (15), (16); -- T1
update t set n = n + 100 where id in (1, 2); -- T1, has AUTO_INC, waits for B
insert into t (id, v) values (7, 1), (8, 2); -- T2
select @@in_transaction; -- T2
savepoint a; -- T2
select * from t; -- T2
update t set v = 3 where id = 6; -- T2
rollback; -- T2
select * from t; -- T2
rollback; -- T1
begin; select * from w where id = 1 for update; -- T2
begin; select * from t where id = 2 for update; -- T3
insert into w values (21), (22), (23), (24), (25); -- T3
begin; insert into w values (11), (12), (13), (14), (15), (16); -- T1
update t set n = n + 100 where id in (1, 2); -- T1, has AUTO_INC, waits for C
insert into t (id, v) values (7, 1), (8, 2); -- T2, waits for A
select * from w where id = 1 for update; -- T3
select @@in_transaction; -- T2
rollback; -- T2
rollback; -- T3
rollback; -- T1
update t set n = 500 where id = 6; -- T1
insert into t (id) values (100); -- T1
begin; update t set n = 600 where id = 6; -- T1
insert into t (id) values (101); -- T2
rollback; -- T1
insert into t (id) values (102); -- T2
insert into t values (6, 1, 1) on duplicate key update n = 700; -- T1
insert into t (id) values (103); -- T1
update t set n = -5 where id = 103; -- T1
update t set n = 20 where id = 1; -- T1
insert into t (id) values (104); -- T1
select * from t; -- T1
set session transaction isolation level read committed; -- T1
set session transaction isolation level read committed; -- T2
begin; select * from t where id = 2 for update; -- T2
begin; update t set n = n + 1000 where id in (1, 2); -- T1, waits for T2
set session innodb_lock_wait_timeout = 1; -- T3
set session innodb_lock_wait_timeout = 1; -- T4
set session innodb_lock_wait_timeout = 1; -- T5
set session innodb_lock_wait_timeout = 1; -- T6
begin; insert into t (id, v) values (7, 1); -- T3, waits
begin; insert into t values (8, 5000, 1); -- T4, waits
begin; update t set n = 50 where id = 6; -- T5, waits, though the counter is higher
select sleep(1.5); -- T9
rollback; -- T5
begin; insert into t values (6, 1, 1) on duplicate key update n = 3000; -- T6, waits
update t set n = -1 where id = 104; -- T5, needs no lock for that
update t set v = 5, n = n where id = 103; -- T5
select sleep(1.5); -- T9
rollback; -- T6
rollback; -- T3
rollback; -- T4
rollback; -- T5
insert into t values (6, 1, 1) on duplicate key update n = 3000; -- T5, waits
rollback; -- T2
rollback; -- T1
insert into t (id) values (105); -- T1
select * from t; -- T1
create table m (id int auto_increment primary key, v int) engine=myisam; -- T1
insert into m values (1, 1), (2, 2); -- T1
update m set id = 50 where id = 2; -- T1
insert into m (v) values (3); -- T1
insert into m values (1, 1) on duplicate key update id = 90; -- T1
insert into m (v) values (4); -- T1
select * from m order by id; -- T1
