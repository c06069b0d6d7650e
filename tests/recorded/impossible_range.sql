-- A range that nothing can fulfil takes no lock at all, not even on the table.
create table t (id int primary key, n int, v int, key i (v)) engine=innodb;
insert into t values (10, 1, 1), (50, 2, 2);
begin; -- T1
select * from t where id > 50 and id <= 50 for update; -- T1
update t force index (i) set n = 3 where v >= 2 and v < 2; -- T1
select * from t where id >= 50 and id <= 50 for update; -- T1
