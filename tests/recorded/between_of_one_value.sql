-- BETWEEN with one value is an equality: a point on a unique key.
create table t (id int primary key, k varchar(20) not null, n int, unique key i (k)) engine=innodb;
insert into t values (10, 'bob', 0), (20, 'dan', 0);
begin; -- T1
select * from t force index (i) where k between 'bob' and 'bob' for share; -- T1
