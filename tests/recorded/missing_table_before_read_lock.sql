-- A missing table is an error before the global read lock is asked for.
create table t (id int primary key) engine=innodb;
flush tables with read lock; -- T1
delete from missing where id = 5; -- T2
