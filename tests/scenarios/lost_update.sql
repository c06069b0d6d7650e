# Two sessions read the same stock, compute the new one by themselves and write it back: the second
# write wins, one sale is lost. REPEATABLE READ does not prevent it.
create table product (id int primary key, stock int) engine=innodb;
insert into product values (1, 10);
begin; select stock from product where id = 1; -- T1
begin; select stock from product where id = 1; -- T2, sees 10 as well
update product set stock = 9 where id = 1; -- T1
update product set stock = 9 where id = 1; -- T2, waits
commit; -- T1
commit; -- T2
select stock from product where id = 1; -- T1, two sold, 9 left
