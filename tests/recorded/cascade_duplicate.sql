-- A cascade that would make a duplicate in the child fails with 1761, whichever of its indexes that is in; the parent
-- stays.
create table p (id int primary key, n int) engine=innodb;
create table c (id int primary key, p int, n int, unique key up (p, n), foreign key (p) references p (id) on update cascade) engine=innodb;
create table q (id int primary key, n int) engine=innodb;
create table d (p int, n int, k int, primary key (p, n), foreign key (p) references q (id) on update cascade) engine=innodb;
insert into p values (10, 1), (20, 2);
insert into c values (1, 10, 5), (2, 20, 5), (3, 20, 6);
insert into q values (10, 1), (20, 2);
insert into d values (10, 5, 1), (20, 6, 2);
begin; -- A
set foreign_key_checks = 0; -- A
delete from p where id = 20; -- A
delete from q where id = 20; -- A
update d set n = 5 where n = 6; -- A
set foreign_key_checks = 1; -- A
update p set id = 20 where id = 10; -- A
update q set id = 20 where id = 10; -- A
select * from p; select * from c; select * from q; select * from d; -- A
update p set n = 3 where id = 10; -- B, waits
commit; -- A
