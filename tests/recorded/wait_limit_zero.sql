# A wait limit of 0: the request is refused at once, whoever would have lost a deadlock.
create table t (id int primary key, v int) engine=innodb;
insert into t values (1, 10), (2, 20), (3, 30);
begin; update t set v = 11 where id = 1; -- A
set innodb_lock_wait_timeout = 0; -- B
begin; update t set v = 22 where id = 2; -- B
update t set v = 12 where id = 1; -- B, 1205 at once
update t set v = 32 where id > 1 order by id desc; -- B
select * from t for update; -- B, 1205
insert into t values (1, 5); -- B, 1205
select v from t where id = 2 lock in share mode; -- B
update t set v = 23 where id = 2; -- A, waits for B
select * from t where id = 1 lock in share mode; -- B, would be a circle: 1205, no deadlock
rollback; -- B, A goes on
rollback; -- A
set lock_wait_timeout = 0; -- B
begin; select * from t; -- A
alter table t add column w int; -- B, 1205 at once
truncate table t; -- B
commit; -- A
lock tables t write; -- A
select * from t; -- B
unlock tables; -- A
set global innodb_lock_wait_timeout = 1; -- A
select @@innodb_lock_wait_timeout, @@global.innodb_lock_wait_timeout; -- A
select @@innodb_lock_wait_timeout; -- C, a new session has the new limit
begin; update t set v = 11 where id = 1; -- A
update t set v = 12 where id = 1; -- C, waits
do sleep(1.5); -- D
select v from t where id = 1; -- C
rollback; -- A
set global innodb_lock_wait_timeout = 50; -- A
set innodb_lock_wait_timeout = 1; -- E
set lock_wait_timeout = 1; -- E
begin; select * from t; -- A
alter table t add column x int; -- E, waits
do sleep(1.5); -- D
commit; -- A
flush tables with read lock; -- A
update t set v = 1 where id = 1; -- E, waits
do sleep(1.5); -- D
unlock tables; -- A
