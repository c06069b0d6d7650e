# A lock wait ends after innodb_lock_wait_timeout seconds of virtual time: error 1205 takes back the
# statement, not the transaction.
create table t (id int primary key, v int) engine=innodb;
insert into t values (1, 10), (2, 20);
begin; update t set v = 11 where id = 1; -- T1
begin; update t set v = 21 where id = 2; -- T2
update t set v = 12 where id = 1; -- T2, waits
select sleep(60); -- T3, after 50 s T2 gives up
commit; -- T2, its first change is there
commit; -- T1
select * from t; -- T3
