# Two transfers in opposite directions lock two accounts in opposite order: a circle of two. The
# one that closes it is the victim, the other goes on in the same step.
create table account (id int primary key, balance int) engine=innodb;
insert into account values (1, 100), (2, 100);
begin; update account set balance = balance - 10 where id = 1; -- T1
begin; update account set balance = balance - 20 where id = 2; -- T2
update account set balance = balance + 10 where id = 2; -- T1, waits for T2
update account set balance = balance + 20 where id = 1; -- T2, closes the circle
commit; -- T1
select * from account; -- T2, only T1's transfer has happened
