// The race file's grammar.
//
// A file that PostgreSQL's isolationtester takes is derived by `setup`, `session`, `teardown` and
// `permutation` alone; the other items are ours. Items stand in any order. Blocks of SQL were cut by
// the lexer: SQL stands for a whole statement, EXPRESSION for one over variables. Actions only gather;
// what is checked in passing is race_builder.h's business, what needs the whole file check.h's.

%require "3.8"
%language "c++"
%skeleton "lalr1.cc"
%expect 0

%define api.namespace {nextkey::race}
%define api.parser.class {Grammar}
%define api.token.prefix {T_}
%define api.token.constructor
%define api.value.type variant
%define api.location.type {nextkey::sql::TextRange}
%define parse.error custom
%define parse.lac full
%locations
%param { nextkey::race::RaceBuilder& builder }

%code requires {
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/race/ast.h"
#include "sim/race/race_builder.h"

#define YYLLOC_DEFAULT(Current, Rhs, N)                                  \
  do {                                                                   \
    if (N) {                                                             \
      (Current).begin = YYRHSLOC(Rhs, 1).begin;                          \
      (Current).end = YYRHSLOC(Rhs, N).end;                              \
    } else {                                                             \
      (Current).begin = (Current).end = YYRHSLOC(Rhs, 0).end;            \
    }                                                                    \
  } while (false)
}

%code {
namespace {

using namespace nextkey;
using namespace nextkey::race;

Grammar::symbol_type yylex(RaceBuilder& builder) {
  using Code = Grammar::token;
  const Token& token = builder.Next();
  switch (token.code) {
    case Code::T_WORD:
    case Code::T_QUOTED:
    case Code::T_TEXT:
    case Code::T_NUMBER:
    case Code::T_VARIABLE:
    case Code::T_EXPRESSION:
    case Code::T_SQL:
    case Code::T_LEVEL: return Grammar::symbol_type(token.code, token.text, token.place);
    default: return Grammar::symbol_type(token.code, token.place);
  }
}

template <typename T>
std::vector<T> With(std::vector<T> list, T last) {
  list.push_back(std::move(last));
  return list;
}

}  // namespace
}

%token END_OF_FILE 0 "the end of the file"
%token <std::string> WORD "a name" QUOTED "a \"text\"" TEXT "a 'text'" NUMBER "a number" VARIABLE "an @variable"
%token <std::string> EXPRESSION "an expression" SQL "a statement" LEVEL "an isolation level"
%token OPEN "(" CLOSE ")" OPEN_BRACE "{" CLOSE_BRACE "}" COMMA "," POINT "." COLON ":" EQUAL "=" STAR "*"
%token MINUS "-" SEMICOLON ";" STRANGE "a strange sign"

// Of isolationtester; reserved.
%token PERMUTATION "permutation" SESSION "session" SETUP "setup" STEP "step" TEARDOWN "teardown"
// Ours; `own_word` below lists them again, because they may be names.
%token RACE "race" PARAMETER "parameter" SERVICE "service" PROCESSES "processes" SERVER "server"
%token CLIENT "client" FAULT "fault" INVARIANT "invariant" RESULT "result" FIX "fix" EXPECT "expect"
%token LOAD "load" RETRY "retry" ISOLATION "isolation" ON "on" BACKOFF "backoff" DOUBLING "doubling"
%token ALWAYS "always" REPLACE "replace" REMOVE "remove" BEFORE "before" AFTER "after" AROUND "around"
%token TO "to" FINALLY "finally" USE "use" AT "at" FOR "for" BY "by" IN "in" SOME "some" EVERY "every"
%token BREAKS "breaks" HOLDS "holds" NOTICES "notices"
// Inside of blocks.
%token SQL_IF "IF" SQL_THEN "THEN" SQL_ELSEIF "ELSEIF" SQL_ELSE "ELSE" SQL_END "END" SQL_WHILE "WHILE"
%token SQL_DO "DO" SQL_FAIL "FAIL" SQL_CALL "CALL" SQL_THINK "THINK" SQL_ON "ON" SQL_INTO "INTO"

// Behind a client's steps `teardown` is the client's.
%precedence NO_TEARDOWN
%precedence "teardown"

%type <Name> name plain_name own_word opt_fix_name opt_in
%type <std::string> opt_quoted opt_unit
%type <Block> block
%type <Actions> actions
%type <Action> action
%type <IfAction> if_branches
%type <std::vector<LocalExpression>> opt_arguments arguments
%type <LocalExpression> quantity time
%type <Name> opt_into
%type <Value> parameter_value
%type <std::optional<Value>> opt_load
%type <std::vector<ServiceOption>> opt_service_options service_options
%type <ServiceOption> service_option
%type <SetServer> server_setting
%type <std::string> server_value
%type <ClientTemplate> client_head client_items
%type <std::optional<Block>> opt_session_setup opt_session_teardown opt_finally
%type <std::vector<Step>> steps
%type <Step> step
%type <Retry> retry retry_causes retry_cause
%type <Fault> fault_head
%type <std::optional<Name>> opt_at
%type <std::optional<LocalExpression>> opt_duration
%type <bool> opt_always
%type <std::vector<FixItem>> fix_items
%type <FixItem> fix_item
%type <StepRef> step_ref
%type <std::vector<PermutationStep>> permutation_steps listed_steps
%type <PermutationStep> permutation_step
%type <std::vector<StepMarker>> opt_markers markers
%type <StepMarker> marker
%type <Expectation> verdict condition

%%

file: items "the end of the file" ;
items: %empty | items item ;

item:
    "race" name opt_quoted { builder.AddTitle(std::move($2), std::move($3)); }
  | "processes" quantity { builder.AddProcesses(@1, std::move($2)); }
  | "parameter" name "=" parameter_value opt_load opt_quoted {
      builder.AddParameter(Parameter{std::move($2), std::move($4), std::move($5), std::move($6)});
    }
  | "setup" block { builder.AddSetup(@1, std::move($2)); }
  | "teardown" block { builder.AddTeardown(@1, std::move($2)); }
  | "service" name name opt_service_options { builder.AddService(std::move($2), $3, std::move($4)); }
  | "server" server_setting { builder.file.server.push_back(std::move($2)); }
  | client_items { builder.AddClient(std::move($1)); }
  | fault_head opt_at opt_duration {
      $1.at_step = std::move($2);
      $1.milliseconds = std::move($3);
      builder.file.faults.push_back(std::move($1));
    }
  | "invariant" QUOTED opt_always block { builder.AddInvariant(@1, std::move($2), $3, std::move($4)); }
  | "result" name block { builder.AddResult(std::move($2), std::move($3)); }
  | "fix" name opt_quoted "{" fix_items "}" {
      builder.file.fixes.push_back(Fix{std::move($2), std::move($3), std::move($5)});
    }
  | "permutation" permutation_steps { builder.AddPermutation(@1, std::move($2)); }
  | "permutation" permutation_steps "{" listed_steps "}" {
      builder.AddNamedPermutation(@1, std::move($2), std::move($4));
    }
  | "expect" opt_quoted opt_fix_name verdict opt_in {
      builder.AddExpectation(@1, std::move($2), std::move($3), std::move($4), std::move($5));
    }
  ;

// --- Names and numbers -----------------------------------------------------------------------------

name:
    plain_name
  | QUOTED { $$ = Name{std::move($1), @1.begin}; }
  | "breaks" { $$ = builder.NameAt(@1); }
  | "holds" { $$ = builder.NameAt(@1); }
  ;
plain_name:
    WORD { $$ = Name{std::move($1), @1.begin}; }
  | own_word
  ;
own_word: own_words { $$ = builder.NameAt(@1); } ;
own_words:
    "race" | "parameter" | "service" | "processes" | "server" | "client" | "fault" | "invariant" | "result"
  | "fix" | "expect" | "load" | "retry" | "isolation" | "on" | "backoff" | "doubling" | "always" | "replace"
  | "remove" | "before" | "after" | "around" | "to" | "finally" | "use" | "at" | "for" | "by" | "in" | "some"
  | "every" | "notices"
  ;

opt_quoted: %empty { $$ = {}; } | QUOTED { $$ = std::move($1); } ;

// A number, or a parameter of the file.
quantity:
    NUMBER { $$ = builder.Expression(@1, $1); }
  | "-" NUMBER { $$ = builder.Expression(@$, "-" + $2); }
  | VARIABLE { $$ = builder.Expression(@1, "@" + $1); }
  ;
opt_unit: %empty { $$ = {}; } | WORD { $$ = std::move($1); } ;
// 10 ms, 1.5 s, @lease s: milliseconds.
time:
    NUMBER opt_unit { $$ = builder.Time(@$, $1, $2); }
  | "-" NUMBER opt_unit { $$ = builder.Time(@$, "-" + $2, $3); }
  | VARIABLE opt_unit { $$ = builder.Time(@$, "@" + $1, $2); }
  ;

// --- What stands around the clients ----------------------------------------------------------------

parameter_value:
    NUMBER { $$ = builder.NumberValue(@1, $1, false); }
  | "-" NUMBER { $$ = builder.NumberValue(@2, $2, true); }
  | TEXT { $$ = Value::Text(std::move($1)); }
  ;
opt_load: %empty { $$ = std::nullopt; } | "load" parameter_value { $$ = std::move($2); } ;

opt_service_options: %empty { $$ = {}; } | "(" service_options ")" { $$ = std::move($2); } ;
service_options:
    service_option { $$ = {std::move($1)}; }
  | service_options "," service_option { $$ = With(std::move($1), std::move($3)); }
  ;
service_option:
    name { $$ = ServiceOption{std::move($1), builder.Expression(@1, "1")}; }
  | name NUMBER opt_unit { $$ = builder.Option(std::move($1), @2, $2, $3); }
  | name "-" NUMBER opt_unit { $$ = builder.Option(std::move($1), @2, "-" + $3, $4); }
  | name VARIABLE opt_unit { $$ = builder.Option(std::move($1), @2, "@" + $2, $3); }
  ;

server_setting: name "=" server_value { $$ = SetServer{std::move($1), std::move($3)}; } ;
server_value: plain_name { $$ = std::move($1.text); } | NUMBER { $$ = std::move($1); } | TEXT { $$ = std::move($1); } ;

fault_head: "fault" name name name { $$ = builder.MakeFault(std::move($2), $3, std::move($4)); } ;
opt_at: %empty { $$ = std::nullopt; } | "at" name { $$ = std::move($2); } ;
opt_duration: %empty { $$ = std::nullopt; } | "for" time { $$ = std::move($2); } | "by" time { $$ = std::move($2); } ;

// --- Clients ---------------------------------------------------------------------------------------

client_items:
    client_head opt_session_setup steps opt_session_teardown {
      $$ = std::move($1);
      $$.setup = std::move($2);
      $$.steps = std::move($3);
      $$.teardown = std::move($4);
    }
  ;
client_head:
    "session" name { $$.name = std::move($2); $$.is_session = true; }
  | "client" name { $$.name = std::move($2); }
  | "client" name quantity { $$.name = std::move($2); $$.count = std::move($3); }
  | client_head retry { $$ = std::move($1); builder.SetOnce($$.retry, std::move($2), @2, "retry"); }
  | client_head "isolation" LEVEL {
      $$ = std::move($1);
      builder.SetOnce($$.isolation, builder.Level(@3, $3), @2, "isolation");
    }
  ;
opt_session_setup: %empty { $$ = std::nullopt; } | "setup" block { $$ = std::move($2); } ;
opt_session_teardown: %empty %prec NO_TEARDOWN { $$ = std::nullopt; } | "teardown" block { $$ = std::move($2); } ;
steps: step { $$ = {std::move($1)}; } | steps step { $$ = With(std::move($1), std::move($2)); } ;
step: "step" name block { $$ = Step{std::move($2), std::move($3)}; } ;

retry:
    "retry" quantity "on" retry_causes {
      $$ = std::move($4);
      $$.times = std::move($2);
      $$.offset = @1.begin;
    }
  | "retry" quantity "on" retry_causes "backoff" time {
      $$ = std::move($4);
      $$.times = std::move($2);
      $$.backoff_ms = std::move($6);
      $$.offset = @1.begin;
    }
  | "retry" quantity "on" retry_causes "backoff" time "doubling" {
      $$ = std::move($4);
      $$.times = std::move($2);
      $$.backoff_ms = std::move($6);
      $$.backoff_doubles = true;
      $$.offset = @1.begin;
    }
  ;
retry_causes:
    retry_cause
  | retry_causes "," retry_cause { $$ = builder.Joined(std::move($1), std::move($3)); }
  ;
retry_cause:
    NUMBER { $$.errors = {builder.ErrorNumber(@1, $1)}; }
  | TEXT { $$.reasons = {std::move($1)}; }
  ;

// --- Blocks ----------------------------------------------------------------------------------------

block: "{" actions "}" { $$ = Block{std::move($2), @1.end, @3.begin}; } ;
actions: %empty { $$ = {}; } | actions action { $$ = With(std::move($1), std::move($2)); } ;
action:
    SQL ";" { $$ = Action{builder.Sql(@1, std::move($1), {}), @1.begin}; }
  | "ON" plain_name SQL ";" { $$ = Action{builder.Sql(@3, std::move($3), std::move($2)), @1.begin}; }
  | if_branches "END" "IF" ";" { builder.Leave(); $$ = Action{std::move($1), @1.begin}; }
  | if_branches "ELSE" actions "END" "IF" ";" {
      builder.Leave();
      $1.branches.push_back({std::nullopt, std::move($3)});
      $$ = Action{std::move($1), @1.begin};
    }
  | while_head EXPRESSION "DO" actions "END" "WHILE" ";" {
      builder.Leave();
      $$ = Action{WhileAction{builder.Expression(@2, $2), std::move($4)}, @1.begin};
    }
  | "FAIL" TEXT ";" { $$ = Action{FailAction{std::move($2)}, @1.begin}; }
  | "CALL" WORD "." WORD opt_arguments opt_into ";" {
      $$ = Action{CallAction{Name{std::move($2), @2.begin}, Name{std::move($4), @4.begin}, std::move($5),
                             std::move($6)},
                  @1.begin};
    }
  | "THINK" EXPRESSION ";" { $$ = Action{ThinkAction{builder.Duration(@2, $2)}, @1.begin}; }
  ;
if_head: "IF" { if (!builder.Enter(@1)) YYABORT; } ;
while_head: "WHILE" { if (!builder.Enter(@1)) YYABORT; } ;
if_branches:
    if_head EXPRESSION "THEN" actions {
      $$.branches.push_back({builder.Expression(@2, $2), std::move($4)});
    }
  | if_branches "ELSEIF" EXPRESSION "THEN" actions {
      $$ = std::move($1);
      $$.branches.push_back({builder.Expression(@3, $3), std::move($5)});
    }
  ;
opt_arguments: "(" ")" { $$ = {}; } | "(" arguments ")" { $$ = std::move($2); } ;
arguments:
    EXPRESSION { $$ = {builder.Expression(@1, $1)}; }
  | arguments "," EXPRESSION { $$ = With(std::move($1), builder.Expression(@3, $3)); }
  ;
opt_into: %empty { $$ = {}; } | "INTO" VARIABLE { $$ = Name{std::move($2), @2.begin}; } ;

// --- What must stay true ---------------------------------------------------------------------------

opt_always: %empty { $$ = false; } | "always" { $$ = true; } ;

// --- Fixes -----------------------------------------------------------------------------------------

fix_items: %empty { $$ = {}; } | fix_items fix_item { $$ = With(std::move($1), std::move($2)); } ;
fix_item:
    "replace" step_ref block { $$ = ReplaceStep{std::move($2), std::move($3)}; }
  | "remove" step_ref { $$ = RemoveStep{std::move($2)}; }
  | "before" step_ref step { $$ = InsertBeside{std::move($2), true, std::move($3)}; }
  | "after" step_ref step { $$ = InsertBeside{std::move($2), false, std::move($3)}; }
  | "around" step_ref block opt_finally {
      $$ = WrapSteps{$2, $2, std::move($3), std::move($4).value_or(Block{})};
    }
  | "around" step_ref "to" step_ref block opt_finally {
      $$ = WrapSteps{std::move($2), std::move($4), std::move($5), std::move($6).value_or(Block{})};
    }
  | "setup" block { $$ = MoreSetup{std::move($2)}; }
  | "isolation" LEVEL { $$ = SetIsolation{builder.Level(@2, $2)}; }
  | retry { $$ = SetRetry{std::move($1)}; }
  | "server" server_setting { $$ = std::move($2); }
  | "processes" quantity { $$ = SetProcesses{builder.CheckedProcesses(std::move($2))}; }
  | "use" name { $$ = UseFix{std::move($2)}; }
  ;
opt_finally: %empty { $$ = std::nullopt; } | "finally" block { $$ = std::move($2); } ;
step_ref:
    name { $$ = StepRef{{}, std::move($1)}; }
  | name "." name { $$ = StepRef{std::move($1), std::move($3)}; }
  ;

// --- Schedules -------------------------------------------------------------------------------------

permutation_steps:
    permutation_step { $$ = {std::move($1)}; }
  | permutation_steps permutation_step { $$ = With(std::move($1), std::move($2)); }
  ;
permutation_step:
    WORD opt_markers { $$ = PermutationStep{Name{std::move($1), @1.begin}, std::move($2)}; }
  | QUOTED opt_markers { $$ = builder.QuotedStep(@1, std::move($1), std::move($2)); }
  | WORD "." name opt_markers { $$ = PermutationStep{Name{$1 + "." + $3.text, @1.begin}, std::move($4)}; }
  ;
listed_steps:
    permutation_step { $$ = {std::move($1)}; }
  | listed_steps permutation_step { $$ = With(std::move($1), std::move($2)); }
  ;
opt_markers: %empty { $$ = {}; } | "(" markers ")" { $$ = std::move($2); } ;
markers:
    marker { $$ = {std::move($1)}; }
  | markers "," marker { $$ = With(std::move($1), std::move($3)); }
  ;
marker:
    "*" { $$ = StepMarker{}; }
  | name { $$ = StepMarker{StepMarker::Kind::kAfterStep, std::move($1), 0}; }
  | name "." name {
      $$ = StepMarker{StepMarker::Kind::kAfterStep, Name{$1.text + "." + $3.text, $1.offset}, 0};
    }
  | name "notices" NUMBER {
      $$ = StepMarker{StepMarker::Kind::kAfterNotices, std::move($1), builder.Count(@3, $3)};
    }
  ;

// --- Expectations ----------------------------------------------------------------------------------

opt_fix_name: %empty { $$ = {}; } | plain_name ;
verdict:
    "breaks" { $$.verdict = ExpectedVerdict::kBreaks; }
  | "holds" { $$.verdict = ExpectedVerdict::kHolds; }
  | "breaks" condition { $$ = std::move($2); $$.verdict = ExpectedVerdict::kBreaks; }
  | "holds" condition { $$ = std::move($2); $$.verdict = ExpectedVerdict::kHolds; }
  | condition
  ;
condition:
    ":" "some" EXPRESSION {
      $$.scope = ExpectationScope::kSomeSchedule;
      $$.condition = builder.Expression(@3, $3);
    }
  | ":" "every" EXPRESSION {
      $$.scope = ExpectationScope::kEverySchedule;
      $$.condition = builder.Expression(@3, $3);
    }
  ;
opt_in: %empty { $$ = {}; } | "in" name { $$ = std::move($2); } ;

%%

namespace nextkey::race {

void Grammar::report_syntax_error(const context& context) const {
  std::vector<symbol_kind_type> kinds(static_cast<std::size_t>(YYNTOKENS));
  const int count = context.expected_tokens(kinds.data(), static_cast<int>(kinds.size()));
  std::vector<int> expected;
  for (int i = 0; i < count; ++i) expected.push_back(static_cast<int>(kinds[static_cast<std::size_t>(i)]));
  builder.FailSyntax(std::move(expected));
}

void Grammar::error(const location_type& place, const std::string& message) {
  builder.Complain(place.begin, message, "");
}

}  // namespace nextkey::race
