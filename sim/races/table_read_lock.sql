# LOCK TABLES ... READ on a MyISAM table: everybody reads, nobody writes.
# The clerk freezes the seats to count them. A visitor still sees them, but the visitor's UPDATE
# waits until the clerk says UNLOCK TABLES. The clerk can't write either: a READ lock is a promise.
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

lock tables seat read; -- clerk
select seat_id, status from seat; -- visitor, reading goes on
update seat set status = '1' where seat_id = 1; -- clerk, error 1099
update seat set status = '1' where seat_id = 1; -- visitor, waits
select seat_id, status from seat; -- clerk, nothing has changed
unlock tables; -- clerk, the visitor goes on
select seat_id, status from seat; -- visitor
