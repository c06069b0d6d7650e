-- SELECT .. FOR UPDATE is a write to a READ ONLY transaction (1792), FOR SHARE is not.
create table t (id int primary key, n int) engine=innodb;
start transaction read only; -- T1
select * from t where id = 20 for update; -- T1
select * from t where id = 20 for share; -- T1
