create table m (a int) engine=myisam;
lock tables m read; -- A
insert into m values (1); -- B
select get_lock('x', 20); -- A
unlock tables; -- A
select get_lock('x', 2); -- C
select sleep(3); -- B
flush tables with read lock; -- B
delete from m; -- A
unlock tables; -- B
