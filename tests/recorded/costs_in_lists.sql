# On few rows a list of keys costs more than the whole table; on more rows the keys win.
create table few (id int primary key, n int) engine=innodb;
create table more (id int primary key, n int) engine=innodb;
insert into few values (10, 1), (50, 5), (60, 6);
insert into more values (10, 1), (20, 2), (30, 3), (40, 4), (50, 5), (60, 6), (70, 7), (80, 8), (90, 9), (100, 10);
begin; update few set n = 70 where id in (10, 50, 70); -- T1, the whole table
rollback; -- T1
begin; update few set n = 70 where id in (10, 50); -- T1, two points
rollback; -- T1
begin; update more set n = 70 where id in (10, 50, 75); -- T1
rollback; -- T1
begin; select * from few where id in (10, 50, 60) and n > 1 for share; -- T1
rollback; -- T1
begin; select * from more where id in (20, 30, 50, 70, 80, 90) for share; -- T1
rollback; -- T1
begin; delete from more where id in (20, 20); -- T1, one point
rollback; -- T1
begin; delete from few where id = 10 or id = 60 or id = 50; -- T1
rollback; -- T1
