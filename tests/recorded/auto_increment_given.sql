-- A given id moves the counter: INSERT .. SELECT takes AUTO_INC for it; the duplicates of INSERT IGNORE move nothing.
create table t (id int auto_increment primary key, k int, n int, unique key i (k)) engine=innodb;
insert ignore into t values (10, 50, 1), (30, 40, 2), (60, 50, 3);
insert into t values (null, 60, 4); -- T1
select * from t force index (primary); -- T1
begin; -- T2
select * from t where id = 30 for update; -- T2
begin; -- T1
insert into t (id, k, n) select id + 90, k + 100, n from t force index (primary) where id < 40; -- T1
commit; -- T2
