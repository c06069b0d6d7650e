// A race that can be played: a race file with one fix, a number of clients and parameter values, put
// together. Each client template has become one flat list of instructions.
//
// Programs stand outside of the world, are shared by all of its copies and never change: a client's
// place in its request is one number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/fingerprint.h"
#include "sim/mistake.h"
#include "sim/race/ast.h"
#include "sim/race/services.h"
#include "txn/server.h"
#include "txn/session_expression.h"
#include "txn/session_variables.h"

namespace nextkey {

enum class Granularity : std::uint8_t {
  kStatement,  // A statement runs until it ends or waits; whom it lets go runs on within the same choice.
  kRow,        // It stops before each row's lock, too, and each going on is a choice of its own.
};
enum class Timing : std::uint8_t {
  kMaximalProgress,  // Time moves when nobody can act, to the earliest deadline.
  kAny,              // Any timer may fire at any moment, and time may pass between two statements.
};

struct RaceOptions {
  std::string fix;                                     // Empty: the race as it is.
  std::map<std::string, std::uint32_t> clients = {};   // By template; absent: the file's number.
  std::map<std::string, std::string> parameters = {};  // By name: --set.
  std::vector<std::string> faults = {};                // Those in scope, by name.
  bool uses_load_values = false;                       // The documents' own numbers.
  PurgeMode purge = PurgeMode::kEager;
  Granularity granularity = Granularity::kStatement;
  Timing timing = Timing::kMaximalProgress;
  std::uint32_t ticks = 1;  // Of any timing: how often a second may pass, where somebody reads the clock.
  std::optional<sql::IsolationLevel> isolation = {};  // Of all clients, whatever file and fix say.
};

// As results spell them.
std::string_view GranularityName(Granularity granularity);  // statement, row
std::string_view TimingName(Timing timing);                 // maximal progress, any
std::string_view PurgeName(PurgeMode purge);                // eager, off, choice

// --- Instructions ----------------------------------------------------------------------------------
// Only the first two are choices of the scheduler; the others are local and belong to the choice
// before them.

struct SendSql {
  sql::StatementRef statement;
  std::uint32_t server = 0;  // 0: the primary; then the replicas.
};
struct CallService {
  std::uint32_t service = 0;
  ServiceOperation operation = ServiceOperation::kLock;
  std::vector<SessionExpressionRef> arguments;
  std::string into;  // Empty: nowhere.
};
// SET of the client's variables alone.
struct SetVariables {
  struct Assignment {
    std::string name;
    SessionExpressionRef value;
  };
  std::vector<Assignment> assignments;
};
// The end of the pause is a timer, and so a choice.
struct Think {
  SessionExpressionRef milliseconds;
};
struct Jump {
  std::uint32_t target = 0;
};
struct JumpUnless {
  SessionExpressionRef condition;
  std::uint32_t target = 0;
};
struct Fail {
  std::string reason;
};
// From here on a failing request runs the instructions at `leave` (up to ResumeUnwinding).
struct EnterScope {
  std::uint32_t leave = 0;
};
struct LeaveScope {};
// Ends what a scope does when it is left; without effect where nothing failed.
struct ResumeUnwinding {};
struct EndRequest {};

struct Instruction {
  std::variant<SendSql, CallService, SetVariables, Think, Jump, JumpUnless, Fail, EnterScope, LeaveScope,
               ResumeUnwinding, EndRequest>
      what;
  std::uint32_t step = 0;  // Place in ProgramTemplate::steps.
  std::string text;        // As reports show it.
  std::size_t offset = 0;  // In the race file.
};

struct RetryRule {
  std::int64_t times = 0;
  std::vector<int> errors;
  std::vector<std::string> reasons;
  std::int64_t backoff_ms = 0;
  bool backoff_doubles = false;
};

// Statements that run outside of all schedules, with their places in the race file.
struct PlacedStatement {
  sql::StatementRef statement;
  std::uint32_t server = 0;
  std::size_t offset = 0;
};

struct ProgramTemplate {
  std::string name;
  std::vector<PlacedStatement> setup;  // When a client connects.
  std::vector<std::string> steps;      // Names.
  std::vector<Instruction> instructions;
  std::vector<PlacedStatement> teardown;
  std::optional<RetryRule> retry;
};

struct ProgramFault {
  std::string name;
  FaultKind kind = FaultKind::kPause;
  std::uint32_t target = 0;              // A template, or a service.
  std::optional<std::uint32_t> at_step;  // Of that template.
  std::int64_t milliseconds = 0;
};

struct ProgramInvariant {
  std::string sentence;
  PlacedStatement query;
  bool is_always = false;
};

struct ProgramResult {
  std::string name;
  PlacedStatement query;
};

struct Program {
  std::shared_ptr<const RaceFile> file;
  RaceOptions options;
  std::vector<ProgramTemplate> templates;
  struct ClientPlace {
    std::uint32_t template_index = 0;
    std::uint32_t number = 1;   // @me: counted through all templates, from 1.
    std::uint32_t process = 0;  // The application server it is connected to.
    std::string name;           // `buyer2`; a template's only client has the template's name.
  };
  std::vector<ClientPlace> clients;
  UserVariables parameters;
  std::vector<ServiceConfiguration> services;
  std::vector<std::string> servers;  // Names: `primary`, then the replicas.
  std::vector<ProgramFault> faults;  // In scope.
  std::vector<PlacedStatement> server_variables;
  std::vector<std::vector<PlacedStatement>> setup;  // Each in a session of its own.
  std::vector<PlacedStatement> teardown;
  std::vector<ProgramInvariant> invariants;
  std::vector<ProgramResult> results;
  sql::StatementRef rollback;  // What a failing request sends.
  // Of all that decides what a schedule means: file, fix, clients, parameters, faults, purge, granularity,
  // timing.
  Fingerprint fingerprint;

  const ProgramTemplate& TemplateOf(std::uint32_t client) const {
    return templates[clients[client].template_index];
  }
  std::optional<std::uint32_t> FindClient(std::string_view name) const;
};
using ProgramRef = std::shared_ptr<const Program>;

// What its fingerprint is, or would be with another purge, granularity or timing.
Fingerprint FingerprintOf(const Program& program, const RaceOptions& options);

// Mistakes: an unknown fix, template, parameter or fault in the options; a fix whose step is gone;
// numbers that make no sense.
std::variant<ProgramRef, std::vector<Mistake>> BuildProgram(std::shared_ptr<const RaceFile> file,
                                                            RaceOptions options);

}  // namespace nextkey
