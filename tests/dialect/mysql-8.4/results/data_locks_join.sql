-- ENGINE_LOCK_ID names a lock: a join by it finds each lock once.
create table t1 (id int primary key) engine=innodb;
insert into t1 values (1);
begin; -- con1
select * from t1 where id = 1 for share; -- con1
select * from t1 where id = 1 for update; -- con1
create table t2 (id int primary key auto_increment, lock_id varchar(200) not null) engine=innodb; -- main
insert into t2 (lock_id) select engine_lock_id from performance_schema.data_locks where object_name = 't1'; -- main
select count(*) from t2; -- main
select count(t2.id) from t2 join performance_schema.data_locks dl on (dl.engine_lock_id = t2.lock_id) order by t2.id; -- main
