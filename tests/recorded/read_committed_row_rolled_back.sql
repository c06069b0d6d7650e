-- READ COMMITTED: who has no number yet keeps the lock of a row that does not match when a rollback took its writer's number.
create table t (id int primary key, n int, c int) engine=innodb;
create table z (id int primary key) engine=innodb;
insert into t values (10, 1, 1), (20, 1, 1), (30, 50, 1), (40, 1, 1);
insert into t values (50, 1, 1);
begin; update t set c = 2 where id = 20; rollback; -- T1
set session transaction isolation level read committed; -- T2
begin; -- T2
select * from t where n > 20 for share; -- T2
rollback; begin; -- T2
select * from t where n > 20 for update; -- T2
rollback; begin; -- T2
insert into z values (1); -- T2
select * from t where n > 20 for share; -- T2
rollback; -- T2
update t set c = 3 where id = 40; -- T1
begin; -- T2
select * from t where n > 20 for share; -- T2
rollback; -- T2
begin; update t set c = 4 where id = 40; rollback; -- T1
update t set c = 9 where id = 20; -- T1
begin; -- T2
select * from t where n > 20 for share; -- T2
rollback; -- T2
begin; delete from t where id = 10; rollback; -- T1
begin; -- T2
select * from t where n > 20 for share; -- T2
select * from t where id < 20 for share; -- T2
