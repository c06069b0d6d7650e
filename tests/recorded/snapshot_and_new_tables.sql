-- A table made or rebuilt since the snapshot can't be scanned, for reading or for changing: 1412. Inserting is no scan.
create table p (id int primary key, n int) engine=innodb;
insert into p values (1, 1), (2, 2);
create table f (id int primary key, n int) engine=innodb;
insert into f values (1, 1), (2, 2);
start transaction with consistent snapshot; -- A
create table t (id int primary key, n int) engine=innodb; -- B
insert into t values (1, 1); -- B
select * from t; -- A
update t set n = 2; -- A
select * from t where id = 1 for update; -- A
insert into t values (3, 3); -- A
rollback; -- A
begin; select * from p; -- A
create table q like t; -- B
select * from q; -- A
alter table t rename to r; -- B
select * from r; -- A
alter table f row_format = redundant; -- B
select * from f; -- A
delete from f where id = 1; -- A
rollback; -- A
select * from f; -- A
set session transaction isolation level read committed; -- C
begin; select * from p; -- C
alter table f force; -- B
update f set n = 5 where id = 1; -- C
select * from f; -- C
rollback; -- C
