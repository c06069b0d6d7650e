create table t (id int primary key, v decimal(5, 2), at datetime default now());
insert into t (id, v) values (1, 1.5);
set session transaction isolation level read committed; begin; -- T1
set transaction_isolation = 'serializable'; begin; select sum(v), @a := count(*) from t; -- T2
update t set v = case when v > 1 then 0 else v * 2 end where id between 1 and 5 order by v limit 1; -- T1
set session innodb_lock_wait_timeout = 1; select (select max(id) from t x where x.v < t.v) from t; -- T1
select sleep(2); -- T3
commit; -- T2
