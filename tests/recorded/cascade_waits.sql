# A cascade that has waited searches the children anew, and finds those that it has deleted: it locks their gaps too.
create table t (id int, primary key (id)) engine=innodb;
insert into t values (10), (40), (60);
create table u (id int, p int not null, primary key (id), key ip (p), foreign key (p) references t (id) on delete cascade) engine=innodb;
insert into u values (10, 10), (30, 10), (60, 60);
create table w (id int, p int not null, primary key (id), key ip (p), foreign key (p) references t (id) on delete cascade) engine=innodb;
insert into w values (10, 10), (30, 10), (60, 60);
begin; -- A
select * from u where id = 30 for update; -- A
begin; -- B
delete from t where id = 10; -- B, waits in the second child
rollback; -- A
rollback; -- B
begin; -- A
select * from w where id = 10 for update; -- A
begin; -- B
delete from t where id = 10; -- B, waits in the second table
rollback; -- A
rollback; -- B
# Nobody in the way: no gap in front of the deleted ones.
begin; -- B
delete from t where id = 10; -- B
rollback; -- B
