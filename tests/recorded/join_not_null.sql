-- READ COMMITTED: a row whose column is NULL cannot find a partner and is released at once; one without a partner is not.
create table t (id int primary key, n int) engine=innodb;
insert into t values (10, 5), (40, null), (60, 10);
set session transaction isolation level read committed; -- T1
begin; -- T1
select * from t a force index (primary) straight_join t b force index (primary) on b.id = a.n where a.id < 70 for share; -- T1
