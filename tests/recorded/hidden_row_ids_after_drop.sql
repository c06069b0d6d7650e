-- Tables without a key share one counter of hidden row ids, which dropping a table does not put back.
create table a (n int) engine=innodb;
create table b (n int) engine=innodb;
insert into a values (1), (2);
insert into b values (1);
begin; select * from b for update; -- A
rollback; -- A
drop table b; -- A
create table c (n int) engine=innodb; -- A
insert into c values (1); -- A
truncate table a; -- A
insert into a values (7); -- A
begin; select * from c for update; -- A
select * from a for update; -- A
alter table c force; -- B
rollback; -- A
begin; select * from c for update; -- A
rollback; -- A
