# storage: Two uploads go into a storage that has room for one.
# The schedule storage+serializable-be865c:a2b2a2b2a=b, statement by statement.
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
SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE; -- upload1
SET @user = 1; -- upload1
SET @me = 2, @room = 15, @size = 10, @users = 1, @work_ms = 0; -- upload2
SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE; -- upload2
SET @user = 1; -- upload2

BEGIN; -- upload1
SELECT usage_as_byte, limit_as_byte INTO @used, @limit FROM storage_usage WHERE user_id = @user; -- upload1
BEGIN; -- upload2
SELECT usage_as_byte, limit_as_byte INTO @used, @limit FROM storage_usage WHERE user_id = @user; -- upload2
INSERT INTO file (user_id, size) VALUES (@user, @size); -- upload1
UPDATE storage_usage SET usage_as_byte = @used + @size WHERE user_id = @user; -- upload1, waits
INSERT INTO file (user_id, size) VALUES (@user, @size); -- upload2
UPDATE storage_usage SET usage_as_byte = @used + @size WHERE user_id = @user; -- upload2, error 1213
COMMIT; -- upload1
