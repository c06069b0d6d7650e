# The same where user_id has no index: the server reads every row, and locks what it reads.
create table storage_usage (id int primary key, user_id int, used int);
insert into storage_usage values (1, 1, 0), (2, 2, 0), (3, 3, 0);

begin; select used from storage_usage where user_id = 1 for update; -- ann
update storage_usage set used = 5 where id = 2; -- bob, claim: goes on
commit; -- ann
