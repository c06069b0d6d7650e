# Ann and Bob want seat 1 and click at the same moment, under REPEATABLE READ.
# Each request does what looks right: check that the seat is free, insert the reservation,
# mark the seat as taken, commit. Both check before either has written, so both see a free seat.
# The row lock of Ann's UPDATE makes Bob wait, but after that he goes on as if nothing had
# happened: nobody asks him to look again. One seat, two reservations.
create table seat (
  seat_id  bigint auto_increment primary key,
  event_id int,
  seat_col varchar(5),
  seat_row int,
  price    decimal,
  status   varchar(1)
) engine=innodb;
create table reservation (
  reservation_id bigint auto_increment primary key,
  seat_id        bigint,
  booked_by      varchar(20)
) engine=innodb;
insert into seat (event_id, seat_col, seat_row, price, status)
  values (1, 'A', 1, 15000, '0'), (1, 'A', 2, 15000, '0');

begin; -- ann
select status from seat where seat_id = 1; -- ann, free
begin; -- bob
select status from seat where seat_id = 1; -- bob, free as well
insert into reservation (seat_id, booked_by) values (1, 'ann'); -- ann
update seat set status = '1' where seat_id = 1; -- ann
insert into reservation (seat_id, booked_by) values (1, 'bob'); -- bob
update seat set status = '1' where seat_id = 1; -- bob, waits for Ann's row lock
commit; -- ann, and Bob goes on
commit; -- bob
select * from reservation where seat_id = 1; -- ann, seat 1 is sold twice
