-- How ALTER TABLE waits. Mistakes in names first. Instantly: once, alone. In place: alone, then everybody may in again
-- while an index is built, then alone. By copying: readers may in until the end.
create table t (id int primary key, k int, n int, c int, v varchar(20), key ik (k)) engine=innodb;
insert into t values (1, 1, 1, 1, 'a'), (2, 2, 2, 1, 'b');
begin; select * from t where id = 1 for share; -- R
alter table t add column n int; -- A
alter table t add index ik (n); -- A
alter table t add index j (nope); -- A
alter table t add column y int; -- A, waits
update t set n = 3 where id = 2; -- W, waits
commit; -- R. Both
begin; select * from t where id = 1 for update; -- R
alter table t add column z int, add index iz (z); -- A, waits
update t set n = 4 where id = 2; -- W, waits
begin; select * from t where id = 1 for share; -- S, waits
commit; -- R. W and S are in, A waits for S
update t set n = 5 where id = 2; -- W, waits
commit; -- S. Both
begin; select * from t where id = 1 for update; -- R
alter table t add unique index uc (c); -- A, waits
begin; select * from t where id = 2 for share; -- S, waits
commit; -- R. A finds a duplicate
commit; -- S
begin; select * from t where id = 1 for update; -- R
alter table t modify n bigint; -- A, waits
begin; select * from t where id = 2 for share; -- S, may read
update t set n = 6 where id = 2; -- W, waits
commit; -- R. A copies, and waits for S
commit; -- S. Both
begin; select * from t where id = 1 for update; -- R
alter table t drop index ik; -- A, waits
begin; select * from t where id = 2 for share; -- S, waits
commit; -- R
commit; -- S
begin; select * from t where id = 1 for update; -- R
alter table t modify v varchar(30); -- A, waits
begin; select * from t where id = 2 for share; -- S, waits
commit; -- R. Both
commit; -- S
begin; select * from t where id = 1 for update; -- R
alter table t add check (n > 0); -- A, waits
begin; select * from t where id = 2 for share; -- S
commit; -- R
commit; -- S
begin; select * from t where id = 1 for update; -- R
alter table t force; -- A, waits
begin; select * from t where id = 2 for share; -- S, waits
commit; -- R
commit; -- S
