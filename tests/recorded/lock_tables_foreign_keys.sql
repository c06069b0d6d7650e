-- LOCK TABLES implies the tables that refer to those locked; each use of a table needs a lock of its own; a missing table's metadata lock.
create table t (id int primary key, n int) engine=innodb;
create table w (id int primary key, t_id int, n int, foreign key (t_id) references t (id)) engine=innodb;
create table v (id int primary key, t_id int, n int, foreign key (t_id) references t (id) on delete cascade) engine=innodb;
create table z (id int primary key, n int) engine=innodb;
create table m (id int primary key, n int) engine=myisam;
insert into t values (1, 1), (2, 2);
insert into m values (1, 1), (2, 2);
begin; -- T2
begin; -- T5
insert into missing7 values (1); -- T5
delete from missing8; -- T5
update missing set n = 30 where id = 50; -- T2
select * from t, missing2; -- T2
select * from missing3, t; -- T2
begin; -- T4
select * from missing5; -- T4
update z set n = 1; -- T4
update t, missing6 set t.n = 1; -- T4
commit; -- T4
lock tables t write; -- T1
insert ignore into w values (1, 1, 1); -- T1
insert ignore into v values (1, 1, 1); -- T1
select * from w; -- T1
select * from v; -- T1
select * from v for update; -- T1
delete from w; -- T1
select * from z; -- T1
insert into z values (1, 1); -- T1
replace into t select id, n from t; -- T1
replace into t select x.id, x.n from t x; -- T1
unlock tables; -- T1
lock tables t read; -- T1
replace into t select x.id, x.n from t x; -- T1
insert into t values (9, 9); -- T1
select * from w; -- T1
insert into w values (9, 1, 9); -- T1
unlock tables; -- T1
lock tables w write; -- T1
select * from t; -- T1
insert into w values (3, 1, 1); -- T1
insert into t values (9, 9); -- T1
unlock tables; -- T1
commit; -- T4
lock tables t write; -- T1
set autocommit = 0; -- T1
select * from t where id = 1 for share; -- T1
select * from t where id = 2; -- T1
commit; -- T1
unlock tables; -- T1
set autocommit = 1; -- T1
flush tables with read lock; -- T3
update missing set n = 1; -- T3
select * from missing, t for update; -- T3
select * from t for update; -- T3
unlock tables; -- T3
start transaction read only; -- T3
update missing set n = 1; -- T3
update t set n = 1; -- T3
insert into m values (4, 4, 4); -- T3
commit; -- T3
lock tables t read; -- T3
update missing set n = 1; -- T3
select * from missing; -- T3
