# A locking read of a row that is not there locks the gap in which it would stand: two sessions may
# both hold it, and then each one's insert waits for the other.
create table seat (id int primary key) engine=innodb;
insert into seat values (10), (20);
begin; select * from seat where id = 15 for update; -- T1
begin; select * from seat where id = 16 for update; -- T2, gap locks go together
insert into seat values (15); -- T1, waits for T2's gap lock
insert into seat values (16); -- T2, closes the circle
commit; -- T1
select * from seat; -- T2
