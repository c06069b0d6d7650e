// Race files as they are written: what the reader makes of each item.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sim/race/parser.h"

namespace nextkey {
namespace {

using ::testing::ElementsAre;

RaceFile Read(std::string text) {
  RaceFileOrMistakes read = ReadRaceFile(SourceFile{"a.race", std::move(text)});
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&read)) {
    ADD_FAILURE() << ToText(*mistakes);
    return RaceFile{};
  }
  return std::get<RaceFile>(std::move(read));
}

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
  const RaceFile file = Read("session s step a {" + block + "}");
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
  EXPECT_EQ(ShowStep("CALL a.lock(); CALL r.set('k', CONCAT('a', ',', @me), 'NX') INTO @Got;"),
            "a.lock() r.set('k';CONCAT('a', ',', @me);'NX';)->got");
  EXPECT_EQ(ShowStep("ON copy SELECT 1 INTO @x;"), "[copy: SELECT 1 INTO @x]");
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

}  // namespace
}  // namespace nextkey
