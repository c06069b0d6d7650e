-- A write to a parent opens its child tables: it waits for LOCK TABLES on one, and keeps DDL on one away.
create table p (id int primary key, n int) engine=innodb;
create table c (id int primary key, p int, key ip (p), foreign key (p) references p (id) on update set null) engine=innodb;
insert into p values (1, 0);
lock tables c write; -- T1
insert into p values (2, 0); -- T2
update p set n = 1 where id = 1; -- T3
unlock tables; -- T1
begin; -- T2
update p set n = 2 where id = 1; -- T2
alter table c add column z int; -- T3
commit; -- T2
