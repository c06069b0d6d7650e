# The rows are 1 and 2. The lock reaches the end of the index: nothing goes in behind it.
create table seat (id int primary key, status int);
insert into seat values (1, 0), (2, 0);

begin; select id from seat where id between 1 and 10 lock in share mode; -- ann
insert into seat values (11, 0); -- bob, claim: goes on
commit; -- ann
