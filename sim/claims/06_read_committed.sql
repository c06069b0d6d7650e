# The same under READ COMMITTED, which leaves gaps alone.
create table seat (id int primary key, place int, unique key (place));
insert into seat values (10, 10), (20, 20);

set session transaction isolation level read committed; begin; -- ann
select id from seat where place = 20 for update; -- ann
insert into seat values (5, 15); -- bob, claim: goes on
commit; -- ann
