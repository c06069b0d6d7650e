# order: More is sold than there is, and some buyers end in a deadlock.
# The schedule order-e2df04:a3b3c3d3e3a3b3cdecdec, statement by statement.
SET @stock_at_first = 1, @wanted = 1;
CREATE TABLE product (
    id INT PRIMARY KEY AUTO_INCREMENT,
    stock INT NOT NULL
  );
CREATE TABLE `order` (
    id INT PRIMARY KEY AUTO_INCREMENT,
    user_id INT NOT NULL,
    address VARCHAR(255) NOT NULL
  );
CREATE TABLE order_detail (
    id INT PRIMARY KEY AUTO_INCREMENT,
    order_id INT NOT NULL,
    product_id INT NOT NULL,
    count INT NOT NULL,
    price INT NOT NULL,
    FOREIGN KEY (order_id) REFERENCES `order` (id),
    FOREIGN KEY (product_id) REFERENCES product (id)
  );
INSERT INTO product VALUES (1, @stock_at_first);

SET @me = 1, @stock_at_first = 1, @wanted = 1; -- buyer1
SET @me = 2, @stock_at_first = 1, @wanted = 1; -- buyer2
SET @me = 3, @stock_at_first = 1, @wanted = 1; -- buyer3
SET @me = 4, @stock_at_first = 1, @wanted = 1; -- buyer4
SET @me = 5, @stock_at_first = 1, @wanted = 1; -- buyer5

BEGIN; -- buyer1
INSERT INTO `order` (user_id, address) VALUES (@me, 'Seoul'); -- buyer1
SET @order = LAST_INSERT_ID(); -- buyer1
SELECT stock INTO @stock FROM product WHERE id IN (1); -- buyer1
BEGIN; -- buyer2
INSERT INTO `order` (user_id, address) VALUES (@me, 'Seoul'); -- buyer2
SET @order = LAST_INSERT_ID(); -- buyer2
SELECT stock INTO @stock FROM product WHERE id IN (1); -- buyer2
BEGIN; -- buyer3
INSERT INTO `order` (user_id, address) VALUES (@me, 'Seoul'); -- buyer3
SET @order = LAST_INSERT_ID(); -- buyer3
SELECT stock INTO @stock FROM product WHERE id IN (1); -- buyer3
BEGIN; -- buyer4
INSERT INTO `order` (user_id, address) VALUES (@me, 'Seoul'); -- buyer4
SET @order = LAST_INSERT_ID(); -- buyer4
SELECT stock INTO @stock FROM product WHERE id IN (1); -- buyer4
BEGIN; -- buyer5
INSERT INTO `order` (user_id, address) VALUES (@me, 'Seoul'); -- buyer5
SET @order = LAST_INSERT_ID(); -- buyer5
SELECT stock INTO @stock FROM product WHERE id IN (1); -- buyer5
INSERT INTO order_detail (order_id, product_id, count, price) VALUES (@order, 1, @wanted, 1000); -- buyer1
UPDATE product SET stock = @stock - @wanted WHERE id = 1; -- buyer1
COMMIT; -- buyer1
INSERT INTO order_detail (order_id, product_id, count, price) VALUES (@order, 1, @wanted, 1000); -- buyer2
UPDATE product SET stock = @stock - @wanted WHERE id = 1; -- buyer2
COMMIT; -- buyer2
INSERT INTO order_detail (order_id, product_id, count, price) VALUES (@order, 1, @wanted, 1000); -- buyer3
INSERT INTO order_detail (order_id, product_id, count, price) VALUES (@order, 1, @wanted, 1000); -- buyer4
INSERT INTO order_detail (order_id, product_id, count, price) VALUES (@order, 1, @wanted, 1000); -- buyer5
UPDATE product SET stock = @stock - @wanted WHERE id = 1; -- buyer3, waits
UPDATE product SET stock = @stock - @wanted WHERE id = 1; -- buyer4, error 1213
UPDATE product SET stock = @stock - @wanted WHERE id = 1; -- buyer5, error 1213
COMMIT; -- buyer3
