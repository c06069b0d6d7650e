create table p (id int primary key);
create table c (id int primary key, p_id int, foreign key (p_id) references p (id) on delete cascade);
insert into p values (1), (2); insert into c values (1, 1);
begin; insert into c values (2, 2); -- T1
delete from p where id in (1, 2); -- T2
savepoint s; insert into c values (3, 9); rollback to s; commit; -- T1
alter table c add column note varchar(5) default 'x'; -- T1
insert into c (id) values (1) on duplicate key update note = concat(note, 'y'), p_id = null; -- T2
