# Ann locks the row. Bob wants to read it with a shared lock.
create table seat (id int primary key, status int);
insert into seat values (1, 0);

begin; select status from seat where id = 1 for update; -- ann
select status from seat where id = 1 lock in share mode; -- bob, claim: goes on
commit; -- ann
