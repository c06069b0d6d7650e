# Joins, groups, subqueries, changes of several tables, foreign keys and functions in one history.
create table c (id int primary key, name varchar(20), grp int, key grp (grp)) engine=innodb;
create table o (id int primary key auto_increment, cid int, amt decimal(10,2), st char(1) default 'N', memo text, key cid (cid), foreign key (cid) references c(id) on delete set null on update cascade) engine=innodb;
create table pk2 (a int, b int, v varchar(10), primary key (a,b)) engine=innodb;
create table nm (name varchar(10) primary key, n int) engine=innodb;
insert into c values (1,'ann',1),(2,'bob',1),(3,'Cid',2),(4,null,null);
insert into o (cid, amt) values (1,10.50),(1,20),(2,5.25),(null,7);
insert into pk2 values (1,1,'a'),(1,2,'b'),(2,1,'c'),(2,5,'d');
insert into nm values ('ann',1),('Bob',2),('éva',3);
select c.id, c.name, o.amt from c left join o on o.cid = c.id order by c.id, o.id; -- T1
select grp, count(*), sum(id), avg(id), max(name) from c group by grp having count(*) > 0 order by grp; -- T1
select name from c where exists (select 1 from o where o.cid = c.id and amt > 6) order by id; -- T1
select name from c where id in (select cid from o) order by id; -- T1
select name from c where id not in (select cid from o where cid is not null) order by id; -- T1
select id, (select sum(amt) from o where o.cid = c.id) s from c order by id; -- T1
select distinct grp from c order by grp desc limit 1, 5; -- T1
select count(distinct grp), count(grp), group_concat(name) from c; -- T1
update c join o on o.cid = c.id set o.st = 'Y', c.name = upper(c.name) where c.id <= 2; -- T1
select * from c order by id; select * from o order by id; -- T1
delete o from c join o on o.cid = c.id where c.id = 2; -- T1
insert into o (cid, amt) select cid, amt * 2 from o where cid = 1; -- T1
select * from o order by id; -- T1
delete from c where id = 1; -- T1
select * from o order by id; -- T1
update c set id = 20 where id = 2; -- T1
insert into o (cid, amt) values (3, 1.005), (3, 2.345); select * from o order by id; -- T1
replace into pk2 values (1,1,'z'),(9,9,'n'); select * from pk2; -- T1
insert into pk2 values (1,1,'q') on duplicate key update v = concat(v, values(v)); select * from pk2 where a = 1; -- T1
update pk2 set b = b + 1 where a = 1 order by b desc; select * from pk2; -- T1
update pk2 set a = 5 where (a,b) in ((1,2),(2,1)); select * from pk2; -- T1
select * from nm where name = 'ANN'; select * from nm where name = 'eva'; select * from nm where name like 'b%'; -- T1
insert into nm values ('BOB', 9); -- T1
begin; select * from pk2 where a = 2 for update; -- T1
insert into pk2 values (2, 3, 'x'); -- T2
insert into pk2 values (3, 3, 'x'); -- T3
rollback; -- T1
begin; select * from c where grp = 1 order by id desc limit 1 for update; -- T1
update c set name = 'x' where grp = 2; -- T2
commit; -- T1
begin; select * from o where amt > 5 and cid = 3 for update; -- T1
select sum(amt) from o for share skip locked; -- T2
commit; -- T1
alter table c add column z int not null default 5 after name; select * from c order by id; -- T1
alter table c drop column z, add unique key nn (name); -- T1
create index amt on o (amt); -- T1
begin; select id from o force index (amt) where amt between 1 and 3 for update; -- T1
insert into o (cid, amt) values (null, 2.5); -- T2
rollback; -- T1
select @a := 5, @a + 1; select @a; set @b = (select max(id) from o); select @b; -- T1
select id into @c from c where name = 'Cid'; select @c; -- T1
select case when 1 > 2 then 'a' else 'b' end, if(null, 1, 2), ifnull(null, 'x'), nullif(1, 1), coalesce(null, 3); -- T1
select date_add('2024-01-31', interval 1 month), datediff('2024-03-01', '2024-02-01'), year('2024-05-06'); -- T1
select 1/3, 7 div 2, 7 % 3, -7 % 3, 2 * 1.50, 1 + '2a', '10' + 5, 5 / 0; -- T1
select concat('a', 1, null), substring('abcdef', 2, 3), lower('ABC'), length('é'), char_length('é'), trim('  a '); -- T1
truncate table o; select count(*) from o; insert into o (cid) values (3); select id from o; -- T1
drop table c; -- T1
set foreign_key_checks = 0; drop table c; -- T1
