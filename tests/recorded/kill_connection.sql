# KILL ends a session: its transaction is rolled back, its locks go, later statements find no server.
create table t (id int primary key, v int) engine=innodb;
insert into t values (1, 10), (2, 20), (3, 30);
begin; update t set v = 11 where id = 1; -- A
begin; update t set v = 21 where id = 2; -- B
set @b = (select trx_mysql_thread_id from information_schema.innodb_trx where trx_rows_modified = 1 order by trx_mysql_thread_id desc limit 1); -- C
update t set v = 12 where id = 1; -- B, waits
update t set v = 22 where id = 2; -- D, waits for B
kill @b; -- C, B's statement and transaction end; D goes on
select * from t; -- C
kill @b; -- C, nobody any more
commit; -- A
select * from t; -- C
begin; update t set v = 31 where id = 3; -- E
do sleep(0.2); -- C
set @e = (select trx_mysql_thread_id from information_schema.innodb_trx where trx_rows_modified = 1); -- C
update t set v = 32 where id = 3; -- D, waits
kill connection @e; -- C, an idle session
do sleep(0.2); -- C
select * from t; -- C
select count(*) from information_schema.innodb_trx where trx_rows_modified > 0; -- C
