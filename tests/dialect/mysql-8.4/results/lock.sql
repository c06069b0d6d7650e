-- LOCK TABLES: what it allows, and what the statements under it answer.
create table t1 (id int(11) not null default '0', id2 int(11) not null default '0', id3 int(11) not null default '0', dummy1 char(30) default null, primary key (id, id2), key index_id3 (id3)) engine=myisam; -- main
insert into t1 (id, id2) values (1, 1), (1, 2), (1, 3); -- main
lock table t1 write; -- main
select dummy1, count(distinct id) from t1 group by dummy1; -- main
update t1 set id = -1 where id = 1; -- main
lock table t1 read; -- main
update t1 set id = 1 where id = 1; -- main
unlock tables; -- main
create table t2 like t1; -- main
insert into t2 select * from t1; -- main
lock table t1 write, t2 write; -- main
insert into t2 select * from t1; -- main
update t1 set id = 1 where id = -1; -- main
drop table t1, t2; -- main
create table t1 (index1 smallint(6) default null, nr smallint(6) default null, key index1 (index1)) engine=myisam; -- main
create table t2 (nr smallint(6) default null, name varchar(20) default null) engine=myisam; -- main
insert into t2 values (1, 'item1'); -- main
insert into t2 values (2, 'item2'); -- main
lock tables t1 write, t2 read; -- main
insert into t1 select 1, nr from t2 where name = 'item1'; -- main
insert into t1 select 2, nr from t2 where name = 'item2'; -- main
unlock tables; -- main
lock tables t1 write; -- main
insert into t1 select index1, nr from t1; -- main
unlock tables; -- main
lock tables t1 write, t1 as t1_alias read; -- main
insert into t1 select index1, nr from t1 as t1_alias; -- main
drop table t1, t2; -- main
unlock tables; -- main
drop table t1, t2; -- main
create table t1 (c1 int); -- main
create table t2 (c1 int); -- main
create table t3 (c1 int); -- main
lock tables t1 write, t2 write, t3 write; -- main
drop table t2, t3, t1; -- main
create table t1 (c1 int); -- main
create table t2 (c1 int); -- main
create table t3 (c1 int); -- main
lock tables t1 write, t2 write, t3 write, t1 as t4 read; -- main
alter table t2 add column c2 int; -- main
drop table t1, t2, t3; -- main
create table t1 (a int(11) not null auto_increment, primary key (a)); -- main
create table t2 (a int(11) not null auto_increment, primary key (a)); -- main
lock tables t1 write, t2 read; -- main
delete from t1 using t1, t2 where t1.a = t2.a; -- main
delete t1 from t1, t2 where t1.a = t2.a; -- main
delete from t2 using t1, t2 where t1.a = t2.a; -- main
delete t2 from t1, t2 where t1.a = t2.a; -- main
drop table t1, t2; -- main
unlock tables; -- main
drop table t2, t1; -- main
create table t1 (a int); -- main
lock table t1 write; -- main
flush tables with read lock; -- main
unlock tables; -- main
drop table t1; -- main
create table t1 (table1_rowid smallint not null); -- main
create table t2 (table2_rowid smallint not null); -- main
insert into t1 values (1); -- main
insert into t2 values (1); -- main
lock tables t1 write, t2 read; -- main
delete from t1 where exists (select 'x' from t2 where t1.table1_rowid = t2.table2_rowid); -- main
select * from t1 where 1 in (select * from t2 for update); -- main
unlock tables; -- main
drop table t1, t2; -- main
