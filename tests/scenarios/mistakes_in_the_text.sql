# What the grammar can't read stops the run before anything is played; all of it is named at once.
create table t (id int primary key, v int) engine=innodb;
selec * from t; -- T1
select * form t where id = 1; -- T1
	select '좌석', v + from t; -- T2, a tab and wide characters in front of the caret
select id, row_number() over (order by id) from t; -- T2
