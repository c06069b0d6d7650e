# The rows are 1, 2 and 20. A key above 20 is behind what is locked.
create table seat (id int primary key, status int);
insert into seat values (1, 0), (2, 0), (20, 0);

begin; select id from seat where id between 1 and 10 lock in share mode; -- ann
insert into seat values (21, 0); -- bob, claim: goes on
commit; -- ann
