-- Two transactions write one row; the first one rolls back. REPEATABLE READ, recorded on MySQL 8.4.11.
create table items (k int primary key, v int not null) engine=innodb;
insert into items values (1, 100);
set autocommit = 0; -- T1
set session transaction isolation level repeatable read; -- T1
set autocommit = 0; -- T2
set session transaction isolation level repeatable read; -- T2
begin; -- T1
begin; -- T2
update items set v = 10 where k = 1; -- T1
update items set v = 20 where k = 1; -- T2
rollback; -- T1
commit; -- T2
rollback; -- T1
rollback; -- T2
select k, v from items order by k; -- T3
