-- MyISAM's rows lie in a file: read in its order, changed where they lie; a new row takes the place of the one that
-- was deleted last. Equal keys of an index are ordered by these places. INSERT lets readers go on only where no place
-- is free.
create table m (id int primary key, k int not null, n int, key i (k)) engine=myisam;
create table t (id int primary key, n int) engine=innodb;
insert into m values (10, 20, 1), (30, 20, 2), (20, 10, 3), (50, 40, 4);
insert into t values (10, 10), (20, 20);
select * from m limit 1; -- A
insert into m values (5, 20, 5); -- A
select * from m force index (i) where k >= 10 order by k desc limit 2; -- A
select * from m force index (i) where k > 5 order by k desc; -- A
select * from m limit 2; -- A
update m set id = 60 where id = 10; -- A
select * from m limit 1; -- A
update m set k = 40 where id = 60; -- A
select * from m force index (i) where k = 40 limit 1; -- A
delete from m where id = 30; -- A
delete from m where id = 60; -- A
select * from m limit 1; -- A
insert into m values (60, 20, 6); -- A
select * from m limit 1; -- A
insert into m values (50, 1, 1); -- A, no place is used up
begin; select * from t where id = 20 for update; -- B
select * from t straight_join m force index (primary) on m.id = t.n where t.id >= 10 for share; -- C, waits, and reads m
insert into m values (70, 20, 7); -- D, waits: a place is free
rollback; -- B
select * from m limit 2; -- A
begin; select * from t where id = 20 for update; -- B
select * from t straight_join m force index (primary) on m.id = t.n where t.id >= 10 for share; -- C, waits, and reads m
insert into m values (80, 20, 8); -- D, at the end
replace into m values (90, 20, 9); -- D, waits
rollback; -- B
select * from m force index (i) where k >= 20 order by k desc limit 4; -- A
replace into m values (20, 15, 9); -- A
select * from m limit 3; -- A
delete from m; -- A
insert into m values (3, 1, 1), (2, 1, 2), (1, 1, 3); -- A
select * from m limit 2; -- A
select * from m force index (i) where k = 1 order by k desc limit 1; -- A
