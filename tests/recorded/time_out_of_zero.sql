-- A time-out of 0, NOWAIT and WAIT n: they mean row and metadata locks alike, and what is refused leaves no trace.
create table t (id int primary key, n int) engine=innodb;
insert into t values (1, 1), (2, 2);
lock tables t write; -- A
select * from t where id = 1 for update nowait; -- B
set innodb_lock_wait_timeout = 0; -- C
set lock_wait_timeout = 0; -- D
select * from t; -- D
insert into t values (5,5); -- D
unlock tables; -- A
begin; select * from t where id = 1 for update; -- A
update t set n = 3 where id = 1; -- C
begin; -- C
insert into t values (3, 3); -- C
insert into t values (1, 3); -- C
delete from t where id = 1; -- C
select * from t for update; -- C
rollback; -- C
select * from t where id = 1 for update wait 2; -- B
select sleep(1); -- E
select sleep(1.3); -- E
begin; -- B
select * from t where id in (2, 1) for share wait 0; -- B
rollback; -- B
insert into t select id + 10, n from t where id = 1 lock in share mode nowait; -- B
lock tables t write; -- A
select * from t where id = 1 for update skip locked; -- B
unlock tables; -- A
set autocommit = 0; -- A
lock tables t write; -- A
insert into t values (9,9); -- D
drop table t; -- D
