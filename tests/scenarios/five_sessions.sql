# With more than four sessions there is no room for columns: the name stands in front of each step.
# All wait in one queue; the shared locks behind the first exclusive one wait as well.
create table t (id int primary key, v int) engine=innodb;
insert into t values (1, 10);
begin; update t set v = 11 where id = 1; -- A
select v from t where id = 1 for share; -- B
update t set v = 12 where id = 1; -- C
select v from t where id = 1 for share; -- D
select v from t where id = 1; -- E, a plain read waits for nobody
commit; -- A
