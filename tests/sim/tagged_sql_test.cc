// The reader of tagged SQL: which session a statement belongs to, in ordinary and odd layouts.
#include "sim/tagged_sql.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nextkey {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// `T1: begin`, a line a statement.
std::vector<std::string> SplitText(const std::string& text) {
  const SourceFile source{"a.sql", text};
  std::vector<std::string> lines;
  for (const TaggedStatement& one : SplitTaggedSql(source, 0, text.size()).statements) {
    lines.push_back((one.tag.empty() ? "-" : one.tag) + ": " + one.text);
  }
  return lines;
}

std::vector<Mistake> MistakesIn(const std::string& text) {
  ScriptOrMistakes read = ReadTaggedSql({"a.sql", text});
  const auto* mistakes = std::get_if<std::vector<Mistake>>(&read);
  return mistakes == nullptr ? std::vector<Mistake>{} : *mistakes;
}

Script ReadText(const std::string& text) { return std::get<Script>(ReadTaggedSql({"a.sql", text})); }

TEST(TaggedSql, TheFirstWordOfTheCommentNamesTheSession) {
  EXPECT_THAT(SplitText("begin; -- T1\nselect 1; -- ann_2, looks\ncommit;\n"),
              ElementsAre("T1: begin", "ann_2: select 1", "-: commit"));
}

TEST(TaggedSql, StatementsOnALineShareItsTag) {
  EXPECT_THAT(SplitText("begin; select 1; commit; -- T1\n"),
              ElementsAre("T1: begin", "T1: select 1", "T1: commit"));
}

TEST(TaggedSql, AStatementMayTakeSeveralLines) {
  EXPECT_THAT(SplitText("select *\n  from t; -- T2. Waits\n"), ElementsAre("T2: select *\n  from t"));
  // One that ends in front of it on its first line gets the same tag: the tag's line ends both.
  EXPECT_THAT(SplitText("begin; select\n1; -- T2\n"), ElementsAre("T2: begin", "T2: select\n1"));
}

TEST(TaggedSql, CommentLinesAndCommentsInsideAreIgnored) {
  EXPECT_THAT(SplitText("# one\n-- two\n--three\n\nselect /* no */ 1 # end\n + -- not a tag\n 2; -- T1\n"),
              ElementsAre("T1: select   1 \n + \n 2"));
  EXPECT_THAT(SplitText("select 1 /* over\nlines; -- T9\n*/ + 1; -- T1\n"),
              ElementsAre("T1: select 1 \n\n  + 1"));
}

TEST(TaggedSql, QuotesHideSemicolonsAndComments) {
  EXPECT_THAT(SplitText("select 'a;b -- T2', \"c;\", `d;`; -- T1\n"),
              ElementsAre("T1: select 'a;b -- T2', \"c;\", `d;`"));
  EXPECT_THAT(SplitText("select 'it''s', 'it\\'s;'; -- T1\n"), ElementsAre("T1: select 'it''s', 'it\\'s;'"));
}

TEST(TaggedSql, WhatIsNoTagLeavesTheStatementToTheSetUp) {
  EXPECT_THAT(SplitText("begin; -- (T1)\nbegin; # T1\nbegin; --\n"),
              ElementsAre("-: begin", "-: begin", "-: begin"));
  // Without a space `--` begins no comment, and what follows belongs to the next statement.
  EXPECT_THAT(SplitText("begin; --T1\ncommit;\n"), ElementsAre("-: begin", "-: --T1\ncommit"));
}

TEST(TaggedSql, LineEndsOfAllSystems) {
  EXPECT_THAT(SplitText("begin; -- T1\r\ncommit; -- T2\rrollback; -- T3"),
              ElementsAre("T1: begin", "T2: commit", "T3: rollback"));
}

TEST(TaggedSql, EmptyStatementsAreNone) { EXPECT_THAT(SplitText(";;; -- T1\n ; \n"), IsEmpty()); }

TEST(TaggedSql, PlacesPointIntoTheFile) {
  const std::string text = "begin; -- T1\n  select /* a */ 1,\n    좌석 from t; -- T1\n";
  const SourceFile source{"a.sql", text};
  const TaggedStatement statement = SplitTaggedSql(source, 0, text.size()).statements[1];
  for (const std::string word : {"select", "1", "좌석", "from"}) {
    EXPECT_EQ(statement.SourceOffset(statement.text.find(word)), text.find(word, 13)) << word;
  }
}

TEST(TaggedSql, RemarksBelongToTheLastStatementOfTheLine) {
  const Script script = ReadText("begin; commit; -- T1, waits; for T2\n");
  EXPECT_EQ(script.cases[0].steps[0].remark, "");
  EXPECT_EQ(script.cases[0].steps[1].remark, "waits; for T2");
}

TEST(TaggedSql, TheSetUpEndsWithTheFirstTag) {
  const Script script = ReadText("# A story.\n# Of two lines.\ncommit;\nbegin; -- T1\ncommit;\n");
  ASSERT_EQ(script.cases.size(), 1u);
  const std::vector<ScriptStep>& steps = script.cases[0].steps;
  ASSERT_EQ(steps.size(), 3u);
  EXPECT_TRUE(steps[0].is_setup);
  EXPECT_EQ(steps[0].session, "setup");
  EXPECT_EQ(steps[0].line, 3u);
  EXPECT_FALSE(steps[2].is_setup);
  EXPECT_EQ(steps[2].session, "setup");
  EXPECT_THAT(script.story, ElementsAre("A story.", "Of two lines."));
  EXPECT_THAT(script.cases[0].Sessions(), ElementsAre("setup", "T1"));
}

TEST(TaggedSql, NothingToPlayIsAMistake) {
  for (const std::string text : {"", "\n\n", "# only a comment\n", ";;"}) {
    ASSERT_EQ(MistakesIn(text).size(), 1u) << text;
    EXPECT_EQ(MistakesIn(text)[0].message, "there is no statement in this file");
  }
}

TEST(TaggedSql, AFileThatIsCutShortIsAMistake) {
  EXPECT_EQ(MistakesIn("begin; -- T1\ncommit -- T1")[0].message, "the file ends before this statement's `;`");
  EXPECT_EQ(MistakesIn("begin; -- T1\ncommit -- T1")[0].place, (TextPlace{2, 1}));
  EXPECT_EQ(MistakesIn("commit -- T1")[0].message, "the file ends before this statement's `;`");
  EXPECT_EQ(MistakesIn("begin; -- T1\nselec")[0].message, "the file ends before this statement's `;`");
  EXPECT_EQ(MistakesIn("select 'abc")[0].message, "this text never ends");
  EXPECT_EQ(MistakesIn("select 'abc")[0].place, (TextPlace{1, 8}));
  EXPECT_EQ(MistakesIn("commit; /* abc")[0].message, "this comment never ends");
  EXPECT_EQ(MistakesIn("select `abc")[0].message, "this quoted name never ends");
}

TEST(TaggedSql, WithoutAnyTagTheLastSemicolonMayBeMissing) {
  EXPECT_EQ(ReadText("commit;\ncommit").cases[0].steps.size(), 2u);
}

TEST(TaggedSql, ATagWithoutItsSpaceIsExplained) {
  const std::vector<Mistake> mistakes = MistakesIn("begin; --T1\ncommit; -- T1\n");
  ASSERT_EQ(mistakes.size(), 1u);
  EXPECT_EQ(mistakes[0].place, (TextPlace{1, 8}));
  EXPECT_EQ(mistakes[0].remedy, "A session's tag needs a space: -- T1");
}

TEST(TaggedSql, AllMistakesAreFoundAtOnce) {
  const std::vector<Mistake> mistakes = MistakesIn("selec 1; -- T1\ncommit; -- T1\n  frobnicate; -- T2\n");
  ASSERT_EQ(mistakes.size(), 2u);
  EXPECT_EQ(mistakes[0].place, (TextPlace{1, 1}));
  EXPECT_EQ(mistakes[1].place, (TextPlace{3, 3}));
}

}  // namespace
}  // namespace nextkey
