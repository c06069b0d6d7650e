-- NOWAIT and WAIT n are for metadata locks, too.
create table t (id int primary key, n int) engine=innodb;
insert into t values (1, 1), (2, 2);
begin; update t set n = 2 where id = 1; -- T1
select * from t where id = 1 for update wait 1; -- T2
select sleep(1.2); -- T3
select * from t where id = 1 for update wait 0; -- T2
alter table t add column z int; -- T3
select * from t where id = 2 for update nowait; -- T2
select * from t where id = 2 for update wait 1; -- T2
select sleep(1.2); -- T4
rollback; -- T1
