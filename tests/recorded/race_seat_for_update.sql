# seat: One seat is sold more than once.
# The schedule seat+row_lock-bbd7bf:a2b2c2a3bc, statement by statement.
SET @seats = 1;
CREATE TABLE seat (
    seat_id BIGINT AUTO_INCREMENT PRIMARY KEY,
    event_id INT,
    seat_col VARCHAR(5),
    seat_row INT,
    price DECIMAL,
    status VARCHAR(1)
  );
CREATE TABLE reservation (
    reservation_id BIGINT AUTO_INCREMENT PRIMARY KEY,
    seat_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL
  );
INSERT INTO seat VALUES (1, 1, 'A', 1, 50000, 'N'), (2, 1, 'A', 2, 50000, 'N'), (3, 1, 'A', 3, 50000, 'N'),
                          (4, 1, 'A', 4, 50000, 'N'), (5, 1, 'A', 5, 50000, 'N');

SET @me = 1, @seats = 1; -- user1
SET @seat = 1; -- user1
SET @me = 2, @seats = 1; -- user2
SET @seat = 1; -- user2
SET @me = 3, @seats = 1; -- user3
SET @seat = 1; -- user3

BEGIN; -- user1
SELECT status INTO @status FROM seat WHERE seat_id = @seat FOR UPDATE; -- user1
BEGIN; -- user2
SELECT status INTO @status FROM seat WHERE seat_id = @seat FOR UPDATE; -- user2, waits
BEGIN; -- user3
SELECT status INTO @status FROM seat WHERE seat_id = @seat FOR UPDATE; -- user3, waits
INSERT INTO reservation (seat_id, user_id) VALUES (@seat, @me); -- user1
UPDATE seat SET status = 'Y' WHERE seat_id = @seat; -- user1
COMMIT; -- user1
ROLLBACK; -- user2
ROLLBACK; -- user3
