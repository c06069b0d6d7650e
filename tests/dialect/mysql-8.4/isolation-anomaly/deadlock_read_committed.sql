-- Two transactions lock two rows in opposite order. READ COMMITTED, recorded on MySQL 8.4.11.
create table items (k int primary key, v int not null) engine=innodb;
insert into items values (1, 100), (2, 100);
set autocommit = 0; -- T1
set session transaction isolation level read committed; -- T1
set autocommit = 0; -- T2
set session transaction isolation level read committed; -- T2
begin; -- T1
begin; -- T2
select v from items where k = 1 for update; -- T1
select v from items where k = 2 for update; -- T2
select v from items where k = 2 for update; -- T1
select v from items where k = 1 for update; -- T2
commit; -- T1
commit; -- T2
rollback; -- T1
rollback; -- T2
select k, v from items order by k; -- T3
