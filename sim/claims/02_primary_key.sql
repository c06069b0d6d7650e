# Ann locks one row by its primary key, Bob changes another one.
create table storage_usage (user_id int primary key, used int);
insert into storage_usage values (1, 0), (2, 0), (3, 0);

begin; select used from storage_usage where user_id = 1 for update; -- ann
update storage_usage set used = 5 where user_id = 2; -- bob, claim: goes on
commit; -- ann
