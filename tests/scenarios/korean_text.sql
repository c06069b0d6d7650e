# 두 사람이 같은 좌석을 예약한다. Wide characters take two columns, and everything still lines up.
create table 좌석 (번호 int primary key, 예약자 varchar(20)) engine=innodb;
insert into 좌석 values (1, null), (2, '김철수');
begin; select 예약자 from 좌석 where 번호 = 1; -- younghee
begin; select 예약자 from 좌석 where 번호 = 1; -- minsu
update 좌석 set 예약자 = '이영희' where 번호 = 1; -- younghee
update 좌석 set 예약자 = '박민수' where 번호 = 1; -- minsu, 기다린다
commit; -- younghee
commit; -- minsu
select * from 좌석; -- younghee, 이영희의 예약이 사라졌다
