-- The optimizer evaluates subqueries itself: those of rows that a whole unique key names, whatever they are for, and
-- cheap ones that give the end of a range. So their locks come before any on the table outside.
create table t (id int primary key, k int, n int, key i (k)) engine=innodb;
insert into t values (10, 1, 0), (20, 2, 0), (30, 3, 0), (40, 4, 0), (50, 5, 0), (60, 6, 0), (70, 7, 0), (80, 8, 0);
create table u (b int primary key, a int, key ia (a)) engine=innodb;
insert into u values (5, 20), (6, 30), (7, 40);
create table v (b int primary key, a int) engine=innodb;
insert into v values (1, 20), (2, 50);
begin; -- T1
update u set a = a where b = 6; -- T1
set session innodb_lock_wait_timeout = 100; -- T2
begin; -- T2
update t set n = 1 where n = (select a from u where b = 6); -- T2. No index on n, and still first u
rollback; -- T1
rollback; -- T2
begin; -- T1
select * from u where b = 6 for update; -- T1
begin; -- T2
update t set n = 1 where id = (select a from u where b = 6); -- T2
rollback; -- T1
rollback; -- T2
begin; -- T1
select * from u where b = 6 for update; -- T1
begin; -- T2
update t set n = (select a from u where b = 6) where k = 2; -- T2. In SET as well
rollback; -- T1
rollback; -- T2
begin; -- T1
select * from u where b = 6 for update; -- T1
begin; -- T2
update t set n = 5 where n = (select max(a) from u); -- T2. No range, and not one row: while it scans
rollback; -- T1
rollback; -- T2
begin; -- T1
select * from u where b = 6 for update; -- T1
begin; -- T2
update t set n = 5 where k = (select max(b) from u where a < 35); -- T2. A range
rollback; -- T1
rollback; -- T2
begin; -- T2
select * from t where k < ((select count(*) from u) / 2) for update; -- T2
rollback; -- T2
begin; -- T2
select * from t where k < ((select count(*) from u) * 10) for update; -- T2
rollback; -- T2
begin; -- T2
delete from t where k > (select max(b) from u); -- T2
rollback; -- T2
begin; -- T2
update t set n = 1 where id between (select max(b) from u) and (select max(a) from u); -- T2
rollback; -- T2
begin; -- T2
update t set n = 1 where id = (select a from u where b = 99); -- T2. NULL
rollback; -- T2
begin; -- T1
select * from u where b = 6 for update; -- T1
select * from v where b = 2 for update; -- T1
begin; -- T2
update t set n = 1 where k = (select a from u where b = 6) and n = (select a from v where b = 2); -- T2. Which comes first
rollback; -- T1
rollback; -- T2
begin; -- T1
select * from u where b = 6 for update; -- T1
begin; -- T2
update t set n = 1 where exists (select 1 from u where b = 6) and k = 2; -- T2
rollback; -- T1
rollback; -- T2
begin; -- T1
select * from u force index (ia) where a = 40 for update; -- T1
begin; -- T2
update t set n = 5 where n = (select max(a) from u); -- T2. The end of an index is read first, too
rollback; -- T1
rollback; -- T2
set transaction isolation level serializable; -- T3
begin; -- T1
select * from u where b = 6 for update; -- T1
begin; -- T3
select (select a from u where b = 6), n from t where k = 2; -- T3. SELECT: the same
rollback; -- T1
rollback; -- T3
