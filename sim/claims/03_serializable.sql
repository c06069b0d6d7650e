# Ann locks the row. Bob's transaction is SERIALIZABLE: each of its reads takes a shared lock.
create table seat (id int primary key, status int);
insert into seat values (1, 0);

begin; select status from seat where id = 1 for update; -- ann
set session transaction isolation level serializable; begin; -- bob
select status from seat where id = 1; -- bob, claim: goes on
commit; -- ann
commit; -- bob
