-- BEGIN with nothing open keeps the level of SET TRANSACTION: the gap is locked as under SERIALIZABLE.
create table t (id int primary key, n int) engine=innodb;
set session transaction isolation level read committed; -- T1
set transaction isolation level serializable; -- T1
begin; -- T1
select * from t where id > 5; -- T1
commit; -- T1
begin; -- T1
select * from t where id > 5 for update; -- T1
