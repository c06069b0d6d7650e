-- When a circle is broken, whoever the victim's wait kept waiting goes on first, while the victim still has its other
-- locks. Here that is B, who meets one of them and waits again for a moment: a structure more.
create table t (id int not null, k int not null, n int, unique key uid (id), key i (k)) engine=innodb;
create table w (id int primary key) engine=innodb;
insert into t values (5, 30, 40), (10, 15, 10), (20, 40, 25), (30, 5, 40), (40, 40, 30);
begin; select * from t where id = 5 for share; -- A
begin; insert into w values (1), (2), (3), (4), (5), (6), (7), (8), (9); select * from t where id = 5 for share; -- B
select * from t force index (i) where k >= 15 and k < 70 for update; -- C, has 10, waits for 5
update t set n = 20; -- B, waits behind C
commit; -- A. C loses
select trx_lock_structs, trx_rows_modified from information_schema.innodb_trx where trx_rows_modified > 0; -- A
rollback; -- B
