-- A page is emptied by purge: what locked the gap at its end locks the gap that takes its place.
create table t (id int primary key, pad varchar(7000)) engine=innodb default charset=latin1;
insert into t values (10, repeat('a', 7000)), (20, repeat('a', 7000)), (30, repeat('a', 7000)), (40, repeat('a', 7000)), (50, repeat('a', 7000)), (60, repeat('a', 7000)), (70, repeat('a', 7000));
begin; select id from t where id = 35 for update; -- T1, the gap reaches over two pages
delete from t where id in (20, 30); -- T2, the first of them is empty now
insert into t values (11, 'b'); -- T2
rollback; -- T1
begin; select id from t where id = 5 for update; -- T1
select id from t where id = 65 for update; -- T1
rollback; -- T1
