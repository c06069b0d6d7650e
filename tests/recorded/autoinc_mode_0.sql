# --set innodb_autoinc_lock_mode=0
# Every insert that needs a number holds the AUTO_INC lock to its end; failed rows give their number back.
create table t (id int auto_increment primary key, v int, unique key uv (v)) engine=innodb;
create table s (v int primary key) engine=innodb;
insert into s values (100), (101), (102);
insert into t (v) values (1), (2);
select @@innodb_autoinc_lock_mode; -- A
begin; select * from t where v > 50 for update; -- A, the gap at the end
insert into t (v) values (60); -- B, waits and holds AUTO_INC
insert into t (v) values (3); -- C, waits for AUTO_INC
commit; -- A
select * from t order by id; -- A
begin; insert into t (v) values (70); -- A
rollback; -- A
insert into t (v) values (71); -- A
insert into t (v) select v from s; -- A
insert into t (v) values (5); -- A
insert into t (v) values (5); -- A, 1062
insert into t (v) values (6); -- A
select * from t order by id; -- A
