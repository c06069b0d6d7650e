-- Tables of one row at most are all read before a condition is looked at, also where one has no row; IN of a unique key becomes a join.
create table t (id int, n int, primary key (id)) engine=innodb;
create table u (id int, n int, c int, k int not null, primary key (id), unique key kk (k)) engine=innodb;
insert into t values (-5, 1), (5, 1), (7, 7), (50, 50);
insert into u values (10, 50, 15, 1), (20, null, 10, 2), (30, 15, 5, 3), (40, 5, 30, 4);
begin; -- T1
select * from u a, t b where b.id = a.n and a.id = 20 for update; -- T1
rollback; begin; -- T1
select * from u a, t b where b.id = a.n and a.id = 21 for update; -- T1
rollback; begin; -- T1
select * from t b, u a where b.id = a.n and a.id = 10 and a.c = 7 for update; -- T1
rollback; begin; -- T1
select * from t b, u a, u c where b.id = a.n and a.id = 10 and a.c = 7 and c.id = b.n for update; -- T1
rollback; begin; -- T1
select * from u a left join t b on b.id = a.n where a.id = 20 for update; -- T1
rollback; begin; -- T1
select * from u a left join t b on b.id = a.n where a.id = 30 for update; -- T1
rollback; begin; -- T1
select * from u a left join t b on b.id = 7 where a.id = 31 for update; -- T1
rollback; begin; -- T1
select * from u a left join t b on b.id = 7 where a.id = 30 for update; -- T1
rollback; begin; -- T1
select * from u a join u b on b.k = a.n where a.id = 20 for update; -- T1
rollback; begin; -- T1
select * from u a join u b on b.k = a.k where a.id = 20 and b.c = 3 for update; -- T1
rollback; begin; -- T1
update u a join t b on b.id = 7 set a.c = 1 where a.id = 21; -- T1
rollback; begin; -- T1
select * from u where id = 20 and n in (select n from t x where x.id = 5) for update; -- T1
rollback; begin; -- T1
select * from u where id = 20 and n in (select n from t x where x.id = 6) for update; -- T1
rollback; begin; -- T1
select * from u where id in (select n from t x where x.id = 7) for update; -- T1
rollback; begin; -- T1
select * from u where n in (select id from t) for update; -- T1
rollback; begin; -- T1
select * from u where n in (select id from t) lock in share mode; -- T1
rollback; begin; -- T1
select * from u where c = 30 and n in (select id from t where n = 1) lock in share mode; -- T1
rollback; begin; -- T1
update t set n = 0 where id = 5 and n in (select k from u where u.id = 99); -- T1
rollback; begin; -- T1
delete from t where id = 5 and n in (select k from u where u.id = 10); -- T1
rollback; set session transaction isolation level serializable; begin; -- T1
select * from u where n in (select id from t); -- T1
rollback; begin; -- T1
select * from u where exists (select 1 from t where t.id = u.n); -- T1
rollback; begin; -- T1
select * from u where id = 10 and exists (select 1 from t where t.id = u.n); -- T1
