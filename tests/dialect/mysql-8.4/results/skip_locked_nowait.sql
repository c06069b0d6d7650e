-- NOWAIT and SKIP LOCKED on a primary and on a secondary key.
create table t1 (seat_id int, state int, primary key (seat_id)) engine=innodb;
insert into t1 values (1, 0), (2, 0), (3, 0), (4, 0);
set session innodb_lock_wait_timeout = 1; -- main
set session innodb_lock_wait_timeout = 1; -- con1
begin; -- main
select * from t1 where state = 0 limit 2 for share; -- main
begin; -- con1
select * from t1 where state = 0 limit 2 lock in share mode; -- con1
select * from t1 where state = 0 limit 2 for share; -- con1
select * from t1 where state = 0 limit 2 for share nowait; -- con1
select * from t1 where state = 0 limit 2 for share skip locked; -- con1
select * from t1 where state = 0 limit 2 for update; -- con1
select sleep(1.5); -- clock
select * from t1 where state = 0 limit 2 for update nowait; -- con1
select * from t1 where state = 0 limit 2 for update skip locked; -- con1
select * from t1 where seat_id > 0 limit 2 for update nowait; -- con1
select * from t1 where seat_id > 0 limit 2 for update skip locked; -- con1
commit; -- con1
select * from t1 where state = 0 limit 2 for update; -- main
select * from t1 where state = 0 limit 2 lock in share mode; -- con1
select sleep(1.5); -- clock
select * from t1 where state = 0 limit 2 for share; -- con1
select sleep(1.5); -- clock
select * from t1 where state = 0 limit 2 for share nowait; -- con1
select * from t1 where state = 0 limit 2 for share skip locked; -- con1
select * from t1 where state = 0 limit 2 for update; -- con1
select sleep(1.5); -- clock
select * from t1 where state = 0 limit 2 for update nowait; -- con1
select * from t1 where state = 0 limit 2 for update skip locked; -- con1
select * from t1 where seat_id > 0 limit 2 for update nowait; -- con1
select * from t1 where seat_id > 0 limit 2 for update skip locked; -- con1
commit; -- con1
commit; -- main
drop table t1; -- main
create table t1 (seat_id int, row_id int, state int, primary key (seat_id), key (row_id)) engine=innodb; -- main
insert into t1 values (1, 1, 0), (2, 1, 0), (3, 2, 0), (4, 2, 0); -- main
analyze table t1; -- main
begin; -- main
select * from t1 where state = 0 and row_id = 1 limit 1 for update nowait; -- main
begin; -- con1
select * from t1 where state = 0 and row_id = 1 limit 1 for update nowait; -- con1
select * from t1 where state = 0 and row_id = 1 limit 1 for update skip locked; -- con1
select * from t1 where state = 0 and row_id > 0 limit 1 for update nowait; -- con1
select * from t1 where state = 0 and row_id > 0 limit 1 for update skip locked; -- con1
select * from t1 where state = 0 for update nowait; -- con1
select * from t1 where state = 0 for update skip locked; -- con1
commit; -- con1
commit; -- main
begin; -- main
select * from t1 where seat_id = 1 for update nowait; -- main
begin; -- con1
select * from t1 where state = 0 and row_id = 1 limit 1 for update nowait; -- con1
select * from t1 where state = 0 and row_id = 1 limit 1 for update skip locked; -- con1
select * from t1 where state = 0 for update nowait; -- con1
select * from t1 where state = 0 for update skip locked; -- con1
commit; -- con1
commit; -- main
