-- Without a condition the shortest index that holds all columns is scanned; the primary key takes part where it is enough.
create table narrow (id int primary key, n int, key i (n)) engine=innodb;
create table wide (id int primary key, n int, m int, key i (n)) engine=innodb;
create table two (id int primary key, n int not null, c varchar(40), key long_one (c, n), key short_one (n)) engine=innodb;
insert into narrow values (1, 30), (2, 20), (3, 10);
insert into wide values (1, 30, 0), (2, 20, 0), (3, 10, 0);
insert into two values (1, 30, 'a'), (2, 20, 'b'), (3, 10, 'c');
begin; select id from narrow for update; -- A
rollback; -- A
begin; select id from wide for update; -- A
rollback; -- A
begin; select n from narrow for share; -- A
rollback; -- A
begin; select count(*) from narrow for share; -- A
rollback; -- A
begin; select count(*) from wide for share; -- A
rollback; -- A
begin; select n from two for share; -- A
rollback; -- A
begin; insert into wide (id, n) select id + 10, 5 from narrow; -- A
rollback; -- A
