# KILL QUERY ends a statement, not the transaction: its earlier locks and changes stay.
create table t (id int primary key, v int) engine=innodb;
insert into t values (1, 10), (2, 20), (3, 30);
begin; update t set v = 11 where id = 1; -- A
begin; update t set v = 21 where id = 2; -- B
update t set v = 12 where id = 1; -- B, waits
select trx_mysql_thread_id from information_schema.innodb_trx where trx_state = 'LOCK WAIT' into @b; -- C
kill query @b; -- C
select * from t; -- B, its own change is there
kill query @b; -- C, an idle session: nothing happens
select v from t where id = 2; -- B
update t set v = 22 where id = 2; -- D, waits for B
commit; -- B
commit; -- A
select get_lock('a', 1); -- A
select get_lock('a', 100); -- B
kill query @b; -- C, GET_LOCK answers NULL
kill 999999; -- C
kill query 999999; -- C
kill query 0; -- C
begin; select * from t; -- A
alter table t add column w int; -- B, waits for a metadata lock
kill query @b; -- C
insert into t values (4, 40); -- D
commit; -- A
set @me = connection_id(); -- C
kill query @me; -- C
select 1; -- C
