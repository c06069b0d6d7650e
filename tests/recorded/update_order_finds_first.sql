# UPDATE with ORDER BY finds all its rows before it changes the first one, also where the index gives the order:
# while A waits in row 20 it has changed nothing, so that it is lighter than B, which has changed two rows.
create table t (id int primary key, n int) engine=innodb;
insert into t values (10, 1), (20, 2), (30, 3), (40, 4);
begin; -- B
update t set n = 9 where id = 20; -- B
update t set n = 9 where id = 40; -- B
begin; -- A
select * from t where id = 30 for update; -- A
update t set n = 5 where id <= 20 order by id limit 2; -- A, waits
select * from t where id = 30 for update; -- B: a circle, and A loses
rollback; -- B
# ORDER BY a column that WHERE fixes is none; a point on a unique key changes its row at once.
explain update t set n = 1 where id between 10 and 20 order by id limit 2; -- A
explain update t set n = 1 where id = 20 order by id; -- A
explain update t set id = id + 1 where id = 10; -- A
explain update t set id = id + 1 where id > 10; -- A
