# innodb_deadlock_detect = OFF: a circle stands until the first one's limit ends it.
create table t (id int primary key, v int) engine=innodb;
insert into t values (1, 10), (2, 20);
set global innodb_deadlock_detect = off; -- A
set innodb_lock_wait_timeout = 2; -- A
set innodb_lock_wait_timeout = 5; -- B
begin; update t set v = 11 where id = 1; -- A
begin; update t set v = 21 where id = 2; -- B
update t set v = 22 where id = 2; -- A, waits
update t set v = 12 where id = 1; -- B, waits: a circle
do sleep(2.5); -- C, A gives up; B still waits
rollback; -- A
commit; -- B
select * from t; -- C
set global innodb_deadlock_detect = on; -- C
