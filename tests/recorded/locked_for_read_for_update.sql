-- SELECT .. FOR UPDATE of a table locked with READ: 1099.
create table t (id int primary key, n int) engine=innodb;
lock tables t read; -- T1
select * from t where id >= 5 for update; -- T1
