-- Where ranges of a primary key of two columns end, the first kept ascending, the second ascending.
create table t1 (id1 int not null, id2 int not null, primary key (id1 asc, id2 asc)) engine=innodb;
insert into t1 (id1, id2) values (1, 1), (1, 3), (1, 5), (3, 1), (3, 3), (3, 5), (5, 1), (5, 3), (5, 5);
begin; -- T1
select * from t1 force index (primary) where id1 < 0 order by id1 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 < 0 order by id2 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 < 0 order by id1 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 < 0 order by id2 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 < 1 order by id1 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 < 1 order by id2 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 < 1 order by id1 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 < 1 order by id2 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 < 3 order by id1 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 < 3 order by id2 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 < 3 order by id1 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 < 3 order by id2 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 <= 3 order by id1 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 <= 3 order by id2 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 <= 3 order by id1 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 <= 3 order by id2 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 <= 4 order by id1 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 <= 4 order by id2 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 <= 4 order by id1 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 <= 4 order by id2 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 < 5 order by id1 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 < 5 order by id2 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 < 5 order by id1 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 < 5 order by id2 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 <= 5 order by id1 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 <= 5 order by id2 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 <= 5 order by id1 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 <= 5 order by id2 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 > 6 order by id1 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 > 6 order by id2 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 > 6 order by id1 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 > 6 order by id2 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 > 5 order by id1 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 > 5 order by id2 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 > 5 order by id1 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 > 5 order by id2 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 > 3 order by id1 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 > 3 order by id2 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 > 3 order by id1 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 > 3 order by id2 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 >= 3 order by id1 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 >= 3 order by id2 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 >= 3 order by id1 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 >= 3 order by id2 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 >= 2 order by id1 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 >= 2 order by id2 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 >= 2 order by id1 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 >= 2 order by id2 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 > 1 order by id1 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 > 1 order by id2 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 > 1 order by id1 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 > 1 order by id2 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 >= 1 order by id1 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 >= 1 order by id2 asc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 >= 1 order by id1 desc for update; -- T1
rollback; -- T1
begin; -- T1
select * from t1 force index (primary) where id1 = 3 and id2 >= 1 order by id2 desc for update; -- T1
rollback; -- T1
