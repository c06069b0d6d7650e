-- The same with locking reads. READ UNCOMMITTED, recorded on MySQL 8.4.11.
create table items (k int primary key, v int not null) engine=innodb;
insert into items values (1, 10);
set autocommit = 0; -- T1
set session transaction isolation level read uncommitted; -- T1
set autocommit = 0; -- T2
set session transaction isolation level read uncommitted; -- T2
begin; -- T1
begin; -- T2
select v from items where k = 1 for update; -- T1
select v from items where k = 1 for update; -- T2
update items set v = 9 where k = 1; -- T1
commit; -- T1
update items set v = 8 where k = 1; -- T2
commit; -- T2
rollback; -- T1
rollback; -- T2
select k, v from items order by k; -- T3
