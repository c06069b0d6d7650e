// What a user reads who made a mistake in a race file: the place, what is wrong, what would be right.
#include <fmt/format.h>
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
using ::testing::HasSubstr;

// `line:column message` and the remedy, if there is one.
std::vector<std::string> MistakesIn(std::string text) {
  std::vector<std::string> shown;
  RaceFileOrMistakes read = ReadRaceFile(SourceFile{"a.race", std::move(text)});
  const auto* mistakes = std::get_if<std::vector<Mistake>>(&read);
  if (mistakes == nullptr) return shown;
  for (const Mistake& one : *mistakes) {
    shown.push_back(fmt::format("{}:{} {}{}{}", one.place->line, one.place->column, one.message,
                                one.remedy.empty() ? "" : " | ", one.remedy));
  }
  return shown;
}

// Line 1; what a case adds begins on line 2.
constexpr const char* kShop = "client buyer 2 step read { SELECT 1 INTO @n; } step pay { DO @n; }\n";

struct Case {
  std::string name;
  std::string text;  // Behind kShop.
  std::string mistake;
};

class RaceMistake : public ::testing::TestWithParam<Case> {};

TEST_P(RaceMistake, IsExplained) {
  EXPECT_THAT(MistakesIn(kShop + GetParam().text), ElementsAre(GetParam().mistake));
}

INSTANTIATE_TEST_SUITE_P(
    Names, RaceMistake,
    ::testing::Values(
        Case{"StepOfAFix", "fix a \"x\" { replace raed { DO 1; } }",
             "2:21 unknown step \"raed\" | Did you mean \"read\"?"},
        Case{"StepThatWasRemoved", "fix a \"x\" { remove pay replace pay { DO 1; } }",
             "2:32 step \"pay\" was removed by this fix | Leave out the one or the other."},
        Case{"StepThatTheFixWrote", "fix a \"x\" { replace pay { DO 1; } remove pay }",
             "2:42 this fix removes step \"pay\", which it wrote itself | Leave out the one or the other."},
        Case{"StepReplacedTwice", "fix a \"x\" { replace pay { DO 1; }\nreplace pay { DO 2; } }",
             "3:9 step \"pay\" is replaced twice | Keep one of them."},
        Case{"ClientOfAFix", "fix a \"x\" { remove byer.pay }",
             "2:20 unknown client \"byer\" | Did you mean \"buyer\"?"},
        Case{"StepOfSeveralClients", "client seller step pay { DO 1; }\nfix a \"x\" { remove pay }",
             "3:20 several clients have a step \"pay\" | Say whose: buyer.pay"},
        Case{"StepInsertedAgain", "fix a \"x\" { before pay step read { DO 1; } }",
             "2:29 client \"buyer\" has a step \"read\" already | Give the inserted step a name of its own."},
        Case{"AroundBackwards", "fix a \"x\" { around pay to read { DO 1; } }",
             "2:27 step \"read\" comes before \"pay\" | Turn them round: around read to pay"},
        Case{"AroundTwoClients", "client seller step sell { DO 1; }\nfix a { around pay to sell { DO 1; } }",
             "3:23 steps \"pay\" and \"sell\" belong to different clients | `around .. to ..` takes steps of "
             "one client."},
        Case{"EmptyFix", "fix a \"x\" { }",
             "2:5 fix \"a\" changes nothing | Say what it does: replace, remove, before, after, around, "
             "isolation, retry, server, processes, setup or use."},
        Case{"CircleOfFixes", "fix a { use b }\nfix b { use a }",
             "3:13 fix \"a\" uses itself by way of \"b\" | Leave one `use` of the circle out."},
        Case{"UseOfNoFix", "fix lock { isolation serializable }\nfix b { use lok }",
             "3:13 unknown fix \"lok\" | Did you mean \"lock\"?"},
        Case{"FixOfAnExpectation", "fix row_lock { isolation serializable }\nexpect rowlock holds",
             "3:8 unknown fix \"rowlock\" | Did you mean \"row_lock\"?"},
        Case{"PermutationOfAnExpectation",
             "permutation all_first \"\" { buyer1.pay buyer2.pay }\nexpect breaks in al_first",
             "3:18 unknown permutation \"al_first\" | Did you mean \"all_first\"?"},
        Case{"ResultOfAnExpectation", "result paid { SELECT 1 }\nexpect holds: every @payed = 1",
             "3:21 unknown result \"@payed\" | Declare it: result payed { SELECT .. }"},
        Case{"ResultThatIsNone", "expect holds: every @rows = 1",
             "2:21 unknown result \"@rows\" | Declare it: result rows { SELECT .. }"},
        Case{"StepOfAPermutation", "permutation x \"\" { buyer1.raed }",
             "2:27 unknown step \"raed\" | Did you mean \"read\"?"},
        Case{"ClientOfAPermutation", "permutation x \"\" { buyer3.read }",
             "2:20 unknown client \"buyer3\" | Did you mean \"buyer1\"?"},
        Case{"StepOfWhichClient", "permutation read",
             "2:13 which \"buyer\" does step \"read\"? | Say whose: buyer1.read"},
        Case{"MarkerOfAStepThatIsNotThere", "session s step a { DO 1; } step b { DO 1; }\npermutation a(b) ",
             "3:15 step \"b\" is not in this permutation | There is only \"a\"."},
        Case{"UnknownService", "service lock mutex\nclient x step a { CALL lok.lock(); }",
             "3:24 unknown service \"lok\" | Did you mean \"lock\"?"},
        Case{"NoServices", "client x step a { CALL lock.lock(); }",
             "2:24 unknown service \"lock\" | Declare it: service lock mutex"},
        Case{"UnknownKind", "service lock mutxe",
             "2:14 unknown kind of service \"mutxe\" | Did you mean \"mutex\"?"},
        Case{"UnknownOperation", "service lock mutex\nclient x step a { CALL lock.unlok(); }",
             "3:29 a mutex has no operation \"unlok\" | Did you mean \"unlock\"?"},
        Case{"OperationOfAReplica", "service copy replica\nclient x step a { CALL copy.read(); }",
             "3:29 a replica has no operation \"read\" | It is read by ON copy SELECT ..;"},
        Case{"WrongNumberOfArguments", "service lock redlock\nclient x step a { CALL lock.lock(); }",
             "3:29 lock.lock takes 1 argument, not 0 | Which key? For example 'coupon:1'."},
        Case{"TooManyArguments", "service r redis\nclient x step a { CALL r.get('a', 1); }",
             "3:26 r.get takes 1 argument, not 2"},
        Case{"IntoWithoutAnAnswer", "service lock mutex\nclient x step a { CALL lock.lock() INTO @got; }",
             "3:41 lock.lock answers nothing | Leave INTO out: it goes on when it is done."},
        Case{"UnknownOption", "service lock redisson_lock (leese 10 s)",
             "2:29 a redisson_lock has no option \"leese\" | Did you mean \"lease\"?"},
        Case{"OptionGivenTwice", "service lock redlock (nodes 3, nodes 5)",
             "2:32 option \"nodes\" is given twice | Keep one of them."},
        Case{"NoOptionsAtAll", "service lock mutex (wait 10 s)",
             "2:21 a mutex has no option \"wait\" | It has no options at all."},
        Case{"UnknownReplica", "client x step a { ON copy SELECT 1; }",
             "2:22 unknown replica \"copy\" | Declare it: service copy replica"},
        Case{"NoReplica", "service lock mutex\nclient x step a { ON lock SELECT 1; }",
             "3:22 \"lock\" is a mutex, no replica | Declare it: service copy replica"},
        Case{"UnknownParameter", "parameter buyers = 3\nclient x @byers step a { DO 1; }",
             "3:10 unknown parameter \"byers\" | Did you mean \"buyers\"?"},
        Case{"ParameterWithAMeaning", "parameter me = 3",
             "2:11 @me has a meaning of its own | Choose another name."},
        Case{"FaultOfNobody", "fault gc pause byer for 1 s",
             "2:16 this fault hits a client, and there is no client \"byer\" | Did you mean \"buyer\"?"},
        Case{"FaultOfTheWrongKind", "service lock mutex\nfault lost lose_node lock",
             "3:22 this fault hits a Redis service, and there is no Redis service \"lock\" | Mutexes, pools "
             "and replicas live elsewhere."},
        Case{"UnknownKindOfFault", "fault gc paus buyer for 1 s",
             "2:10 unknown kind of fault \"paus\" | Did you mean \"pause\"?"},
        Case{"FaultAtNoStep", "fault gc pause buyer at raed for 1 s",
             "2:25 client \"buyer\" has no step \"raed\" | Did you mean \"read\"?"},
        Case{"FaultWithoutATime", "fault gc pause buyer at read",
             "2:7 fault \"gc\" does not say for how long | Write `for 15 s` behind it."},
        Case{"FaultWithATime", "fault gc die buyer for 3 s",
             "2:24 this fault lasts for ever | Leave the time out."},
        Case{"DuplicateClient", "client buyer step x { DO 1; }",
             "2:8 a second client \"buyer\" | Give it a name of its own."},
        Case{"DuplicateStep", "client x step a { DO 1; } step a { DO 2; }",
             "2:32 a second step \"a\" | Give it a name of its own."},
        Case{"DuplicateStepOfSessions", "session s step a { DO 1; }\nsession t step a { DO 2; }",
             "3:16 another session has a step \"a\" too | Permutations name steps alone: give it a name of "
             "its own."},
        Case{"DuplicateParameter", "parameter a = 1\nparameter a = 2",
             "3:11 a second parameter \"a\" | Give it a name of its own."},
        Case{"DuplicateFix", "fix a { remove pay }\nfix a { remove pay }",
             "3:5 a second fix \"a\" | Give it a name of its own."},
        Case{"NameOfANumberedClient", "client buyer2 step x { DO 1; }",
             "2:8 \"buyer2\" would also be the name of a \"buyer\" | Call it something without a number at "
             "its end."}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Values, RaceMistake,
    ::testing::Values(
        Case{"NoClients", "client x 0 step a { DO 1; }",
             "2:10 0 clients \"x\" | One takes part at least; a template that nobody uses can go."},
        Case{"HalfAClient", "client x 1.5 step a { DO 1; }", "2:10 1.5 is no whole number"},
        Case{"NegativeClients", "client x -2 step a { DO 1; }",
             "2:10 -2 clients \"x\" | One takes part at least; a template that nobody uses can go."},
        Case{"NoRetry", "client x retry 0 on 1213 step a { DO 1; }",
             "2:16 a request is tried again 0 times | Leave the retry out, or give 1 at least."},
        Case{"RetryOfNoError", "client x retry 3 on 1231 step a { DO 1; }",
             "2:21 no request ends with error 1231 | Requests end with 1213 (deadlock), 1205 (lock wait "
             "time-out), 1062 (duplicate key) and their like; a FAIL's reason stands in quotes."},
        Case{"RetryOfNoReason", "client x retry 3 on 'al gone' step a { FAIL 'all gone'; }",
             "2:10 no request ever fails with 'al gone' | Did you mean \"all gone\"?"},
        Case{"BackoffWithoutAUnit", "client x retry 3 on 1213 backoff 10 step a { DO 1; }",
             "2:36 a unit of time is missing behind 10 | Write ms, s or min."},
        Case{"UnknownUnit", "client x retry 3 on 1213 backoff 10 sec step a { DO 1; }",
             "2:37 unknown unit of time \"sec\" | Write ms, s or min."},
        Case{"ThinkWithoutAUnit", "client x step a { THINK 20; }",
             "2:27 a unit of time is missing behind 20 | Write ms, s or min."},
        Case{"NegativeTime", "client x step a { THINK -20 ms; }",
             "2:25 a negative time | Time only goes forward."},
        Case{"NegativeBackoff", "client x retry 3 on 1213 backoff -5 s step a { DO 1; }",
             "2:34 a negative time | Time only goes forward."},
        Case{"PartOfAMillisecond", "client x step a { THINK 0.5 ms; }",
             "2:25 a part of a millisecond | Times are counted in whole milliseconds."},
        Case{"OptionWithoutAUnit", "service lock redisson_lock (wait 10)",
             "2:34 a unit of time is missing: wait 10 | Write ms, s or min."},
        Case{"OptionWithAUnit", "service lock redlock (nodes 3 s)",
             "2:29 \"nodes\" is a number without a unit"},
        Case{"OptionOutOfRange", "service lock redlock (nodes 0)",
             "2:29 \"nodes\" can't be 0 | It is 1 at least, 31 at most."},
        Case{"NoProcesses", "processes 0",
             "2:11 an application without a server process | Clients are spread over the processes: give 1 "
             "or more."},
        Case{"TwoProcesses", "processes 2\nprocesses 3",
             "3:1 `processes` is given twice | Keep one of them."},
        Case{"IsolationCutShort", "client x isolation repeatable step a { DO 1; }",
             "2:20 unknown isolation level \"repeatable\"; did you mean \"repeatable read\"?"},
        Case{"IsolationMisspelt", "client x isolation read comitted\nstep a { DO 1; }",
             "2:20 unknown isolation level \"read comitted\"; did you mean \"read committed\"?"},
        Case{"IsolationUnknown", "fix x { isolation snapshot }",
             "2:19 unknown isolation level \"snapshot\" | There are \"read uncommitted\", \"read "
             "committed\", \"repeatable read\" and \"serializable\"."},
        Case{"TextAndNumber", "parameter a = 1 load 'many'",
             "2:11 parameter \"a\" is a number in one place and a text in the other | Give both values in "
             "one kind."},
        Case{"InvariantWithColumns", "invariant \"x\" { SELECT a > 0, b > 0 FROM t }",
             "2:31 this invariant gives 2 columns | Join the conditions with AND, or write one invariant for "
             "each."},
        Case{"InvariantWithAStar", "invariant \"x\" { SELECT * FROM t }",
             "2:24 this invariant gives all columns | Join the conditions with AND, or write one invariant "
             "for each."},
        Case{"InvariantThatIsAText", "invariant \"x\" { SELECT 'stock is fine' }",
             "2:24 this invariant is neither true nor false: 'stock is fine' is a text | Write the condition "
             "itself, without quotes around it."},
        Case{"InvariantThatIsANumber", "invariant \"x\" { SELECT COUNT(*) FROM t }",
             "2:24 this invariant is neither true nor false: COUNT(*) is a number | Compare it with "
             "something: COUNT(*) = .."},
        Case{"InvariantThatIsAlwaysTrue", "invariant \"x\" { SELECT 1 }",
             "2:24 this invariant says 1 whatever happens | Ask for something that can change."},
        Case{"InvariantThatChangesData", "invariant \"x\" { UPDATE t SET a = 1 }",
             "2:17 this invariant would change the data or the transaction that it looks at | It is one "
             "SELECT, which sees what is committed."},
        Case{"InvariantThatCommits", "invariant \"x\" { COMMIT }",
             "2:17 this invariant would change the data or the transaction that it looks at | It is one "
             "SELECT, which sees what is committed."},
        Case{"InvariantOfTwoStatements", "invariant \"x\" { BEGIN; SELECT 1 = 1 }",
             "2:17 this invariant holds more than a query | An invariant is one SELECT that gives one "
             "column."},
        Case{"EmptyInvariant", "invariant \"x\" { }",
             "2:16 this invariant holds no query | An invariant is one SELECT that gives one column."},
        Case{"InvariantThatLocks", "invariant \"x\" { SELECT a > 0 FROM t FOR UPDATE }",
             "2:17 this invariant takes locks | Leave it a plain SELECT: it only looks."},
        Case{"InvariantThatSeesAVariable", "invariant \"x\" { SELECT a > @n FROM t }",
             "2:28 this invariant can't see @n | It sees the tables, the parameters, and how requests ended "
             "(@succeeded, @refused ..)."},
        Case{"InvariantWithACountMisspelt", "invariant \"x\" { SELECT @suceeded <= 1 }",
             "2:24 this invariant can't see @suceeded | Did you mean \"@succeeded\"?"},
        Case{"ResultWithColumns", "result r { SELECT a, b FROM t }",
             "2:22 this result gives 2 columns | A result is one value: write one result for each."},
        Case{"ExpectationThatIsANumber", "result r { SELECT 1 }\nexpect breaks: some @r + 1",
             "3:21 this expectation is neither true nor false: @r + 1 is a number | Compare it with "
             "something: @r + 1 = .."}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Requests, RaceMistake,
    ::testing::Values(
        Case{"VariableThatNobodySets", "client x step a { SELECT 1 INTO @issued; } step b { DO @isued; }",
             "2:56 nobody sets @isued | Did you mean \"@issued\"?"},
        Case{"VariableThatNobodySetsAtAll", "client x step a { UPDATE t SET a = @b; }",
             "2:36 nobody sets @b | Set it first: SELECT .. INTO @b, SET @b = .., or `parameter b = ..`."},
        Case{"VariableThatTheFixNoLongerSets", "fix a { replace read { DO 1; } }",
             "1:62 with fix \"a\" nobody sets @n | Set it first: SELECT .. INTO @n, SET @n = .., or "
             "`parameter n = ..`."},
        Case{"ClientNumberInTheSetup", "setup { INSERT INTO t VALUES (@me); }\n",
             "2:1 this setup stands behind a client | The setup of client \"buyer\" stands before its first "
             "step, that of the race before the first client."},
        Case{"LockThatIsNeverReleased", "service lock mutex\nclient x step a { CALL lock.lock(); }",
             "3:24 \"lock\" is taken here and never let go | Let it go in the same request: CALL "
             "lock.unlock(..) in a step, or in the `finally` of an `around`."},
        Case{"LockThatAFixNeverReleases", "service lock mutex\nfix a { around pay { CALL lock.lock(); } }",
             "3:27 with fix \"a\" \"lock\" is taken here and never let go | Let it go in the same request: "
             "CALL lock.unlock(..) in a step, or in the `finally` of an `around`."},
        Case{"ConnectionThatIsNeverReleased", "service pool pool\nclient x step a { CALL pool.acquire(); }",
             "3:24 \"pool\" is taken here and never let go | Let it go in the same request: CALL "
             "pool.release() in a step, or in the `finally` of an `around`."},
        Case{"LockThatNobodyTook", "service lock mutex\nclient x step a { CALL lock.unlock(); }",
             "3:24 \"lock\" is let go here, and nobody takes it"},
        Case{"NamedLockThatIsNeverReleased", "client x step a { DO GET_LOCK('a', 10); }",
             "2:19 the lock of GET_LOCK is taken here and never let go | Let it go in the same request: "
             "RELEASE_LOCK(..) in a step, or in the `finally` of an `around`."},
        Case{"LoopWithoutAnEnd", "client x step a { SET @i = 0; WHILE @i < 3 DO DO 1; END WHILE; }",
             "2:37 nothing in this loop changes its condition: @i < 3 | Set @i in it, or leave it by FAIL."},
        Case{"LoopOfNothing", "client x step a { WHILE 1 DO DO 1; END WHILE; }",
             "2:25 nothing in this loop changes its condition: 1 | Count a variable in it: SET @i = @i + 1;"},
        Case{"BehindFail", "client x step a { FAIL 'no'; DO 1; }",
             "2:30 this can never run: the request has failed before it | FAIL ends the request. Put what "
             "belongs to it in front, or into a `finally`."},
        Case{"BehindFailInAllBranches",
             "client x step a { IF @me = 1 THEN FAIL 'a'; ELSE FAIL 'b'; END IF; DO 1; }",
             "2:68 this can never run: the request has failed before it | FAIL ends the request. Put what "
             "belongs to it in front, or into a `finally`."}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Grammar, RaceMistake,
    ::testing::Values(
        Case{"ItemMisspelt", "clinet x step a { DO 1; }",
             "2:1 unexpected \"clinet\"; did you mean \"client\"?"},
        Case{"ItemInCapitals", "CLIENT x step a { DO 1; }",
             "2:1 unexpected \"CLIENT\"; did you mean \"client\"?"},
        Case{"StatementMisspelt", "client x step a { SELEC 1; }",
             "2:19 unexpected \"SELEC\"; did you mean \"select\"?"},
        Case{"StatementUnsupported", "client x step a { CREATE VIEW v AS SELECT 1; }",
             "2:26 not supported yet: views"},
        Case{"StatementOfPostgreSql", "client x step a { SELECT 1::int; }", "2:27 unexpected \":\""},
        Case{"ConditionOnAColumn", "client x step a { IF stock < 1 THEN FAIL 'x'; END IF; }",
             "2:22 only variables can be seen here, not a column (\"stock\") | Ask the server first: SELECT "
             ".. INTO @x, then use @x."},
        Case{"ConditionOnAQuery", "client x step a { IF (SELECT 1) THEN FAIL 'x'; END IF; }",
             "2:22 only variables can be seen here, not a subquery | Ask the server first: SELECT .. INTO "
             "@x, then use @x."},
        Case{"ConditionOnRows", "client x step a { IF COUNT(*) > 0 THEN FAIL 'x'; END IF; }",
             "2:22 only variables can be seen here, not rows (\"count\" looks at them) | Ask the server "
             "first: SELECT .. INTO @x, then use @x."},
        Case{"ConditionOnALock", "client x step a { IF GET_LOCK('a', 1) THEN FAIL 'x'; END IF; }",
             "2:22 only variables can be seen here, not what a server answers (get_lock) | Ask the server "
             "first: SELECT .. INTO @x, then use @x."},
        Case{"ConditionMisspelt", "client x step a { IF @n = THEN FAIL 'x'; END IF; }",
             "2:26 unexpected end of the statement, expected an expression"},
        Case{"EndIfMissing", "client x step a { IF @me = 1 THEN FAIL 'x'; }",
             "2:45 unexpected \"}\", expected a statement or \"END\" | An IF ends with END IF; and a WHILE "
             "with END WHILE;"},
        Case{"EndWhileMixedUp", "client x step a { WHILE @me = 1 DO FAIL 'x'; END IF; }",
             "2:50 unexpected \"IF\", expected \"WHILE\" | A WHILE ends with END WHILE;"},
        Case{"ThenMissing", "client x step a { IF @me = 1 FAIL 'x'; END IF; }",
             "2:38 unexpected \";\", expected \"THEN\" | A condition ends with THEN: IF @stock < 1 THEN .. "
             "END IF;"},
        Case{"SemicolonMissing", "client x step a { IF @me = 1 THEN DO 1 END IF; }",
             "2:39 a ; is missing at the end of this statement"},
        Case{
            "FailWithoutAReason", "client x step a { FAIL; }",
            "2:23 unexpected \";\", expected a 'text' | FAIL takes a reason in quotes: FAIL 'out of stock';"},
        Case{"FailWithoutQuotes", "client x step a { FAIL all gone; }",
             "2:24 unexpected \"all\", expected a 'text' | FAIL takes a reason in quotes: FAIL 'out of "
             "stock';"},
        Case{"CallWithoutParentheses", "service l mutex\nclient x step a { CALL l.lock; }",
             "3:30 unexpected \";\", expected \"(\" | A call looks like this: CALL "
             "service.operation(arguments) INTO @x;"},
        Case{"CallOfAProcedure", "client x step a { CALL pay(1); }",
             "2:27 unexpected \"(\", expected \".\" | A call looks like this: CALL "
             "service.operation(arguments) INTO @x;"},
        Case{"BlockWithoutAnEnd", "client x step a { DO 1;\n",
             "2:17 the block that begins here has no end: } is missing"},
        Case{"TextWithoutAnEnd", "client x step a { DO 'abc; }\n",
             "2:22 the text that begins here has no end: a closing ' is missing"},
        Case{"SentenceWithoutAnEnd", "race x \"abc\n",
             "2:8 the text that begins here has no end: a closing \" is missing | Outside of SQL a text ends "
             "on its own line."},
        Case{"ClientWithoutSteps", "client x 3\nfix a { remove pay }",
             "3:1 unexpected \"fix\", expected \"setup\", \"step\", \"retry\" or \"isolation\" | A client "
             "has at least one step: step NAME { .. }"},
        Case{"BracesAroundAClient", "client x { step a { DO 1; } }",
             "2:10 unexpected \"{\" after \"x\" | The steps of a client stand without braces around them."},
        Case{"SetupBehindTheSteps", "client x step a { DO 1; }\nsetup { DO 1; }",
             "3:1 this setup stands behind a client | The setup of client \"x\" stands before its first "
             "step, that of the race before the first client."},
        Case{"InvariantWithoutItsSentence", "invariant { SELECT 1 = 1 }",
             "2:11 unexpected \"{\", expected a \"text\" | An invariant begins with its sentence: invariant "
             "\"stock is never negative\" { SELECT .. }"},
        Case{"PermutationWithoutItsName", "permutation a(b) \"x\" { buyer1.pay }",
             "2:24 unexpected \"buyer1.pay\", expected a name"},
        Case{"NamesInBackticks", "client `x` step a { DO 1; }",
             "2:8 unexpected \"`\", expected a name | Names stand without quotes here, or in \"..\"."},
        Case{"ScopeMissing", "expect breaks: @succeeded = 1",
             "2:16 unexpected \"@succeeded\", expected \"some\" or \"every\""},
        Case{"VerdictMisspelt", "expect \"D1\" hold", "2:13 unexpected \"hold\"; did you mean \"holds\"?"},
        Case{"VerdictMisspeltBeforeALine", "expect breakes\nexpect holds",
             "2:8 unexpected \"breakes\"; did you mean \"breaks\"?"},
        Case{"FixItemMisspelt", "fix a { replce pay { DO 1; } }",
             "2:9 unexpected \"replce\"; did you mean \"replace\"?"},
        Case{"SecondRace", "race a\nrace b",
             "3:6 a second `race` in the same file | A file holds one race: split it."}),
    [](const auto& test) { return test.param.name; });

TEST(RaceMistakes, AllOfAFileAreToldAtOnce) {
  EXPECT_THAT(MistakesIn("client a step x { SELEC 1; }\nfix b { remove y }\nclinet c\nfix d { replce x {} }\n"
                         "client e retry 1 on 1 step z { THINK 1; }\n"),
              ElementsAre(HasSubstr("1:19 "), HasSubstr("3:1 "), HasSubstr("4:9 "), HasSubstr("5:21 "),
                          HasSubstr("5:39 ")));
}

TEST(RaceMistakes, LineAndCaretAreShown) {
  const RaceFileOrMistakes read =
      ReadRaceFile(SourceFile{"seat.race", "client guest 2\nisolation repeatable\nstep a { DO 1; }\n"});
  EXPECT_EQ(ToText(std::get<std::vector<Mistake>>(read)),
            "seat.race:2:11: unknown isolation level \"repeatable\"; did you mean \"repeatable read\"?\n"
            "    isolation repeatable\n"
            "              ^\n");
}

TEST(RaceMistakes, AnEmptyFileHasNobodyInIt) {
  EXPECT_THAT(
      MistakesIn("# Only a comment.\n"),
      ElementsAre("2:1 nobody takes part in this race | A client looks like this: client buyer 3  step pay "
                  "{ UPDATE .. }"));
}

}  // namespace
}  // namespace nextkey
