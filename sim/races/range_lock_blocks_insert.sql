# BETWEEN 1 AND 10 LOCK IN SHARE MODE locks the rows that are there and the gaps between and behind
# them: a row that isn't there yet can't come. Ann counts the seats 1 to 10 (there are two); Bob
# adds a third and waits for her commit. That seat 11 waits as well is no accident: behind
# the last row the locked gap has no end.
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

begin; select seat_id from seat where seat_id between 1 and 10 lock in share mode; -- ann
insert into seat (seat_id, event_id, seat_col, seat_row, price, status)
  values (3, 1, 'A', 3, 15000, '0'); -- bob, waits
insert into seat (seat_id, event_id, seat_col, seat_row, price, status)
  values (11, 1, 'B', 1, 15000, '0'); -- carol, waits too
select count(*) from seat where seat_id between 1 and 10 lock in share mode; -- ann, still two
commit; -- ann, both go on
select seat_id from seat; -- ann
