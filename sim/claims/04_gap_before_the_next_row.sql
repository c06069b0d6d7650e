# The rows are 1, 2 and 20. The lock reaches the next row, 20, and with it the gap before it.
create table seat (id int primary key, status int);
insert into seat values (1, 0), (2, 0), (20, 0);

begin; select id from seat where id between 1 and 10 lock in share mode; -- ann
insert into seat values (11, 0); -- bob, claim: goes on
commit; -- ann
