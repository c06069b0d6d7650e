# Ann locks the same row by its unique key. That takes a lock on the gap before it, too.
create table seat (id int primary key, place int, unique key (place));
insert into seat values (10, 10), (20, 20);

begin; select id from seat where place = 20 for update; -- ann
insert into seat values (5, 15); -- bob, claim: goes on
commit; -- ann
