-- The change of ON DUPLICATE KEY UPDATE locks the duplicate that it runs into exclusively.
create table u (id int primary key, k int, n int, unique key i (k)) engine=innodb;
insert into u values (10, 1, 0), (20, 2, 0);
begin; -- T1
insert into u values (10, 9, 9) on duplicate key update k = 2; -- T1
