-- A gap that is asked for on a page's end is written without its gap flag, but where the page's only lock structure is of
-- gaps of the same strength: it takes one more bit as it is. It keeps out inserts as any other lock there does.
create table t (id int, b int, c int, primary key (id, b), key c (c)) engine=innodb;
insert into t values (10, 1, 1), (20, 2, 2);
begin; delete from t where id = 15 and b = 25; -- A
select * from t where id = 70 order by id desc, b desc for update; -- A, the only structure
select * from t where id = 70 for update; -- A, has it already
select * from t where id = 70 lock in share mode; -- A
begin; insert into t values (80, 1, 1); -- B, waits
rollback; -- A
rollback; -- B
begin; delete from t where id = 15 and b = 25; -- A
select * from t where id = 70 order by id desc, b desc lock in share mode; -- A, of another strength
rollback; -- A
begin; select * from t where id = 15 and b = 2 lock in share mode; -- A
select * from t where id = 70 order by id desc, b desc lock in share mode; -- A
insert into t values (90, 1, 1); -- A, inherits it
rollback; -- A
begin; select * from t where id = 15 and b = 2 for update; -- C
begin; delete from t where id = 15 and b = 25; -- A
select * from t where id = 70 order by id desc, b desc for update; -- A, not alone on the page
rollback; -- C
rollback; -- A
begin; select * from t where id = 70 order by id desc, b desc for update; -- A, the page's first lock
delete from t where id = 15 and b = 25; -- A
rollback; -- A
begin; delete from t where id = 15 and b = 25; -- A
select * from t where id = 70 order by id desc, b desc for update; -- A
insert into t values (90, 1, 1), (91, 1, 1); -- A
begin; insert into t values (12, 1, 1); -- B, waits
rollback; -- A
select * from t where id = 70 order by id desc, b desc for update; -- B
rollback; -- B
begin; delete from t where id = 15 and b = 25; -- A
select * from t where id >= 5 order by id desc, b desc for update; -- A
rollback; -- A
