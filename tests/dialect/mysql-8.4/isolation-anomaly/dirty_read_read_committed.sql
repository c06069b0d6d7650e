-- One transaction reads what another one has written and then takes back. READ COMMITTED, recorded on MySQL 8.4.11.
create table items (k int primary key, v int not null) engine=innodb;
insert into items values (1, 100);
set autocommit = 0; -- T1
set session transaction isolation level read committed; -- T1
set autocommit = 0; -- T2
set session transaction isolation level read committed; -- T2
begin; -- T1
begin; -- T2
update items set v = 0 where k = 1; -- T1
select v from items where k = 1; -- T2
rollback; -- T1
select v from items where k = 1; -- T2
commit; -- T2
rollback; -- T1
rollback; -- T2
select k, v from items order by k; -- T3
