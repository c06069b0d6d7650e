# What SHOW PROCESSLIST says of those who wait.
create table t (id int primary key, v int, w int) engine=innodb;
insert into t values (10, 100, 1), (20, 200, 2);
create table m (id int primary key) engine=myisam;
begin; -- A
update t set w = 5 where id = 20; -- A
select command, state, info from information_schema.processlist where id = connection_id(); -- A
update t set w = 6 where id = 20; -- B1
delete from t where id = 20; -- B2
select * from t where id = 20 for update; -- B3
select * from t for update; -- B4
insert into t values (20, 1, 1); -- B5
replace into t values (20, 1, 1); -- B6
select w from t order by w desc for update; -- B7
update t set w = 1 order by w desc; -- B8
alter table t add column z int; -- B9
select command, state, info from information_schema.processlist where db = database() and info not like '%processlist%' order by info; -- Look
rollback; -- A
select count(*) from information_schema.processlist where db = database() and command = 'Query'; -- Look
flush tables with read lock; -- A
insert into m values (1); -- B1
select command, state, info from information_schema.processlist where db = database() and info like 'insert%'; -- Look
unlock tables; -- A
lock tables m read; -- A
insert into m values (2); -- B1
select command, state, info from information_schema.processlist where db = database() and info like 'insert%'; -- Look
unlock tables; -- A
do get_lock('name', 1); -- A
select get_lock('name', 100); -- B1
select command, state, info from information_schema.processlist where db = database() and info like 'select get%'; -- Look
do release_lock('name'); -- A
