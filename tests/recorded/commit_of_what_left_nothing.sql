-- COMMIT waits for FLUSH TABLES WITH READ LOCK once a statement has come to write rows, whatever is left of that; not
-- after one that failed.
create table t (id int primary key, n int) engine=innodb;
insert into t values (10, 1), (20, 2);
begin; insert ignore into t values (10, 3); -- A
begin; update t set n = 2 where id = 20; -- B, changes nothing
begin; insert into t values (10, 3); -- C, fails
begin; savepoint s; insert into t values (30, 3); rollback to savepoint s; -- D
begin; delete from t where id = 15; -- E
flush tables with read lock; -- F
commit; -- A, waits
commit; -- B
commit; -- C
commit; -- D, waits
commit; -- E
unlock tables; -- F
set autocommit = 0; lock tables t write; insert into t values (60, 1); -- A
begin; -- A, commits, and gives all up
flush tables with read lock; -- F
unlock tables; -- F
rollback; set autocommit = 0; lock tables t write; insert into t values (61, 1); -- A
unlock tables; -- A
flush tables with read lock; -- F
unlock tables; -- F
