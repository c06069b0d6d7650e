// A race file as it was written: what one request does, how many arrive, what must stay true, and
// the fixes that are put on trial. Made by parser.h, put together with a fix by program.h.
//
// The format contains PostgreSQL's isolationtester specs: `session`, `setup`, `step`, `teardown` and
// `permutation` mean what they mean there. Plain data that never changes once it is read; offsets
// count bytes in the source, for messages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/value.h"
#include "sim/source_file.h"
#include "txn/sql/ast.h"

namespace nextkey {

// As it was written, with its place. Empty text: none was given.
struct Name {
  std::string text;
  std::size_t offset = 0;
};

// --- What a step does ------------------------------------------------------------------------------

struct Action;
using Actions = std::vector<Action>;

// An expression over variables alone; no tables, no subqueries.
struct LocalExpression {
  sql::ExprRef expression;
  std::string text;
  std::size_t offset = 0;
};

// Passed to the server unchanged. `server` names a replica; empty: the primary.
struct SqlAction {
  sql::StatementRef statement;
  std::string text;
  Name server;
  std::size_t offset = 0;  // Of the text.
};

struct IfAction {
  struct Branch {
    std::optional<LocalExpression> condition;  // Absent: ELSE.
    Actions actions;
  };
  std::vector<Branch> branches;
};

struct WhileAction {
  LocalExpression condition;
  Actions actions;
};

// The request is refused: open scopes are left (ROLLBACK, FINALLY blocks) and it ends.
struct FailAction {
  std::string reason;
};

// CALL service.operation(arguments) [INTO @variable]
struct CallAction {
  Name service;
  Name operation;
  std::vector<LocalExpression> arguments;
  Name into;  // Lower case, without the @; empty: nowhere.
};

// Work outside of all services, for so long.
struct ThinkAction {
  LocalExpression milliseconds;
};

struct Action {
  std::variant<SqlAction, IfAction, WhileAction, FailAction, CallAction, ThinkAction> what;
  std::size_t offset = 0;
};

struct Block {
  Actions actions;
  std::size_t begin = 0;  // Of the text between the braces.
  std::size_t end = 0;
};

struct Step {
  Name name;
  Block block;
};

// --- Who arrives -----------------------------------------------------------------------------------

// What a request does when an error or a FAIL ended it: try again from its first step.
struct Retry {
  LocalExpression times;             // How often after the first try.
  std::vector<int> errors;           // 1213, 1205, ..
  std::vector<std::string> reasons;  // Of FAIL.
  std::optional<LocalExpression> backoff_ms;
  bool backoff_doubles = false;
  std::size_t offset = 0;
};

// A session of isolationtester is a template with one client.
struct ClientTemplate {
  Name name;
  bool is_session = false;               // Its steps run when a permutation names them, in that order.
  std::optional<LocalExpression> count;  // Absent: one.
  std::optional<Block> setup;            // Runs when the client connects: no choice of the scheduler.
  std::vector<Step> steps;
  std::optional<Block> teardown;
  std::optional<Retry> retry;
  std::optional<sql::IsolationLevel> isolation;
};

// A number that the file gives a name; sessions have it as @name, and --set name=value changes it.
struct Parameter {
  Name name;
  Value value;
  std::optional<Value> load_value;  // The document's own, for load.
  std::string description;
};

enum class ServiceKind : std::uint8_t {
  kMutex,         // In-process, one a server process.
  kPool,          // Connections.
  kRedis,         // One node, raw commands.
  kSimpleLock,    // Lettuce: SETNX, DEL.
  kSpinLock,      // SETNX over and over.
  kRedissonLock,  // Wait, lease, watchdog, publish/subscribe.
  kRedlock,       // Over several nodes.
  kReplica,       // A second MySQL server that follows the primary.
};

struct ServiceOption {
  Name name;
  LocalExpression value;  // Times are in milliseconds: `5 s` is 5000.
  bool has_unit = false;  // `5 s`, not `5`.
};

struct Service {
  Name name;
  ServiceKind kind = ServiceKind::kMutex;
  std::vector<ServiceOption> options;
};

enum class FaultKind : std::uint8_t {
  kPause,      // A client stands still for a while (a long garbage collection).
  kDie,        // A client is gone, with all it holds in its process; its connections break.
  kLoseNode,   // A Redis node comes back empty.
  kFailOver,   // A Redis node's follower takes over without the last writes.
  kClockJump,  // A Redis node's clock moves.
};

// At most once in a schedule, at any choice (or only when a client is about to do `at_step`).
struct Fault {
  Name name;
  FaultKind kind = FaultKind::kPause;
  Name target;  // A client template or a Redis service.
  std::optional<Name> at_step;
  std::optional<LocalExpression> milliseconds;  // kPause, kClockJump.
};

// --- What must stay true -----------------------------------------------------------------------------

// Holds if every row's only value is true. Sees @succeeded, @refused, @deadlocked, @timed_out,
// @failed and @stuck: how many requests ended so.
struct Invariant {
  std::string sentence;
  SqlAction query;
  bool is_always = false;  // After every choice, not just at the end.
  std::size_t offset = 0;
};

// A number or text to tell outcomes apart.
struct ResultQuery {
  Name name;
  SqlAction query;
};

enum class ExpectationScope : std::uint8_t { kSomeSchedule, kEverySchedule };
enum class ExpectedVerdict : std::uint8_t { kBreaks, kHolds };

// What the document saw. `fix` is empty for the race as it is.
struct Expectation {
  Name fix;
  std::optional<ExpectedVerdict> verdict;
  ExpectationScope scope = ExpectationScope::kSomeSchedule;
  std::optional<LocalExpression> condition;  // Over results and the counts above, as variables.
  Name schedule;                             // The named schedule that shows it; empty: any.
  std::string source;                        // "D0.a", ..
  std::size_t offset = 0;
};

// --- Fixes -----------------------------------------------------------------------------------------

// A step of a template: `read`, or `buyer.read` where several templates have one.
struct StepRef {
  Name client;  // Empty text: the only one that has it.
  Name step;
};

struct ReplaceStep {
  StepRef step;
  Block block;
};
struct RemoveStep {
  StepRef step;
};
struct InsertBeside {
  StepRef step;
  bool is_before = true;
  Step inserted;  // A step of its own, with a name of its own.
};
// Runs `enter` before `first`, and `leave` after `last` or when the request fails in between.
struct WrapSteps {
  StepRef first;
  StepRef last;
  Block enter;
  Block leave;
};
struct MoreSetup {
  Block block;
};
struct SetIsolation {
  sql::IsolationLevel level = sql::IsolationLevel::kRepeatableRead;
};
struct SetRetry {
  Retry retry;
};
// A global variable of the server when it starts.
struct SetServer {
  Name variable;
  std::string value;
};
struct SetProcesses {
  LocalExpression count;
};
struct UseFix {
  Name fix;
};

using FixItem = std::variant<ReplaceStep, RemoveStep, InsertBeside, WrapSteps, MoreSetup, SetIsolation,
                             SetRetry, SetServer, SetProcesses, UseFix>;

struct Fix {
  Name name;
  std::string sentence;
  std::vector<FixItem> items;
};

// --- Schedules ---------------------------------------------------------------------------------------

// When isolationtester reports a step of a permutation as completed.
struct StepMarker {
  enum class Kind : std::uint8_t { kStar, kAfterStep, kAfterNotices };
  Kind kind = Kind::kStar;
  Name step;
  std::uint32_t notices = 0;
};

struct PermutationStep {
  Name step;  // A step's name; `buyer2.read` for the second buyer's.
  std::vector<StepMarker> markers;
};

struct Permutation {
  Name name;  // Empty in isolationtester's own specs.
  std::string sentence;
  std::vector<PermutationStep> steps;
  std::size_t offset = 0;
};

struct RaceFile {
  SourceFile source;
  Name title;  // race NAME "sentence"; empty in isolationtester's specs.
  std::string sentence;
  std::vector<std::string> story;            // The comment lines that open the file.
  std::optional<LocalExpression> processes;  // Of the application: `processes 2`. Absent: one.
  std::vector<Parameter> parameters;
  std::vector<Service> services;
  std::vector<Block> setup;  // Each in a session of its own, in order.
  std::optional<Block> teardown;
  std::vector<SetServer> server;  // server NAME = VALUE
  std::vector<ClientTemplate> clients;
  std::vector<Fault> faults;
  std::vector<Invariant> invariants;
  std::vector<ResultQuery> results;
  std::vector<Fix> fixes;
  std::vector<Permutation> permutations;
  std::vector<Expectation> expectations;
};

}  // namespace nextkey
