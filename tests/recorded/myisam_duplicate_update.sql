-- MyISAM: an UPDATE that meets a duplicate leaves its row as it was.
create table t (id int primary key, k int, n int) engine=myisam;
insert into t values (40, 1, 1), (70, 2, 2);
update t set id = 40 where id = 70; -- T1
insert into t values (70, 3, 3); -- T1
