-- FOR UPDATE locks a MyISAM table for writing: it waits for readers, and keeps them out, to the end of the statement.
create table m (id int primary key, n int, key i (n)) engine=myisam;
create table t (id int primary key, n int) engine=innodb;
insert into m values (10, 1), (20, 2);
insert into t values (10, 10), (20, 20);
begin; select * from t where id = 20 for update; -- A
select * from t straight_join m on m.id = t.n where t.id >= 10 for share; -- B, waits, and reads m meanwhile
select * from m where id = 10; -- C
select * from m where id = 10 for share; -- C
select * from m where id = 10 for update; -- C, waits
insert into m values (30, 3); -- D, waits
rollback; -- A. All
begin; select * from t where id = 20 for update; -- A
select * from t straight_join m on m.id = t.n where t.id >= 10 for update; -- B, waits, and keeps m
select * from m where id = 10; -- C, waits
rollback; -- A. Both
