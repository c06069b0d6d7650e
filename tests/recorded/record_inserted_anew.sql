# A change of a field's size erases the record and inserts it anew, and its locks move with it: a request that waits
# leaves two empty structures behind, which count for its transaction's weight. A, who only waits, outweighs B.
create table t (id int primary key, n int, name varchar(9)) engine=innodb;
insert into t values (10, null, 'ann'), (20, 2, 'bob'), (30, 3, 'cid'), (40, 4, 'dan');
begin; -- B
select * from t where id = 10 for update; -- B
begin; -- A
select * from t where id = 20 for update; -- A
select * from t where id = 10 for update; -- A, waits
update t set n = 1 where id = 10; -- B: NULL has no bytes
select * from t where id = 20 for update; -- B: a circle, and B loses
rollback; -- A
# The same length: the record stays where it is, and A loses.
begin; -- B
select * from t where id = 10 for update; -- B
begin; -- A
select * from t where id = 20 for update; -- A
select * from t where id = 10 for update; -- A, waits
update t set name = 'eve' where id = 10; -- B
select * from t where id = 20 for update; -- B
rollback; -- B
# Rollback to a savepoint brings the old size back.
begin; -- B
select * from t where id = 40 for update; -- B
savepoint s; -- B
update t set name = 'frederic' where id = 10; -- B
begin; -- A
select * from t where id = 20 for update; -- A
select * from t where id = 10 for update; -- A, waits
rollback to savepoint s; -- B
update t set n = 9 where id = 30; -- B
update t set n = 9 where id = 40; -- B
select * from t where id = 20 for update; -- B
rollback; -- A
