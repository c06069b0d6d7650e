-- READ ONLY is the session's, also without a transaction, and before anything is looked up. A deadlock and SET
-- autocommit = 1 end a transaction without taking its access mode back: COMMIT, ROLLBACK or a statement that came to
-- lock its tables does.
create table t (id int primary key, n int) engine=innodb;
create table u (id int primary key, n int) engine=innodb;
create table m (id int primary key, n int) engine=myisam;
insert into t values (10, 1), (20, 2);
insert into u values (10, 1), (20, 2);
start transaction read only; -- A
select * from t where id = 10 for share; -- A
begin; insert into u values (1, 1); select * from t where id = 20 for update; -- B
select * from t where id = 20 for share; -- A, waits
update t set n = 3 where id = 10; -- B. A loses
insert into u values (2, 1); -- A
select @@transaction_read_only, @@in_transaction; -- A
select * from missing for update; -- A
begin; insert into u values (2, 1); -- A, still
commit; -- A
insert into u values (2, 1); -- A
rollback; -- B
set autocommit = 0; start transaction read only; -- A
set autocommit = 1; -- A
update t set n = 5 where id = 10; -- A
select * from t; -- A
update t set n = 5 where id = 10; -- A
start transaction read only; -- A
commit and chain; -- A
insert into u values (3, 1); -- A
rollback and chain; -- A
insert into m values (3, 1); -- A
select * from missing; update missing set n = 1; -- A
create table z (id int primary key) engine=innodb; -- A
insert into z values (1); -- A
set transaction read only; -- A
select * from missing; -- A
insert into u values (4, 1); -- A
select nope from t; -- A
insert into u values (4, 1); -- A
set session transaction read only; -- A
insert into u values (5, 1); select * from u where id = 20 for update; -- A
create index i on t (n); drop table z; alter table t add column z int; truncate table t; -- A
lock tables t write; -- A
lock tables t read; -- A
insert into t values (6, 1); -- A
unlock tables; -- A
start transaction read write; insert into u values (5, 1); commit and chain; insert into u values (6, 1); commit; -- A
insert into u values (7, 1); -- A
