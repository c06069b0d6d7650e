-- A table of one row at most that is looked up by a NULL is read at its key's zero.
create table t (id int auto_increment, k0 int, k1 int not null, n int, c int, primary key (id), unique key i0 (k0), key i1 (k1)) engine=innodb;
create table u (id int, n int, c int, primary key (id)) engine=innodb;
insert ignore into u values (10, 50, 15), (20, null, 10), (30, 15, 5), (40, 5, 30), (50, null, 20), (60, null, 20);
start transaction; -- T1
select * from u a force index (primary) straight_join t b force index (primary) on b.id = a.n where a.id between 20 and 20 for update; -- T1
rollback; -- T1
begin; -- T1
select * from u a force index (primary) straight_join t b force index (primary) on b.id = a.n where a.id = 20 for update; -- T1
rollback; -- T1
begin; -- T1
select * from u a, t b where b.id = a.n and a.id = 20 for update; -- T1
rollback; -- T1
begin; -- T1
select * from u a, t b where b.id = 7 and a.id = 21 for update; -- T1
rollback; -- T1
begin; -- T1
select * from t b, u a where b.id = 7 and a.id = 21 for update; -- T1
rollback; -- T1
begin; -- T1
select * from u a, t b where b.id = a.n and a.id between 20 and 20 for update; -- T1
