# storage: Two uploads go into a storage that has room for one.
# The schedule storage+version-22b3a2:a2b2a3b3=b, statement by statement.
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
ALTER TABLE storage_usage ADD COLUMN version INT NOT NULL DEFAULT 0;

SET @me = 1, @room = 15, @size = 10, @users = 1, @work_ms = 0; -- upload1
SET @user = 1; -- upload1
SET @me = 2, @room = 15, @size = 10, @users = 1, @work_ms = 0; -- upload2
SET @user = 1; -- upload2

BEGIN; -- upload1
SELECT usage_as_byte, limit_as_byte, version INTO @used, @limit, @version FROM storage_usage WHERE user_id = @user; -- upload1
BEGIN; -- upload2
SELECT usage_as_byte, limit_as_byte, version INTO @used, @limit, @version FROM storage_usage WHERE user_id = @user; -- upload2
INSERT INTO file (user_id, size) VALUES (@user, @size); -- upload1
UPDATE storage_usage SET usage_as_byte = @used + @size, version = @version + 1
      WHERE user_id = @user AND version = @version; -- upload1
COMMIT; -- upload1
INSERT INTO file (user_id, size) VALUES (@user, @size); -- upload2
UPDATE storage_usage SET usage_as_byte = @used + @size, version = @version + 1
      WHERE user_id = @user AND version = @version; -- upload2
ROLLBACK; -- upload2
