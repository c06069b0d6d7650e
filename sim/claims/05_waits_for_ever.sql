# Ann never commits. Bob waits, and a minute passes.
create table seat (id int primary key, status int);
insert into seat values (1, 0);

begin; select status from seat where id = 1 for update; -- ann
select status from seat where id = 1 for update; -- bob, claim: still waits
select sleep(60); -- clock
