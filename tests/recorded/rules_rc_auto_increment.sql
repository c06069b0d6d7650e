-- INSERT .. SELECT holds the AUTO_INCREMENT lock to its end, and others wait for it (read committed).
create table a (id int auto_increment primary key, u int, unique key u (u)) engine=innodb;
create table s (u int primary key, x int) engine=innodb;
insert into s values (1, 1), (2, 2), (3, 3);
set session transaction isolation level read committed; -- T1
set session transaction isolation level read committed; -- T2
begin; insert into a (u) values (2); -- T3
begin; insert into a (u) select u from s; -- T1, waits for the duplicate
begin; insert into a (u) values (9); -- T2, waits for AUTO_INCREMENT
rollback; -- T3
commit; -- T1
commit; -- T2
select * from a order by id; -- T2
