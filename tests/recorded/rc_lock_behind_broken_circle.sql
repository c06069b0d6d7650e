-- READ COMMITTED lets go of a row that does not match only if it got the lock at once: not even when it was a circle
-- that kept it waiting for a moment.
create table t (id int, n int) engine=innodb;
insert into t values (60, 70), (70, 80);
set session transaction isolation level read committed; -- B
begin; select * from t for share; -- B
select * from t where n < 20 for update; -- C, waits
delete from t where n < 10; -- B. C loses
rollback; -- B
begin; select * from t where n = 80 for share; -- B
begin; select * from t where n = 80 for update; -- C
update t set n = 1 where n = 3; -- B
rollback; -- B
rollback; -- C
