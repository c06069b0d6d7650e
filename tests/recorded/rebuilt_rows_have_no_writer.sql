-- A row whose writer is forgotten counts as the reader's own while it has no number: it stays locked behind the
-- range. ALTER TABLE forgets writers where it rebuilds: a new column alone does not, together with an index it does.
create table t (id int primary key, n int) engine=innodb;
insert into t values (20, 15), (30, 30), (50, 20), (60, 25);
set session transaction isolation level read committed; -- T1
begin; -- T1
select * from t where id > 15 and id <= 25 for share; -- T1
rollback; -- T1
alter table t add column y int; -- T2
begin; -- T1
select * from t where id > 15 and id <= 25 for share; -- T1
rollback; -- T1
alter table t add index i (n); -- T2
begin; -- T1
select * from t where id > 15 and id <= 25 for share; -- T1
rollback; -- T1
alter table t add column z int, add index iz (z); -- T2
begin; -- T1
select * from t where id > 15 and id <= 25 for share; -- T1. Keeps 30
rollback; -- T1
begin; -- T1
select * from t a straight_join t b on b.id = a.n where a.id > 15 and a.id <= 25 for share; -- T1. Keeps 30
rollback; -- T1
begin; -- T1
select * from t where id > 15 and id <= 25 for update; -- T1. Has a number, and lets 30 go
rollback; -- T1
update t set n = 31 where id = 30; -- T2
begin; -- T1
select * from t where id > 15 and id <= 25 for share; -- T1. 30 has a writer
rollback; -- T1
