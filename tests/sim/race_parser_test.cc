// Race files as they are written: what the reader makes of each item.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "sim/race/parser.h"
#include "sim/race/services.h"
#include "tests/sim/race_harness.h"

namespace nextkey {
namespace {

using ::testing::ElementsAre;

std::string FirstMistake(const std::string& text) {
  RaceFileOrMistakes read = ReadRaceFile(SourceFile{"a.race", text});
  const auto* mistakes = std::get_if<std::vector<Mistake>>(&read);
  return mistakes == nullptr ? "none" : ToText(mistakes->front());
}

std::vector<std::string> StepNames(const ClientTemplate& client) {
  std::vector<std::string> names;
  for (const Step& step : client.steps) names.push_back(step.name.text);
  return names;
}

// The actions of the only step, in a shorthand.
std::string Show(const Actions& actions) {
  std::string text;
  for (const Action& action : actions) {
    if (!text.empty()) text += " ";
    if (const auto* sql = std::get_if<SqlAction>(&action.what)) {
      text += "[" + sql->server.text + (sql->server.text.empty() ? "" : ": ") + sql->text + "]";
    } else if (const auto* branches = std::get_if<IfAction>(&action.what)) {
      for (const IfAction::Branch& branch : branches->branches) {
        text += branch.condition ? "if(" + branch.condition->text + "){" : "else{";
        text += Show(branch.actions) + "}";
      }
    } else if (const auto* loop = std::get_if<WhileAction>(&action.what)) {
      text += "while(" + loop->condition.text + "){" + Show(loop->actions) + "}";
    } else if (const auto* fail = std::get_if<FailAction>(&action.what)) {
      text += "fail(" + fail->reason + ")";
    } else if (const auto* call = std::get_if<CallAction>(&action.what)) {
      text += call->service.text + "." + call->operation.text + "(";
      for (const LocalExpression& argument : call->arguments) text += argument.text + ";";
      text += ")" + (call->into.text.empty() ? "" : "->" + call->into.text);
    } else {
      text += "think(" + std::get<ThinkAction>(action.what).milliseconds.text + ")";
    }
  }
  return text;
}
std::string ShowStep(const std::string& block) {
  const RaceFile file = RaceFileOf(
      "parameter a = 1 parameter b = 1 parameter c = 1 parameter i = 1 service m mutex service r redis "
      "service copy replica session s step a {" +
      block + "}");
  return file.clients.empty() ? "" : Show(file.clients[0].steps[0].block.actions);
}

TEST(RaceParser, StatementsArePassedOnAsTheyAre) {
  EXPECT_EQ(ShowStep("SELECT 1"), "[SELECT 1]");
  EXPECT_EQ(ShowStep(" SELECT 1 ;; begin; "), "[SELECT 1] [begin]");
  EXPECT_EQ(ShowStep("SELECT 'a;b}', \"{;\" , `c;}` FROM t -- ; }\n WHERE /* } */ b = 1"),
            "[SELECT 'a;b}', \"{;\" , `c;}` FROM t -- ; }\n WHERE /* } */ b = 1]");
  EXPECT_EQ(ShowStep("DO 1; SELECT CASE WHEN @a THEN 1 END; SET @do = 1"),
            "[DO 1] [SELECT CASE WHEN @a THEN 1 END] [SET @do = 1]");
  EXPECT_EQ(ShowStep(""), "");
}

TEST(RaceParser, BlocksSteerAsStoredProgramsDo) {
  EXPECT_EQ(ShowStep("IF @a = 1 THEN FAIL 'no'; ELSEIF CASE @b WHEN 1 THEN 2 END THEN SELECT 1; "
                     "ELSE if (@c) then do 2; end if; END IF;"),
            "if(@a = 1){fail(no)}if(CASE @b WHEN 1 THEN 2 END){[SELECT 1]}else{if((@c)){[do 2]}}");
  EXPECT_EQ(ShowStep("WHILE @i < 3 DO SET @i = @i + 1; THINK 1.5 s; END WHILE"),
            "while(@i < 3){[SET @i = @i + 1] think(1500)}");
  EXPECT_EQ(ShowStep("THINK @i ms; THINK 2min; THINK @i * 2 s"),
            "think(@i) think(120000) think((@i * 2) * 1000)");
  EXPECT_EQ(ShowStep("CALL m.lock(); CALL r.set('k', CONCAT('a', ',', @me), 'NX') INTO @Got;"),
            "m.lock() r.set('k';CONCAT('a', ',', @me);'NX';)->got");
  EXPECT_EQ(ShowStep("ON copy SELECT 1 INTO @x;"), "[copy: SELECT 1 INTO @x]");
}

TEST(RaceParser, DeepNestingIsRefused) {
  std::string text = "session s step a {";
  for (int i = 0; i < 5000; ++i) text += "IF 1 THEN ";
  EXPECT_NE(FirstMistake(text + "}").find("nested deeper than 32 levels"), std::string::npos);
  EXPECT_NE(FirstMistake("client a " + std::string(100'000, 'x')).find("unexpected"), std::string::npos);
}

TEST(RaceParser, PointsAtWhatIsWrong) {
  EXPECT_EQ(FirstMistake("session s\nstep a { SELECT 1; selec 2; }"),
            "a.race:2:20: unexpected \"selec\"; did you mean \"select\"?\n"
            "    step a { SELECT 1; selec 2; }\n"
            "                       ^\n");
}

TEST(RaceParser, ReadsTheCouponRace) {
  RaceFileOrMistakes read = ReadRaceFile(std::string(NEXTKEY_SOURCE_DIR "/sim/races/coupon.race"));
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&read)) FAIL() << ToText(*mistakes);
  const RaceFile& file = std::get<RaceFile>(read);
  EXPECT_EQ(file.title.text, "coupon");
  EXPECT_EQ(file.sentence, "More coupons are issued than there are");
  EXPECT_EQ(file.story.size(), 5u);
  ASSERT_EQ(file.parameters.size(), 1u);
  EXPECT_EQ(file.parameters[0].value.AsInt(), 1);
  EXPECT_EQ(file.parameters[0].load_value->AsInt(), 1000);
  ASSERT_EQ(file.setup.size(), 1u);
  EXPECT_EQ(file.setup[0].actions.size(), 3u);
  ASSERT_EQ(file.services.size(), 2u);
  EXPECT_EQ(file.services[1].kind, ServiceKind::kRedissonLock);
  ASSERT_EQ(file.services[1].options.size(), 2u);
  EXPECT_EQ(file.services[1].options[1].value.expression->literal.AsInt(), 10'000);
  ASSERT_EQ(file.clients.size(), 1u);
  EXPECT_THAT(StepNames(file.clients[0]), ElementsAre("begin", "read", "check", "issue", "count", "commit"));
  EXPECT_EQ(file.invariants.size(), 2u);
  EXPECT_EQ(file.results.size(), 2u);
  EXPECT_EQ(file.fixes.size(), 5u);
  ASSERT_EQ(file.permutations.size(), 1u);
  EXPECT_EQ(file.permutations[0].steps.size(), 6u);
  EXPECT_EQ(file.permutations[0].steps[4].step.text, "buyer2.check");
  ASSERT_EQ(file.expectations.size(), 5u);
  EXPECT_EQ(file.expectations[0].condition->text, "@issued = 3 AND @counter = 1");
  EXPECT_EQ(file.expectations[0].schedule.text, "all_read_first");
  EXPECT_EQ(file.expectations[4].fix.text, "row_lock");
}

TEST(RaceParser, FixesSayWhatTheyChange) {
  const RaceFile file = RaceFileOf(
      "service m mutex\n"
      "client a step x { BEGIN; } step y { DO 1; } step z { COMMIT; }\n"
      "fix f \"sentence\" {\n"
      "  replace y { DO 2; } remove a.z before x step w { DO 3; } after x step v { DO 4; }\n"
      "  around x to y { CALL m.lock(); } finally { CALL m.unlock(); }\n"
      "  setup { DO 5; } isolation read-committed retry 3 on 1213, 1205 backoff 10 ms doubling\n"
      "  server innodb_snapshot_isolation = ON use g }\n"
      "fix g { around x { DO 6; } }\n");
  ASSERT_EQ(file.fixes.size(), 2u);
  const std::vector<FixItem>& items = file.fixes[0].items;
  ASSERT_EQ(items.size(), 10u);
  EXPECT_EQ(Show(std::get<ReplaceStep>(items[0]).block.actions), "[DO 2]");
  EXPECT_EQ(std::get<RemoveStep>(items[1]).step.client.text, "a");
  EXPECT_TRUE(std::get<InsertBeside>(items[2]).is_before);
  EXPECT_EQ(std::get<InsertBeside>(items[3]).inserted.name.text, "v");
  EXPECT_EQ(std::get<WrapSteps>(items[4]).last.step.text, "y");
  EXPECT_EQ(Show(std::get<WrapSteps>(items[4]).leave.actions), "m.unlock()");
  EXPECT_EQ(std::get<SetIsolation>(items[6]).level, sql::IsolationLevel::kReadCommitted);
  const Retry& retry = std::get<SetRetry>(items[7]).retry;
  EXPECT_THAT(retry.errors, ElementsAre(1213, 1205));
  EXPECT_EQ(retry.backoff_ms->expression->literal.AsInt(), 10);
  EXPECT_TRUE(retry.backoff_doubles);
  EXPECT_EQ(std::get<SetServer>(items[8]).value, "ON");
  EXPECT_EQ(std::get<UseFix>(items[9]).fix.text, "g");
  EXPECT_EQ(std::get<WrapSteps>(file.fixes[1].items[0]).last.step.text, "x");
}

TEST(RaceParser, OwnWordsMayBeNames) {
  const RaceFile file = RaceFileOf(
      "session fix setup { BEGIN; } step client { DO 1; } step result { DO 2; } step \"a b\" { DO 3; }\n"
      "step isolation { COMMIT; } teardown { ROLLBACK; }\n"
      "session in step expect { DO 1; }\n"
      "permutation client result \"a b\" isolation expect\n"
      "permutation expect(*) client(expect, result notices 2) result\n"
      "invariant \"x\" { SELECT COUNT(*) = 0 FROM t }\n");
  ASSERT_EQ(file.clients.size(), 2u);
  EXPECT_THAT(StepNames(file.clients[0]), ElementsAre("client", "result", "a b", "isolation"));
  EXPECT_TRUE(file.clients[0].teardown.has_value());
  ASSERT_EQ(file.permutations.size(), 2u);
  EXPECT_EQ(file.permutations[0].steps.size(), 5u);
  const std::vector<StepMarker>& markers = file.permutations[1].steps[1].markers;
  ASSERT_EQ(markers.size(), 2u);
  EXPECT_EQ(markers[0].kind, StepMarker::Kind::kAfterStep);
  EXPECT_EQ(markers[1].kind, StepMarker::Kind::kAfterNotices);
  EXPECT_EQ(markers[1].notices, 2u);
  EXPECT_EQ(file.permutations[1].steps[0].markers[0].kind, StepMarker::Kind::kStar);
}

TEST(RaceParser, AConditionEndsWhereTheNextItemBegins) {
  const RaceFile file = RaceFileOf(
      "client a step x { DO 1; }\nresult n { SELECT 1 }\npermutation p \"\" { a.x }\n"
      "expect holds: every @n IN (1, 2)  # a comment\n"
      "expect \"D9\" breaks: some @n = 2\n  AND @failed = 0 in p\n"
      "expect : every @n BETWEEN 1 AND 2");
  ASSERT_EQ(file.expectations.size(), 3u);
  EXPECT_EQ(file.expectations[0].condition->text, "@n IN (1, 2)");
  EXPECT_EQ(file.expectations[0].scope, ExpectationScope::kEverySchedule);
  EXPECT_EQ(file.expectations[1].condition->text, "@n = 2\n  AND @failed = 0");
  EXPECT_EQ(file.expectations[1].source, "D9");
  EXPECT_EQ(file.expectations[1].schedule.text, "p");
  EXPECT_FALSE(file.expectations[2].verdict.has_value());
}

// --- The page that documents the format ----------------------------------------------------------

// The code blocks of one kind.
std::vector<std::string> CodeBlocks(const std::string& page, const std::string& kind) {
  std::vector<std::string> blocks;
  const std::string open = "\n```" + kind + "\n";
  for (std::size_t at = page.find(open); at != std::string::npos; at = page.find(open, at + 1)) {
    const std::size_t begin = at + open.size();
    blocks.push_back(page.substr(begin, page.find("\n```", begin) + 1 - begin));
  }
  return blocks;
}

TEST(RaceFilesPage, ItsTutorialIsARaceOfFifteenLines) {
  const std::string page = FileText(NEXTKEY_SOURCE_DIR "/sim/race/RACE_FILES.md");
  const std::vector<std::string> blocks = CodeBlocks(page, "race");
  ASSERT_EQ(blocks.size(), 1u);
  EXPECT_EQ(std::count(blocks[0].begin(), blocks[0].end(), '\n'), 15);
  const RaceFile file = RaceFileOf(blocks[0]);
  EXPECT_EQ(file.title.text, "likes");
  EXPECT_EQ(file.invariants.size(), 1u);
  EXPECT_EQ(file.fixes.size(), 1u);
  EXPECT_EQ(file.expectations.size(), 2u);
}

// As the page says: both look before either writes, and one like is lost; with the fix no order loses one.
TEST(RaceFilesPage, ItsTutorialComesOutAsThePageSays) {
  const std::string text = CodeBlocks(FileText(NEXTKEY_SOURCE_DIR "/sim/race/RACE_FILES.md"), "race").at(0);
  const ProgramRef program = ProgramOf(text);
  // Both look, then both write what they computed.
  const RaceWorld lost = PlayNames(OpenOf(*program), *program, {"reader1", "reader2", "reader1", "reader2"});
  const EndState end = EndOf(lost, *program);
  EXPECT_EQ(CountsText(end.counts), "2 succeeded");
  ASSERT_EQ(end.broken.size(), 1u);
  EXPECT_EQ(program->invariants[end.broken[0].invariant].sentence, "every like counts");
  // Two statements each make six orders; in the two where one reader comes after the other nothing is lost.
  const ProgramRef fixed = ProgramOf(text, RaceOptions{.fix = "add_in_place"});
  for (const auto& [one, orders, good] : {std::tuple(program, 6u, 2u), std::tuple(fixed, 2u, 2u)}) {
    unsigned all = 0;
    unsigned kept = 0;
    const std::function<void(const RaceWorld&)> play = [&, &race = *one](const RaceWorld& world) {
      const std::vector<Choice> choices = ChoicesOf(world, race);
      for (const Choice& choice : choices) {
        RaceWorld next = world;
        PlayChoice(next, race, choice, nullptr);
        play(next);
      }
      if (!choices.empty()) return;
      ++all;
      kept += EndOf(world, race).broken.empty() ? 1 : 0;
    };
    play(OpenOf(*one));
    EXPECT_EQ(all, orders);
    EXPECT_EQ(kept, good);
  }
}

TEST(RaceFilesPage, ItsExamplesFitTheTutorial) {
  const std::string page = FileText(NEXTKEY_SOURCE_DIR "/sim/race/RACE_FILES.md");
  const std::vector<std::string> tutorial = CodeBlocks(page, "race");
  const std::vector<std::string> parts = CodeBlocks(page, "race-part");
  ASSERT_EQ(tutorial.size(), 1u);
  EXPECT_GE(parts.size(), 8u);
  for (const std::string& part : parts) RaceFileOf(tutorial[0] + part);
}

TEST(RaceFilesPage, NamesEveryServiceOperationAndOption) {
  const std::string page = FileText(NEXTKEY_SOURCE_DIR "/sim/race/RACE_FILES.md");
  for (int kind = 0; kind <= static_cast<int>(ServiceKind::kReplica); ++kind) {
    const auto service = static_cast<ServiceKind>(kind);
    const std::size_t row = page.find("| `" + std::string(ServiceKindName(service)) + "` |");
    ASSERT_NE(row, std::string::npos) << ServiceKindName(service);
    const std::string line = page.substr(row, page.find('\n', row) - row);
    for (const std::string_view name : OperationNames(service)) {
      if (name == "delete") continue;  // Another word for del.
      EXPECT_NE(line.find(std::string(name) + "("), std::string::npos) << name << " in " << line;
    }
    for (const std::string_view name : OptionNames(service)) {
      EXPECT_NE(line.find("`" + std::string(name) + "`"), std::string::npos) << name << " in " << line;
    }
  }
}

TEST(RaceParser, ReadsTheSeedsOfTheFuzzer) {
  for (const auto& entry : std::filesystem::directory_iterator(NEXTKEY_SOURCE_DIR "/tests/fuzz/race_seeds")) {
    SCOPED_TRACE(entry.path().string());
    EXPECT_FALSE(RaceFileOf(FileText(entry.path())).clients.empty());
  }
}

}  // namespace
}  // namespace nextkey
