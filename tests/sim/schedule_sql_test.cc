// Schedules as tagged SQL. The five scripts were recorded on a real server (tests/recorded, compared
// statement by statement there); here they are what the races' schedules still say.
#include "sim/race/schedule_sql.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/sim/race_rows.h"

namespace nextkey {
namespace {

// Without the line that holds the token: it names the file's fingerprint.
std::string WithoutToken(const std::string& text) {
  const std::size_t begin = text.find("# The schedule ");
  return text.substr(0, begin) + text.substr(text.find('\n', begin) + 1);
}

std::string ScriptOf(const std::string& race, const std::string& fix, const std::string& choices) {
  const ProgramRef program = ProgramOfFile(race + ".race", With(fix));
  const auto script = ScheduleAsSql(*program, Choices(choices));
  if (const auto* none = std::get_if<NoScript>(&script)) return none->why;
  return WithoutToken(std::get<ScriptText>(script).text);
}

std::string Recorded(const std::string& name) {
  const auto source = ReadSourceFile(std::string(NEXTKEY_SOURCE_DIR) + "/tests/recorded/" + name + ".sql");
  return WithoutToken(std::get<SourceFile>(source).text);
}

TEST(ScheduleSql, TheRecordedScriptsAreTheRacesSchedules) {
  EXPECT_EQ(ScriptOf("order", "", "a3b3c3d3e3a3b3cdecdec"), Recorded("race_order_foreign_key_deadlock"));
  EXPECT_EQ(ScriptOf("seat", "row_lock", "a2b2c2a3bc"), Recorded("race_seat_for_update"));
  EXPECT_EQ(ScriptOf("storage", "serializable", "a2b2a2b2a=b"), Recorded("race_storage_serializable"));
  EXPECT_EQ(ScriptOf("storage", "version", "a2b2a3b3=b"), Recorded("race_storage_version_check"));
  EXPECT_EQ(ScriptOf("storage", "named_lock", "aba6b4=b"), Recorded("race_storage_named_lock"));
}

TEST(ScheduleSql, WhatNoScriptCanSayIsToldWithItsPlace) {
  EXPECT_EQ(ScriptOf("storage", "replica_read", "a2"),
            "choice 2 is for a replica, and a script speaks to one server");
  const ProgramRef program = ProgramOfFile("points.race", With("simple_lock", {}, {}, {"crash"}));
  const auto script = ScheduleAsSql(*program, Choices("a_1a"));
  EXPECT_EQ(std::get<NoScript>(script).why, "choice 2 is a fault, and no statement of a client");
}

}  // namespace
}  // namespace nextkey
