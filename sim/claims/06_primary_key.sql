# Ann locks row 20 by the primary key. The gap before it stays open.
create table seat (id int primary key, place int, unique key (place));
insert into seat values (10, 10), (20, 20);

begin; select place from seat where id = 20 for update; -- ann
insert into seat values (15, 5); -- bob, claim: goes on
commit; -- ann
