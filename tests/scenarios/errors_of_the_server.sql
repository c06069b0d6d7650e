# What a server answers at run time is part of the story, not the end of it: the replay goes on.
create table t (id int primary key, v int not null) engine=innodb;
insert into t values (1, 10);
select * from nowhere; -- T1
select nothing from t; -- T1
insert into t values (1, 11); -- T1
insert into t values (2, null); -- T1
select * from t; -- T1
