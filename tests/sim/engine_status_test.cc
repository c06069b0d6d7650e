// SHOW ENGINE INNODB STATUS against the text of a real server (MariaDB 10.11.19): tests/recorded/masked.
//
// What can't be the same on two servers is masked in both texts: numbers of transactions, threads, queries
// and table spaces, times, and the roll pointers of rows. Sessions without a transaction are left out, since
// the recorder has some of its own.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "sim/replay.h"
#include "sim/script.h"

namespace nextkey {
namespace {

const std::string kFolder = std::string(NEXTKEY_SOURCE_DIR) + "/tests/recorded/masked/";

// From the first of the three sections that there is to the end of the transactions.
std::string Sections(const std::string& status) {
  const std::size_t begin =
      std::min({status.find("LATEST FOREIGN KEY ERROR"), status.find("LATEST DETECTED DEADLOCK"),
                status.find("TRANSACTIONS\n")});
  const std::size_t end = std::min(status.find("--------\nFILE I/O"), status.find("END OF INNODB MONITOR"));
  return status.substr(begin, end - begin);
}

std::string WithoutIdleSessions(const std::string& text) {
  const std::string mark = "---TRANSACTION ";
  std::size_t begin = text.find(mark);
  std::string kept = text.substr(0, begin);
  while (begin != std::string::npos) {
    const std::size_t next = text.find(mark, begin + 1);
    const std::string part = text.substr(begin, next - begin);
    if (part.find("\n0 lock struct(s)") == std::string::npos) kept += part;
    begin = next;
  }
  return kept.substr(0, kept.find_last_not_of("-\n") + 1);
}

std::string Masked(const std::string& status) {
  std::string text = WithoutIdleSessions(Sections(status));
  const std::vector<std::pair<const char*, const char*>> masks = {
      {"\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d 0x[0-9a-f]+", "MOMENT"},
      {"TRANSACTION (\\d+|\\(0x[0-9a-f]+\\))", "TRANSACTION N"},
      {"ACTIVE \\d+ sec", "ACTIVE N sec"},
      {"trx id [1-9]\\d*", "trx id N"},
      {"thread id \\d+, OS thread handle \\d+, query id \\d+", "thread id N"},
      {"space id \\d+", "space id N"},
      {"WAITING \\d+ us", "WAITING N us"},
      {"Trx id counter \\d+\n(Purge done [^\n]*\n)?History list length \\d+\n", ""},
      {"len 6; hex [0-9a-f]{12}; asc .{6};;", "len 6"},
      {"len 7; hex [0-9a-f]{14}; asc .{7};;", "len 7"},
      {"`oracle`", "`test`"},
  };
  for (const auto& [pattern, word] : masks) text = std::regex_replace(text, std::regex(pattern), word);
  return text;
}

TEST(EngineStatus, SaysWhatARealServerSays) {
  ScriptOrMistakes read = ReadScript(kFolder + "engine_status.sql");
  const Script& script = std::get<Script>(read);
  std::ifstream in(kFolder + "engine_status.jsonl");
  World world;
  int compared = 0;
  for (std::string line; std::getline(in, line);) {
    const nlohmann::json expected = nlohmann::json::parse(line);
    const StepReport step = PlayStep(world, script.cases[0], LockListing::kNone);
    if (!expected["sql"].get<std::string>().starts_with("show engine")) continue;
    ASSERT_EQ(step.result.rows.size(), 1U);
    EXPECT_EQ(Masked(step.result.rows[0][2].ToText()), Masked(expected["rows"][0][2].get<std::string>()))
        << "step " << step.number;
    ++compared;
  }
  EXPECT_EQ(compared, 5);
}

}  // namespace
}  // namespace nextkey
