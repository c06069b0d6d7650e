-- Tables without a primary key share one counter of hidden row ids.
create table t (v int, n int, key i (v)) engine=innodb;
create table u (v int, n int, key i (v)) engine=innodb;
insert into t values (1, 1), (2, 2);
insert into u values (1, 1);
begin; -- T1
select * from u force index (i) where v = 1 for update; -- T1
