# LOCK TABLES ... WRITE on a MyISAM table: its owner reads and writes, everybody else waits,
# readers too. The clerk re-prices the seats; a visitor who only looks and a visitor who books
# both stand in line until UNLOCK TABLES.
create table seat (
  seat_id  bigint auto_increment primary key,
  event_id int,
  seat_col varchar(5),
  seat_row int,
  price    decimal,
  status   varchar(1)
) engine=myisam;
insert into seat (event_id, seat_col, seat_row, price, status)
  values (1, 'A', 1, 15000, '0'), (1, 'A', 2, 15000, '0');

lock tables seat write; -- clerk
select seat_id, price from seat; -- reader, waits
update seat set status = '1' where seat_id = 1; -- writer, waits
update seat set price = 20000 where seat_id = 2; -- clerk
unlock tables; -- clerk, both go on
select seat_id, price, status from seat; -- clerk
