# LOCK IN SHARE MODE on one InnoDB row: others read it, and may share the lock, but don't change it.
# Ann looks at seat 2 and wants it to stay as it is until she is done. Bob still reads it, plainly
# or with a shared lock of his own; his UPDATE waits for Ann's commit. Seat 1 is not locked at all.
create table seat (
  seat_id  bigint auto_increment primary key,
  event_id int,
  seat_col varchar(5),
  seat_row int,
  price    decimal,
  status   varchar(1)
) engine=innodb;
insert into seat (event_id, seat_col, seat_row, price, status)
  values (1, 'A', 1, 15000, '0'), (1, 'A', 2, 15000, '0');

begin; select seat_id, status from seat where seat_id = 2 lock in share mode; -- ann
select seat_id, status from seat where seat_id = 2; -- bob, a plain read
select seat_id, status from seat where seat_id = 2 lock in share mode; -- bob, shared locks go together
update seat set status = '1' where seat_id = 1; -- bob, another row
update seat set status = '1' where seat_id = 2; -- bob, waits
commit; -- ann, Bob goes on
select seat_id, status from seat; -- ann
