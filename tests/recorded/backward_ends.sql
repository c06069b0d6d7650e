-- What ends a backward scan stays locked under READ COMMITTED; what ends a backward lookup is next-key locked.
create table t (id int primary key, v int, m int, n int, key i (v, m)) engine=innodb;
insert into t values (10, 1, 1, 0), (20, 1, 2, 0), (30, 2, 1, 0), (40, 3, 1, 0);
begin; -- T1
select * from t force index (i) where v = 2 order by v desc, m desc for update; -- T1
rollback; -- T1
set session transaction isolation level read committed; -- T2
begin; -- T2
select * from t force index (primary) where id > 15 order by id desc for update; -- T2
