-- Named locks: several at once, counted, circles, names without regard to case.
select if(is_used_lock('test') is null, 'yes', 'no'); -- main
select is_free_lock('test') = 1; -- main
select release_lock('test') is null; -- main
select release_all_locks() = 0; -- main
select get_lock('test', 0) = 1; -- main
select if(is_used_lock('test') = connection_id(), 'yes', 'no'); -- main
select is_free_lock('test') = 0; -- main
select if(is_used_lock('test') <> connection_id(), 'yes', 'no'); -- con1
select is_free_lock('test') = 0; -- con1
select get_lock('test', 0) = 0; -- con1
select release_lock('test') = 0; -- con1
select release_all_locks() = 0; -- con1
select release_lock('test') = 1; -- main
select release_lock('test') is null; -- main
select get_lock('test1', 0); -- main
select get_lock('test2', 0); -- main
select if(is_used_lock('test1') = connection_id() and is_used_lock('test2') = connection_id(), 'yes', 'no'); -- main
select release_lock('test1') = 1; -- main
select is_free_lock('test1') = 1; -- main
select is_free_lock('test2') = 0; -- main
select release_lock('test2') = 1; -- main
select get_lock('test1', 0); -- main
select get_lock('test2', 0); -- main
select release_all_locks() = 2; -- main
select is_free_lock('test1') and is_free_lock('test2'); -- main
select get_lock('test1', 0), get_lock('test2', 0); -- main
select release_all_locks() = 2; -- main
select if(is_used_lock('test1') is null and is_used_lock('test2') is null, 'yes', 'no'); -- main
select get_lock('test', 0); -- main
select get_lock('test', 0); -- main
select get_lock('test', 0); -- main
select release_lock('test'); -- main
select release_lock('test'); -- main
select release_lock('test'); -- main
select release_lock('test') is null; -- main
select get_lock('test', 0), get_lock('test', 0); -- main
select release_all_locks() = 2; -- main
select get_lock('test1', 0); -- main
select get_lock('test2', 0); -- con1
select get_lock('test1', 7200); -- con1
select get_lock('test2', 7200); -- main
select release_lock('test1'); -- main
select release_lock('test2') + release_lock('test1') = 2; -- con1
create table t1 (id int); -- main
select get_lock('test1', 0); -- main
lock table t1 write; -- main
select get_lock('test2', 0); -- main
unlock tables; -- main
select release_all_locks() = 2; -- main
select get_lock('test1', 0); -- main
flush tables with read lock; -- main
select get_lock('test2', 0); -- main
unlock tables; -- main
select (release_lock('test1') = 1) and (release_lock('test3') is null) and (release_lock('test2') = 1); -- main
delete from t1; -- main
begin; -- main
insert into t1 set id = 1; -- main
select get_lock('test1', 0); -- main
commit; -- main
begin; -- main
insert into t1 set id = 2; -- main
select get_lock('test2', 0); -- main
rollback; -- main
select release_all_locks() = 2; -- main
select id from t1 order by id; -- main
delete from t1; -- main
select get_lock('test', 0); -- main
begin; -- con1
insert into t1 values (1); -- con1
select get_lock('test', 7200); -- con1
alter table t1 rename to t3; -- main
commit; -- con1
alter table t3 rename to t1; -- main
select release_lock('test'); -- main
select count(*) = 1 from t1 where id = 1; -- con1
select get_lock('test', 0); -- main
lock table t1 write; -- con1
select get_lock('test', 7200); -- con1
select count(*) from t1; -- main
select release_lock('test') = 1; -- main
select release_lock('test'); -- con1
unlock tables; -- con1
create table t2 (col1 int, col2 int, primary key (col1)); -- main
delete from t1; -- main
insert into t1 values (1), (2), (1); -- main
insert into t2 select id, get_lock(id, 0) from t1; -- main
select release_all_locks(); -- main
select * from t2; -- main
delete from t1; -- main
insert into t1 values (1), (1), (2); -- main
insert into t2 select id, get_lock(id, 0) from t1; -- main
select release_all_locks(); -- main
drop table t2; -- main
select get_lock('test', 0) order by oscar; -- main
select release_all_locks() = 0; -- main
select get_lock('test', 0), release_lock('test'); -- main
select is_free_lock('test') = 1; -- main
select get_lock('test', 0), release_lock('test'), get_lock('test', 0); -- main
select is_free_lock('test') = 0; -- main
select release_lock('test') = 1; -- main
select get_lock('test', 0), get_lock('test1', 0), release_all_locks(), get_lock('test', 0); -- main
select release_all_locks() = 1; -- main
select get_lock(null, 0); -- main
select get_lock('', 0); -- main
select get_lock(repeat('a', 65), 0); -- main
select release_lock(null); -- main
select release_lock(''); -- main
select release_lock(repeat('a', 65)); -- main
select is_used_lock(null); -- main
select is_used_lock(''); -- main
select is_used_lock(repeat('a', 65)); -- main
select is_free_lock(null); -- main
select is_free_lock(''); -- main
select is_free_lock(repeat('a', 65)); -- main
select get_lock(repeat('a', 64), 0) = 1; -- main
select if(is_used_lock(repeat('a', 64)) = connection_id(), 'yes', 'no'); -- main
select is_free_lock(repeat('a', 64)) = 0; -- main
select release_lock(repeat('a', 64)) = 1; -- main
select get_lock('A', 0); -- main
select get_lock('a', 0); -- con1
select if(is_used_lock('a') = connection_id(), 'yes', 'no'); -- main
select is_free_lock('a'); -- main
select release_lock('a'); -- main
select get_lock('test'); -- main
select get_lock('test', 0, 1); -- main
select release_lock(); -- main
select release_lock('test', 1); -- main
select release_all_locks('test'); -- main
select is_used_lock(); -- main
select is_used_lock('test', 'test2'); -- main
select is_free_lock(); -- main
select is_free_lock('test', 'test2'); -- main
select get_lock('test', 0); -- con1
select get_lock('test', null) = 0; -- main
select release_lock('test'); -- con1
select get_lock('test', 0); -- main
select get_lock('test', -1); -- con1
select release_lock('test'); -- main
select release_lock('test'); -- con1
