# What SHOW ENGINE INNODB STATUS tells: transactions with their locks, a foreign key error, deadlocks of two and of
# three. Numbers that differ from server to server are masked before the texts are compared.
set global innodb_status_output_locks = on;
create table t (id int primary key, v int, s varchar(60), key kv (v)) engine=innodb;
insert into t values (1, 10, 'a'), (2, 20, null), (3, -30, 'a text that is longer than thirty characters');
create table p (id int primary key, u int, unique key pu (u)) engine=innodb;
create table c (id int primary key, p int, constraint fk foreign key (p) references p (id)) engine=innodb;
create table n (a int, b bigint unsigned) engine=innodb;
create table k (d date, dt datetime(3), ts timestamp, tm time, dc decimal(10, 2), f double, ch char(3), ti tinyint, id int primary key) engine=innodb;
insert into n values (5, 6);
insert into p values (1, 1), (5, 50);
insert into c values (5, 1);
insert into k values ('2024-03-05', '2024-03-05 10:11:12.345', '2024-03-05 10:11:12', '-10:11:12', -1234.56, 1.5, 'ab', -3, 1), (null, null, null, '01:02:03', 99999999.99, -2, null, 4, 2);
begin; -- A
update t set v = v + 1 where id = 2; -- A
select * from t force index (kv) where v = 21 for update; -- A
begin; -- B
update t set v = v + 1 where id = 1; -- B
select * from n for update; -- B
select * from k for update; -- B
insert into c values (1, 9); -- B, no parent
show engine innodb status; -- Look
delete from p where id = 1; -- B, a child is there
show engine innodb status; -- Look
update t set v = 7 where id = 2; -- B, waits
show engine innodb status; -- Look
update t set v = 8 where id = 1; -- A, the circle: A loses
show engine innodb status; -- Look
rollback; -- B
begin; update t set v = 11 where id = 1; -- A
begin; update t set v = 21 where id = 2; -- B
begin; update t set v = 31 where id = 3; -- D
insert into n values (1, 1), (2, 2), (3, 3); -- A
insert into n values (4, 1), (5, 2); -- B
update t set v = 22 where id = 2; -- A, waits for B
update t set v = 32 where id = 3; -- B, waits for D
update t set v = 12 where id = 1; -- D, the circle of three
show engine innodb status; -- Look
