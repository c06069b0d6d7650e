-- A writer takes its table's metadata lock before it waits for FLUSH TABLES WITH READ LOCK; so LOCK TABLES .. READ
-- waits for it, once it has opened the table. The owner of the global lock meets other sessions' LOCK TABLES before it
-- is told 1223. COMMIT that waits too long is lost, and its transaction with it.
create table t (id int primary key, n int) engine=innodb;
create table u (id int primary key, n int) engine=innodb;
insert into t values (10, 1);
flush tables with read lock; -- F
delete from t where id = 20; -- A, waits
lock tables t read; -- B, waits
unlock tables; -- F. Both
unlock tables; -- B
lock tables u read; -- B
flush tables with read lock; -- F
insert into u values (60, 40); -- F, waits
unlock tables; -- B. F is told 1223
insert into u values (61, 40); -- F
unlock tables; -- F
begin; update missing set n = 1; -- A
lock tables missing read; -- B
rollback; -- A
set autocommit = 0; -- A
update missing set n = 1; -- A, nothing has begun: nothing is kept
truncate table missing; -- B
set lock_wait_timeout = 1; -- A
insert into t values (5, 25); -- A
flush tables with read lock; -- F
commit; -- A, waits
select sleep(1.1); -- F
select @@in_transaction; -- A
unlock tables; -- F
select * from t; -- A
rollback; -- A
insert into t select id + 100, n from u; -- A
lock tables u write; -- B, waits
select * from u where n > 5 for update nowait; -- A, no circle is looked for
rollback; -- A
unlock tables; -- B
