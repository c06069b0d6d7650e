# FLUSH TABLES WITH READ LOCK freezes the whole server: reads go on, writes to any table wait.
# A backup takes it to see one consistent state. Visitors may look at the seats; the one who books
# waits until the backup says UNLOCK TABLES. The locker itself can't write: error 1223.
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

flush tables with read lock; -- backup
select seat_id, status from seat; -- visitor, reading goes on
update seat set status = '1' where seat_id = 2; -- visitor, waits
update seat set status = '1' where seat_id = 1; -- backup, error 1223
unlock tables; -- backup, the visitor goes on
select seat_id, status from seat; -- visitor
