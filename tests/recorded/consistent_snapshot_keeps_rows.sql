-- WITH CONSISTENT SNAPSHOT keeps purge away at SERIALIZABLE, too.
create table t (id bigint auto_increment, k0 int, n int, c int, primary key (id), key i0 (k0)) engine=innodb;
insert ignore into t values (20, 50, 5, 10), (30, 10, 70, 20), (40, null, 50, 25), (50, 15, 15, 70);
set session transaction isolation level serializable; -- T1
start transaction with consistent snapshot; -- T1
delete from t where id = 50; -- T2
begin; select * from t where id >= 40 for update; -- T3
rollback; -- T3
