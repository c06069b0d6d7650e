-- TRUNCATE asks for the backup lock last: a global read lock gets in between.
create table t (id int, k0 int, m0 int not null, n int, primary key (id), unique key i0 (k0, m0)) engine=innodb;
begin; -- T2
select * from t force index (primary) where id = 20 for update; -- T2
truncate table t; -- T1
flush tables with read lock; -- T2
