# EXPLAIN of the access paths that decide locks. Subqueries and costs are left out: see the README.
create table t (id int primary key, v int, w int not null, s varchar(10), x int, key kv (v), unique key us (s), key kw (w, x)) engine=innodb;
insert into t values (1,10,1,'a',1),(2,20,2,'b',2),(3,30,3,'c',3),(4,40,4,'d',4),(5,50,5,'e',5),(6,60,6,'f',6),(7,70,7,'g',7),(8,80,8,'h',8);
create table u (id int primary key, tid int, z int, key kt (tid)) engine=innodb;
insert into u values (1,1,1),(2,2,2),(3,3,3),(4,4,4),(5,5,5),(6,6,6),(7,7,7),(8,8,8);
create table h (a int, b int) engine=innodb;
insert into h values (1,1),(2,2);
explain select * from t where id = 2; -- A
explain select * from t where id = 99; -- A
explain select * from t where id = 2 for update; -- A
explain select * from t where id in (1, 3); -- A
explain select * from t where id > 3; -- A
explain select * from t where id between 2 and 4 for update; -- A
explain select * from t force index (kv) where v = 20 for update; -- A
explain select * from t where s = 'b'; -- A
explain select * from t where s = 'zz'; -- A
explain select * from t force index (kv) where v > 20 for update; -- A
explain select v from t force index (kv) where v > 20; -- A
explain select v from t; -- A
explain select * from t; -- A
explain select * from t for update; -- A
explain select * from t order by id; -- A
explain select * from t order by w; -- A
explain select * from t where x = 3 order by w desc; -- A
explain select * from t where x = 3; -- A
explain select max(id) from t; -- A
explain select * from h; -- A
explain select * from h where a = 1; -- A
explain update t set x = 1 where id = 2; -- A
explain update t set x = 1 where id = 99; -- A
explain update t set x = 1 where v = 20; -- A
explain update t set x = 1; -- A
explain update t set x = 1 where x = 3; -- A
explain update t set x = 1 order by w limit 2; -- A
explain update t set id = id + 100 where id > 3; -- A
explain delete from t where id = 2; -- A
explain delete from t; -- A
explain delete from t where x = 3; -- A
explain delete from t where v = 20; -- A
explain delete from t where id > 3 and x = 2; -- A
explain insert into t values (9, 9, 9, 'z', 9); -- A
explain insert into h select v, x from t where id = 3; -- A
explain replace into t values (9, 9, 9, 'z', 9); -- A
explain select 1; -- A
explain select * from t where 1 = 0; -- A
explain select * from t join u on u.tid = t.id where t.id = 3; -- A
explain select x, count(*) from h group by a; -- A, 1054
explain select * from nosuch; -- A
explain select * from t where v is null; -- A
explain select * from t where w = 1 and x = 1; -- A
explain select * from t where w = 1 and x > 1; -- A
explain select * from t where v in (10, 20) for update; -- A
explain select * from t limit 2; -- A
describe h; -- A
show columns from u like 't%'; -- A
show index from u where key_name = 'kt'; -- A
show create table h; -- A
show full tables where table_type = 'BASE TABLE' and 1 = 0; -- A
