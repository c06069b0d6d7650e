-- Whether an entry of one's own row needs a lock is asked only on pages that somebody as young has written to, even if
-- he took it back.
create table t (id int primary key, k int, m int, n int, key ik (k), key im (m)) engine=innodb;
insert into t values (10, 30, 10, 1), (20, 5, 20, 2), (30, 15, 30, 3), (40, 25, 40, 4);
set session transaction isolation level read committed; -- A
begin; -- A
update t set n = n + 1 where id = 30; -- A
set session transaction isolation level read committed; -- B
begin; update t set n = n + 1 where id = 20; -- B
select * from t force index (ik) where k = 15 for update; -- A. Nobody has written on the page: listed
rollback; -- A
set session transaction isolation level read committed; -- A
begin; -- A
insert into t values (50, 20, 50, 5), (50, 21, 51, 5); -- A, fails and is taken back
update t set n = n + 1 where id = 30; -- A
select * from t force index (ik) where k = 15 for update; -- A
select * from t force index (im) where m = 30 for update; -- A
select * from t force index (ik) where k = 5 for update; -- B
rollback; -- A
rollback; -- B
