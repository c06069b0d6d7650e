# --set innodb_autoinc_lock_mode=2
# Nobody holds AUTO_INC: a waiting INSERT .. SELECT does not keep others from numbers, and they interleave.
create table t (id int auto_increment primary key, v int) engine=innodb;
create table s (v int primary key) engine=innodb;
insert into s values (100), (101), (102), (103);
insert into t (v) values (1), (2);
select @@innodb_autoinc_lock_mode; -- A
begin; select * from s where v = 102 for update; -- A
insert into t (v) select v from s; -- B, waits in the middle
insert into t (v) values (3); -- C, does not wait
insert into t (v) values (4), (5); -- C
commit; -- A
insert into t (v) values (6); -- C
select * from t order by id; -- A
