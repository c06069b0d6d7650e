# The number of rows follows the changes: what was dear on three rows is cheap on thirteen.
create table t (id int primary key, k int, n int, unique key k (k)) engine=innodb;
insert into t values (10, 10, 1), (20, 20, 2), (30, 30, 3);
begin; update t set n = 0 where id in (10, 20, 30); -- T1, the whole table
rollback; -- T1
insert into t values (40, 40, 4), (50, 50, 5), (60, 60, 6), (70, 70, 7), (80, 80, 8); -- T2
begin; update t set n = 0 where id in (10, 20, 30); -- T1, three points
rollback; -- T1
begin; insert into t values (90, 90, 9), (100, 100, 10); -- T2
select * from t where k < 35 for share; -- T3
rollback; -- T2
delete from t where id > 50; -- T2
begin; update t set n = 0 where id in (10, 20, 30); -- T1
rollback; -- T1
insert into t values (55, 10, 0); -- T2, refused by k, and the count is one too low from then on
insert into t values (55, 10, 0); -- T2
begin; update t set n = 0 where id in (10, 20); -- T1
rollback; -- T1
