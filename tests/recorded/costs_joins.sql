# Which table of a join is read first, and whether the other one is looked up or scanned.
create table t (id int primary key, k int, n int, key k (k)) engine=innodb;
create table u (id int primary key, t int, n int, key t (t)) engine=innodb;
insert into t values (10, 1, 1), (20, 2, 2), (30, 2, 3), (40, 3, 4), (50, 4, 5), (60, 4, 6);
insert into u values (1, 10, 1), (2, 20, 2), (3, 20, 3), (4, 60, 4);
begin; select * from t join u on u.t = t.id for share; -- T1
rollback; -- T1
begin; select * from t join u on u.t = t.id where t.k = 2 for share; -- T1
rollback; -- T1
begin; select * from t, u where t.id = u.t and u.id = 3 for update; -- T1, the row of u names that of t
rollback; -- T1
begin; select * from t, u where t.id = u.t and t.id = 20 for update; -- T1
rollback; -- T1
begin; select * from t left join u on u.t = t.id where t.k = 4 for share; -- T1
rollback; -- T1
begin; select * from t left join u on u.t = t.id where u.n = 2 for share; -- T1, as an inner join
rollback; -- T1
begin; select * from t, u where t.n = u.n for share; -- T1, no index helps
rollback; -- T1
begin; update t, u set t.n = 0 where t.id = u.t and u.n > 2; -- T1
rollback; -- T1
