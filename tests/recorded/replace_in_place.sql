-- REPLACE changes the row of the last unique key in place: its foreign key is checked, its entries and own duplicates are locked.
create table p (id int primary key) engine=innodb;
create table c (id int primary key, p int, n int, key ip (p), foreign key (p) references p (id)) engine=innodb;
create table u (id int primary key, k int, n int, unique key i (k)) engine=innodb;
create table h (id int, k int, n int, unique key i (k)) engine=innodb;
insert into c values (50, null, 20);
insert into u values (10, 20, 0), (40, 10, 0), (50, 12, 0), (60, 15, 0);
insert into h values (1, 50, 0);
begin; -- T1
replace into c values (50, 30, 60); -- T1
select * from c; -- T1
replace into u values (50, 15, 1); -- T1
replace into h values (2, 50, 1); -- T1
select * from h; -- T1
rollback; -- T1
