-- Who holds the record takes X past those whom his own lock keeps waiting; an insert does not.
create table t1 (id int primary key) engine=innodb;
insert into t1 (id) values (1);
begin; -- con1
select * from t1 for share; -- con1
begin; -- con2
select * from t1 for update; -- con2
select * from t1 for update; -- con1
commit; -- con1
commit; -- con2
begin; -- con1
select * from t1 where id = 1 for update; -- con1
begin; -- con2
select * from t1 for share; -- con2
insert into t1 values (0); -- con1
rollback; -- con1
commit; -- con2
begin; -- con1
select * from t1 for share; -- con1
begin; -- con2
select * from t1 where id = 1 for share; -- con2
begin; -- con3
select * from t1 for update; -- con3
insert into t1 values (0); -- con1
commit; -- con2
rollback; -- con1
rollback; -- con3
begin; -- con1
select * from t1 for share; -- con1
begin; -- con2
select * from t1 where id = 1 for share; -- con2
begin; -- con3
select * from t1 for update; -- con3
select * from t1 where id = 1 for update; -- con1
commit; -- con2
commit; -- con1
commit; -- con3
begin; -- con1
select * from t1 for share; -- con1
begin; -- con2
select * from t1 for update; -- con2
begin; -- con3
select * from t1 for update; -- con3
select * from t1 where id = 1 for update; -- con1
commit; -- con1
commit; -- con2
commit; -- con3
