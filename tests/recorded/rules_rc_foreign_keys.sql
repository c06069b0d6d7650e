-- What foreign keys lock at READ COMMITTED: parents and children that are there, that go, and that are not there.
create table p (id int primary key, v int) engine=innodb;
create table c (id int primary key, p int, v int, key p (p), foreign key (p) references p (id)) engine=innodb;
create table d (id int primary key, p int, v int, key p (p), foreign key (p) references p (id) on delete cascade) engine=innodb;
insert into p values (10, 1), (20, 2), (30, 3), (40, 4);
insert into c values (1, 10, 1), (2, 20, 2);
insert into d values (1, 30, 1), (2, 30, 2);
set session transaction isolation level read committed; -- T1
begin; insert into c values (3, 30, 3); -- T1
rollback; -- T1
begin; insert into c values (3, 50, 3); -- T1, 1452 at the end of the parents
insert into c values (3, 35, 3); -- T1, 1452
rollback; -- T1
begin; delete from p where id = 40; -- T2
begin; insert into c values (3, 40, 3); -- T1, waits for the parent that goes
rollback; -- T2
rollback; -- T1
begin; delete from p where id = 30; -- T1, a cascade
rollback; -- T1
begin; delete from p where id = 40; -- T1, no children
rollback; -- T1
begin; delete from c where id = 2; -- T2
begin; delete from p where id = 20; -- T1, waits for the child that goes
rollback; -- T2
rollback; -- T1
