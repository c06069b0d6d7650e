# Ann has a snapshot with two seats. Her locking read goes by what is committed now.
create table seat (id int primary key, price int);
insert into seat values (1, 10), (2, 10);

begin; select count(*) from seat where id between 1 and 10; -- ann
insert into seat values (3, 10); -- bob
select count(*) from seat where id between 1 and 10 for update; -- ann, claim: reads 2
commit; -- ann
