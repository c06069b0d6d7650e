-- Two transactions read the same two rows, and each changes another one. READ UNCOMMITTED, recorded on MySQL 8.4.11.
create table items (k int primary key, v int not null) engine=innodb;
insert into items values (1, 1), (2, 1);
set autocommit = 0; -- T1
set session transaction isolation level read uncommitted; -- T1
set autocommit = 0; -- T2
set session transaction isolation level read uncommitted; -- T2
begin; -- T1
begin; -- T2
select k, v from items where k between 1 and 2 order by k; -- T1
select k, v from items where k between 1 and 2 order by k; -- T2
update items set v = 0 where k = 1; -- T1
update items set v = 0 where k = 2; -- T2
commit; -- T1
commit; -- T2
rollback; -- T1
rollback; -- T2
select k, v from items order by k; -- T3
