-- A delete-marked entry of a unique key, and one's own entry as a foreign key's parent, at REPEATABLE READ.
create table t (id int primary key, u int, x int, unique key u (u)) engine=innodb;
create table c (id int primary key, tu int, key tu (tu), foreign key (tu) references t (u)) engine=innodb;
insert into t values (10, 1000, 1), (20, 2000, 2), (30, 3000, 3);
begin; delete from t where id = 20; -- T2
begin; select * from t where u = 2000 for update; -- T1, waits
rollback; -- T2
rollback; -- T1
begin; insert into t values (40, 4000, 4); -- T1
insert into c values (1, 4000); -- T1, its own parent needs no lock
rollback; -- T1
start transaction with consistent snapshot; -- T3
delete from t where id = 20; -- T2
begin; select * from t where u = 2000 for update; -- T1, the entry is still there
rollback; -- T1
begin; select * from t where id = 20 lock in share mode; -- T1
begin; insert into t values (20, 2000, 5); -- T2, waits to use the row again
rollback; -- T1
rollback; -- T2
commit; -- T3
