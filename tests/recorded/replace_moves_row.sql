# REPLACE that meets a duplicate in the last unique key moves the row: one change, two affected.
create table u (id int primary key, v int unique, w int) engine=innodb;
insert into u values (1,10,1),(5,50,5);
replace into u values (6, 50, 6); -- T2
select * from u; -- T2
begin; insert into u values (7, 70, 5); -- T1
replace into u values (8, 70, 6); -- T2
commit; -- T1
select * from u; -- T2
