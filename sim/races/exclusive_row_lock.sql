# FOR UPDATE on one InnoDB row: nobody else changes it, or locks it in any way, until the commit.
# Ann takes seat 2 to book it. A plain SELECT of Bob's reads the old version and does not wait; his
# UPDATE waits, finds after Ann's commit what she has written, and changes nothing any more.
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

begin; select seat_id, status from seat where seat_id = 2 for update; -- ann
select seat_id, status from seat where seat_id = 2; -- bob, reads a version, needs no lock
update seat set status = '1' where seat_id = 1; -- bob, another row
update seat set status = '1' where seat_id = 2 and status = '0'; -- bob, waits
update seat set status = '1' where seat_id = 2; -- ann
commit; -- ann, Bob goes on and finds no free seat 2
select seat_id, status from seat; -- bob
