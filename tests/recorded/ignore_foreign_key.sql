-- UPDATE IGNORE and DELETE IGNORE pass over rows that a foreign key keeps.
create table p (id int primary key, n int) engine=innodb;
create table c (id int primary key, p int, key ip (p), foreign key (p) references p (id)) engine=innodb;
insert into p values (1, 0), (2, 0);
insert into c values (10, 1), (20, null);
begin; -- T1
update ignore c set p = 9 where id = 20; -- T1
delete ignore from p where id < 5; -- T1
select * from p; -- T1
