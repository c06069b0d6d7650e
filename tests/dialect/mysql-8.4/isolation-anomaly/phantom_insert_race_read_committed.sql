-- Two transactions find a range empty, and each inserts into it. READ COMMITTED, recorded on MySQL 8.4.11.
create table items (k int primary key, v int not null) engine=innodb;
set autocommit = 0; -- T1
set session transaction isolation level read committed; -- T1
set autocommit = 0; -- T2
set session transaction isolation level read committed; -- T2
begin; -- T1
begin; -- T2
select k, v from items where k between 1 and 5 order by k; -- T1
select k, v from items where k between 1 and 5 order by k; -- T2
insert into items values (1, 1); -- T1
insert into items values (2, 1); -- T2
commit; -- T1
commit; -- T2
rollback; -- T1
rollback; -- T2
select k, v from items order by k; -- T3
