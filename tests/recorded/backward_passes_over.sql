-- Reading equal keys backward, the search for the first row ends with a gap lock, whatever it passed over; only behind
-- a row that was read the next one is locked as it is.
create table t (id int, b int, n int, primary key (id, b)) engine=innodb;
insert into t values (10, 1, 1), (20, 1, 2), (20, 2, 3), (30, 1, 4);
begin; delete from t where id = 20; -- A
begin; select * from t force index (primary) where id = 20 order by id desc, b desc for share skip locked; -- B
rollback; rollback; -- A
rollback; -- B
begin; delete from t where id = 20 and b = 2; -- A
begin; select * from t force index (primary) where id = 20 order by id desc, b desc for share skip locked; -- B
rollback; -- A
rollback; -- B
