# storage: Two uploads go into a storage that has room for one.
# The schedule storage+named_lock-5be8ef:aba6b4=b, statement by statement.
SET @room = 15, @size = 10, @users = 1, @work_ms = 0;
CREATE TABLE storage_usage (
    id INT PRIMARY KEY AUTO_INCREMENT,
    user_id INT NOT NULL,
    limit_as_byte BIGINT NOT NULL,
    usage_as_byte BIGINT NOT NULL,
    UNIQUE KEY (user_id)
  );
INSERT INTO storage_usage (user_id, limit_as_byte, usage_as_byte) VALUES (1, @room, 0), (2, @room, 0);
CREATE TABLE file (
    id INT PRIMARY KEY AUTO_INCREMENT,
    user_id INT NOT NULL,
    size INT NOT NULL
  );

SET @me = 1, @room = 15, @size = 10, @users = 1, @work_ms = 0; -- upload1
SET @user = 1; -- upload1
SET @me = 2, @room = 15, @size = 10, @users = 1, @work_ms = 0; -- upload2
SET @user = 1; -- upload2

SELECT GET_LOCK(CONCAT('storage:', @user), 3) INTO @got; -- upload1
SELECT GET_LOCK(CONCAT('storage:', @user), 3) INTO @got; -- upload2, waits
BEGIN; -- upload1
SELECT usage_as_byte, limit_as_byte INTO @used, @limit FROM storage_usage WHERE user_id = @user; -- upload1
INSERT INTO file (user_id, size) VALUES (@user, @size); -- upload1
UPDATE storage_usage SET usage_as_byte = @used + @size WHERE user_id = @user; -- upload1
COMMIT; -- upload1
SELECT RELEASE_LOCK(CONCAT('storage:', @user)) INTO @released; -- upload1
BEGIN; -- upload2
SELECT usage_as_byte, limit_as_byte INTO @used, @limit FROM storage_usage WHERE user_id = @user; -- upload2
ROLLBACK; -- upload2
SELECT RELEASE_LOCK(CONCAT('storage:', @user)) INTO @released; -- upload2
