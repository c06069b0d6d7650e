create table t (id int primary key, v int) engine=innodb;
insert into t values (1, 10), (2, 20);
begin; select * from t where id = 1 for update; -- T1
update t set v = v + 1 where id = 1; -- T2, waits
commit; -- T1
select * from t; -- T2
