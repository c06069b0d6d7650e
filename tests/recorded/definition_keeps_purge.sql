-- A definition that waits for its table keeps purge from it: delete-marked rows and the locks on them stay.
create table t (id int primary key, n int) engine=innodb;
insert into t values (20, 1), (40, 2), (50, 3);
begin; select * from t where id = 40 for share; -- C
start transaction with consistent snapshot; -- B
delete from t where id = 20; -- A
select * from t where id = 5 for share; -- C
truncate table t; -- A, waits
rollback; -- B. Nobody needs the row, and it stays
rollback; -- C
