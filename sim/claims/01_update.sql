# Ann has a snapshot with two seats. Her UPDATE changes the third, which she never saw.
create table seat (id int primary key, price int);
insert into seat values (1, 10), (2, 10);

begin; select count(*) from seat where id between 1 and 10; -- ann
insert into seat values (3, 10); -- bob
update seat set price = 20 where id between 1 and 10; -- ann, claim: changes 2
commit; -- ann
