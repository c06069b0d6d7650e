# The path is chosen when a statement begins, by what the index holds then: entries of others that are not
# committed count, and so do delete-marked ones.
create table t (id int primary key, k int, n int, key k (k)) engine=innodb;
insert into t values (10, 1, 1), (20, 2, 2), (30, 3, 3), (40, 4, 4), (50, 5, 5), (60, 6, 6), (70, 7, 7), (80, 8, 8);
begin; select * from t where k = 5 for share; -- T1, by k
rollback; -- T1
begin; insert into t values (11, 5, 1), (12, 5, 2), (13, 5, 3), (14, 5, 4), (15, 5, 5), (16, 5, 6); -- T2
begin; select * from t where id > 60 and k = 5 for share; -- T1, the range of the primary key is cheaper by now
rollback; -- T1
delete from t where k = 5 and id = 50; -- T2
delete from t where k = 5; -- T3, waits for T2
rollback; -- T2
begin; delete from t where k < 4; -- T2
update t set n = 0 where k <= 3; -- T3, waits
commit; -- T2
