-- Under LOCK TABLES the first transaction runs at the session's level; InnoDB forgets it with its end, and further
-- ones run at REPEATABLE READ.
create table t (id int primary key, n int) engine=innodb;
insert into t values (10, 1), (20, 2);
set session transaction isolation level read committed; -- A
lock tables t write; -- A
set autocommit = 0; -- A
update t set n = 3 where id = 15; -- A
select * from t where id > 10 for update; -- A
commit; -- A
update t set n = 3 where id = 15; -- A
select * from t where id > 10 for update; -- A
rollback; -- A
select * from t where id > 10; -- A
update t set n = 3 where id = 15; -- A
rollback; -- A
unlock tables; -- A
update t set n = 3 where id = 15; -- A
rollback; -- A
set session transaction isolation level serializable; -- B
set autocommit = 0; -- B
lock tables t write; -- B
select * from t where id > 10; -- B
commit; -- B
select * from t where id > 10; -- B
commit; -- B
unlock tables; -- B
select * from t where id > 10; -- B
commit; -- B
set autocommit = 1; -- B
lock tables t write; -- B
insert into t values (25, 1); -- B
set autocommit = 0; -- B
select * from t where id > 10; -- B
rollback; -- B
unlock tables; -- B
