-- ALTER TABLE of a parent locks its children with X: it waits for whoever has locked in one, and fails by the time-out
-- of row locks. Readers of the parent go on until then; a child of its own, or a table that refers to none, is not waited for.
create table u (id int, k int, n int, primary key (id), key i (k)) engine=innodb;
create table w (id int, p int, primary key (id), key ip (p), foreign key (p) references u (id)) engine=innodb;
create table x (id int, p int, primary key (id), key ip (p), foreign key (p) references u (k)) engine=innodb;
create table o (id int, primary key (id)) engine=innodb;
insert into u values (1, 1, 1), (2, 2, 2);
insert into w values (1, 1);
begin; select * from o for update; -- T1
select * from w where id = 1; -- T1, locks nothing
alter table u add index a (n); -- T2
set session innodb_lock_wait_timeout = 1; -- T2
select * from w where id = 1 for update; -- T1
alter table u add index b (n); -- T2, waits
select * from u; -- T3, waits for T2
select sleep(1.5); -- T4
alter table u add column y int, add index c (y); -- T2, waits
select sleep(1.5); -- T4
alter table u add column z int; -- T2, waits
select sleep(1.5); -- T4
alter table u drop index a; -- T2, waits
rollback; -- T1
alter table w add index d (id, p); -- T2
set autocommit = 0; -- T2
begin; select * from x where id = 1 lock in share mode; -- T1
alter table u add index e (n); -- T2, waits in the second child
begin; update w set p = 2 where id = 1; -- T3, meets T2's lock
select sleep(1.5); -- T4
rollback; -- T3
rollback; -- T1
set session transaction isolation level read committed; -- T1
set session transaction isolation level read committed; -- T2
begin; select * from w where id = 1 lock in share mode; -- T1
alter table u add index g (n); -- T2, waits
commit; -- T1
select * from u; -- T2
commit; -- T2
