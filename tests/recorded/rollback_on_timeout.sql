# --set innodb_rollback_on_timeout=1
# A lock wait that times out takes the whole transaction back; one for a metadata lock does not.
create table t (id int primary key, v int) engine=innodb;
insert into t values (1, 10), (2, 20), (3, 30);
select @@innodb_rollback_on_timeout; -- A
begin; update t set v = 11 where id = 1; -- A
set innodb_lock_wait_timeout = 1; -- B
set lock_wait_timeout = 1; -- B
begin; update t set v = 21 where id = 2; -- B
update t set v = 12 where id = 1; -- B, waits
do sleep(1.5); -- C
select v from t where id = 2; -- B, its change is gone
select * from t; -- B
begin; update t set v = 22 where id = 2; -- B
select * from t where id = 1 for update nowait; -- B
select v from t where id = 2; -- B, its change is gone
select v from t where id = 2; -- B
rollback; -- B
create table u (id int primary key) engine=innodb; -- A
begin; select * from u; -- A
begin; update t set v = 23 where id = 2; -- B
lock tables u write; -- C, waits
select * from u; -- B, waits behind it
do sleep(1.5); -- D
select v from t where id = 2; -- B, its change is still there
rollback; -- B
commit; -- A
unlock tables; -- C
