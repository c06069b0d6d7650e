# Ann locks the row. Bob's SELECT reads the old version, and needs no lock.
create table seat (id int primary key, status int);
insert into seat values (1, 0);

begin; select status from seat where id = 1 for update; -- ann
select status from seat where id = 1; -- bob, claim: goes on
commit; -- ann
