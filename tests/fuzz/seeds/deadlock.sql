create table t (id int auto_increment primary key, v int, key (v));
insert into t (v) values (1), (3), (3), (null);
begin; select id from t where v = 2 for update; -- T1
begin; select id from t where v = 2 for update; -- T2
insert into t (v) values (2); -- T1
insert into t (v) values (2); -- T2
rollback; -- T1
rollback; -- T2
