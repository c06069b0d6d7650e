// Reading Markdown in Hermitage's manner: which blocks are cases, and what they are called.
#include "sim/hermitage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nextkey {
namespace {

using ::testing::ElementsAre;

constexpr std::string_view kDocument = R"(Locks of a library
==================

Before each case:

```sql
create table book (id int primary key, copies int) engine=innodb;
insert into book (id, copies) values (1, 3);
```

Which level is it?

```sql
select @@tx_isolation;
```

Lending
-------

Two readers lend the last
copy of a book:

```sql
begin; -- T1
begin; -- T2, waits for nothing
select * from book; -- Either. Shows 1 => 3
```

```text
begin; -- T3
```

## Giving back

```sql
begin; -- T1
```
)";

TEST(Hermitage, BlocksWithTagsAreCases) {
  const Script script = std::get<Script>(ReadHermitage({"library.md", std::string(kDocument)}));
  ASSERT_EQ(script.cases.size(), 2u);
  EXPECT_EQ(script.cases[0].name, "Two readers lend the last copy of a book");
  EXPECT_EQ(script.cases[0].line, 24u);
  EXPECT_EQ(script.cases[1].name, "Giving back");
}

TEST(Hermitage, TheSetUpStandsBeforeEachCase) {
  const Script script = std::get<Script>(ReadHermitage({"library.md", std::string(kDocument)}));
  for (const ScriptCase& one : script.cases) {
    ASSERT_GE(one.steps.size(), 3u);
    EXPECT_TRUE(one.steps[0].is_setup);
    EXPECT_TRUE(one.steps[1].is_setup);
    EXPECT_FALSE(one.steps[2].is_setup);
    EXPECT_EQ(one.steps[2].session, "T1");
  }
}

TEST(Hermitage, EitherIsAnySessionAndRemarksAreKept) {
  const Script script = std::get<Script>(ReadHermitage({"library.md", std::string(kDocument)}));
  const std::vector<ScriptStep>& steps = script.cases[0].steps;
  EXPECT_EQ(steps[3].remark, "waits for nothing");
  EXPECT_TRUE(steps[4].is_for_any_session);
  EXPECT_EQ(steps[4].remark, "Shows 1 => 3");
  EXPECT_EQ(steps[4].line, 26u);
  EXPECT_THAT(script.cases[0].Sessions(), ElementsAre("setup", "T1", "T2"));
}

TEST(Hermitage, MistakesAreNamedWithTheirPlace) {
  ScriptOrMistakes read = ReadHermitage({"a.md", "A case:\n\n```sql\nbegin; -- T1\n  selec 1; -- T1\n```\n"});
  ASSERT_EQ(std::get<std::vector<Mistake>>(read).size(), 1u);
  EXPECT_EQ(std::get<std::vector<Mistake>>(read)[0].place, (TextPlace{5, 3}));
}

TEST(Hermitage, AnOpenFenceIsAMistake) {
  ScriptOrMistakes read = ReadHermitage({"a.md", "A case:\n\n```sql\nbegin; -- T1\n"});
  EXPECT_EQ(std::get<std::vector<Mistake>>(read)[0].message, "this fenced block never ends");
  EXPECT_EQ(std::get<std::vector<Mistake>>(read)[0].place, (TextPlace{3, 1}));
}

TEST(Hermitage, ADocumentWithoutCasesIsAMistake) {
  ScriptOrMistakes read = ReadHermitage({"a.md", "# Nothing\n\n```sql\nselect 1;\n```\n"});
  EXPECT_EQ(std::get<std::vector<Mistake>>(read)[0].message, "there is no case in this file");
}

TEST(ReadScript, KnowsMarkdownByNameOrByItsFence) {
  const std::string markdown = "```sql\nbegin; -- T1\n```\n";
  EXPECT_EQ(std::get<Script>(ReadScript(SourceFile{"a.md", markdown})).kind, ScriptKind::kHermitage);
  EXPECT_EQ(std::get<Script>(ReadScript(SourceFile{"<stdin>", markdown})).kind, ScriptKind::kHermitage);
  EXPECT_EQ(std::get<Script>(ReadScript(SourceFile{"<stdin>", "begin; -- T1"})).kind, ScriptKind::kTaggedSql);
}

}  // namespace
}  // namespace nextkey
