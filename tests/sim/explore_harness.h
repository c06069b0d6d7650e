// Explorations in tests: asked for, written to files, compared.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sim/explore/explore_race.h"
#include "tests/sim/race_harness.h"

namespace nextkey {

template <class Answer, class Mistakes = std::vector<Mistake>>
Answer Get(std::variant<Answer, Mistakes> answer) {
  if (const auto* mistakes = std::get_if<Mistakes>(&answer)) throw std::runtime_error(ToText(*mistakes));
  return std::get<Answer>(std::move(answer));
}

inline Exploration ExploreOne(const ProgramRef& program, ExploreOptions options = {}) {
  return Get<Exploration>(ExploreRace(program, options));
}

class Folder {
 public:
  explicit Folder(const std::string& name) : path_(std::filesystem::path(testing::TempDir()) / name) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string PathOf(const std::string& name) const { return (path_ / name).string(); }
  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return PathOf(name);
  }

 private:
  std::filesystem::path path_;
};

inline void ExpectSame(const Exploration& parts, const Exploration& whole) {
  const Program& program = *whole.program;
  EXPECT_EQ(parts.verdict, whole.verdict);
  EXPECT_EQ(parts.is_complete, whole.is_complete);
  EXPECT_EQ(parts.schedules, whole.schedules);
  EXPECT_EQ(parts.never_ends, whole.never_ends);
  EXPECT_EQ(parts.symmetry, whole.symmetry);
  ASSERT_EQ(parts.outcomes.size(), whole.outcomes.size());
  for (std::size_t i = 0; i < whole.outcomes.size(); ++i) {
    const ExploredOutcome& part = parts.outcomes[i];
    const ExploredOutcome& one = whole.outcomes[i];
    EXPECT_EQ(part.end, one.end);
    EXPECT_EQ(part.schedules, one.schedules) << EndText(one.end, program);
    EXPECT_EQ(part.probability, one.probability) << EndText(one.end, program);
    EXPECT_EQ(part.switches, one.switches) << EndText(one.end, program);
    EXPECT_EQ(TokenOf(program, part.witness), TokenOf(program, one.witness)) << EndText(one.end, program);
  }
}

// Whoever comes second waits, fails at once, or is a victim of a deadlock; one retries for ever.
inline constexpr const char* kCounter = R"(race counter "Everybody adds one"
setup { CREATE TABLE t (id INT PRIMARY KEY, n INT); INSERT INTO t VALUES (1, 0), (2, 0); }
result counter { SELECT n FROM t WHERE id = 1 }
invariant "nothing is lost" { SELECT n = @succeeded FROM t WHERE id = 1 }
client a 4
step read { SELECT n INTO @n FROM t WHERE id = 1; }
step write { UPDATE t SET n = @n + 1 WHERE id = 1; }
)";
inline constexpr const char* kCrossed = R"(race crossed "Two rows in two orders"
setup { CREATE TABLE t (id INT PRIMARY KEY, n INT); INSERT INTO t VALUES (1, 0), (2, 0); }
result sum { SELECT SUM(n) FROM t }
client a 2
step begin { BEGIN; }
step one { UPDATE t SET n = n + 1 WHERE id = 1; }
step two { UPDATE t SET n = n + 1 WHERE id = 2; }
step commit { COMMIT; }
client b 1
step begin { BEGIN; }
step two { UPDATE t SET n = n + 1 WHERE id = 2; }
step one { UPDATE t SET n = n + 1 WHERE id = 1; }
step commit { COMMIT; }
)";
inline constexpr const char* kSpin = R"(race spin "One looks until the other has written"
setup { CREATE TABLE t (id INT PRIMARY KEY, n INT); INSERT INTO t VALUES (1, 0); }
result n { SELECT n FROM t WHERE id = 1 }
client a
step look {
  SET @n = 0;
  WHILE @n = 0 DO SELECT n INTO @n FROM t WHERE id = 1; END WHILE;
}
client b
step add { UPDATE t SET n = n + 1 WHERE id = 1; }
step add_more { UPDATE t SET n = n + 1 WHERE id = 1; }
)";

}  // namespace nextkey
