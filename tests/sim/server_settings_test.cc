// `--set NAME=VALUE`: what is taken, and what is said about the rest.
#include "sim/server_settings.h"

#include <gtest/gtest.h>

namespace nextkey {
namespace {

std::string MistakeIn(std::string_view text) {
  const auto parsed = ParseServerSetting(text);
  const auto* mistake = std::get_if<std::string>(&parsed);
  return mistake == nullptr ? "" : *mistake;
}

TEST(ServerSetting, ReachesVariablesThatCannotBeSetLater) {
  const auto parsed = ParseServerSetting("INNODB-autoinc_lock_mode=2");
  ASSERT_TRUE(std::holds_alternative<ServerSetting>(parsed));
  Server server;
  ApplySettings({std::get<ServerSetting>(parsed)}, server);
  EXPECT_EQ(server.state().global.innodb_autoinc_lock_mode, 2);
}

TEST(ServerSetting, IsWhatNewSessionsStartWith) {
  Server server;
  ApplySettings({std::get<ServerSetting>(ParseServerSetting("innodb_lock_wait_timeout=7"))}, server);
  const SessionId session = server.Connect();
  EXPECT_EQ(server.state().sessions.at(session)->variables.innodb_lock_wait_timeout_s, 7);
}

TEST(ServerSetting, SaysWhatWouldBeRight) {
  EXPECT_EQ(MistakeIn("innodb_lock_wait_timout=5"),
            "unknown variable innodb_lock_wait_timout; did you mean innodb_lock_wait_timeout?");
  EXPECT_EQ(MistakeIn("autoinc_lock_mode=2"),
            "unknown variable autoinc_lock_mode; did you mean innodb_autoinc_lock_mode?");
  EXPECT_EQ(MistakeIn("zzz=1"),
            "unknown variable zzz; SHOW VARIABLES in a script lists those that are known");
  EXPECT_EQ(MistakeIn("autocommit"),
            "\"autocommit\" is no setting; write NAME=VALUE, as in innodb_lock_wait_timeout=5");
  EXPECT_EQ(MistakeIn("insert_id=5"), "insert_id belongs to a session; SET it in the script");
}

// The server's own words for a wrong value; a number out of range is no near miss at the start.
TEST(ServerSetting, ChecksTheValue) {
  EXPECT_EQ(MistakeIn("autocommit=perhaps"), "Variable 'autocommit' can't be set to the value of 'perhaps'");
  EXPECT_EQ(MistakeIn("innodb_autoinc_lock_mode=3"),
            "Variable 'innodb_autoinc_lock_mode' can't be set to the value of '3'");
}

}  // namespace
}  // namespace nextkey
