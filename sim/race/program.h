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
#include <variant>
#include <vector>

#include "engine/fingerprint.h"
#include "sim/mistake.h"
#include "sim/race/ast.h"
#include "sim/race/services.h"

namespace nextkey {

struct RaceOptions {
  std::string fix;                                     // Empty: the race as it is.
  std::map<std::string, std::uint32_t> clients = {};   // By template; absent: the file's number.
  std::map<std::string, std::string> parameters = {};  // By name: --set.
  std::vector<std::string> faults = {};                // Those in scope, by name.
  bool uses_load_values = false;                       // The documents' own numbers.
  bool purges_eagerly = true;
};

// --- Instructions ----------------------------------------------------------------------------------
// Only the first three can be a choice of the scheduler; the others are local and belong to the
// choice before them.

struct SendSql {
  sql::StatementRef statement;
  std::uint32_t server = 0;  // 0: the primary; then the replicas.
  bool is_local = false;     // Sets variables of the client alone (SET @x = @y + 1): no choice.
};
struct CallService {
  std::uint32_t service = 0;
  ServiceOperation operation;
  std::vector<sql::ExprRef> arguments;
  std::string into;
};
struct Think {
  sql::ExprRef milliseconds;
};
struct Jump {
  std::uint32_t target = 0;
};
struct JumpUnless {
  sql::ExprRef condition;
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
struct ResumeUnwinding {};
struct EndRequest {};

struct Instruction {
  std::variant<SendSql, CallService, Think, Jump, JumpUnless, Fail, EnterScope, LeaveScope, ResumeUnwinding,
               EndRequest>
      what;
  std::uint32_t step = 0;  // Place in ProgramTemplate::steps.
  std::string text;        // As reports show it.
  std::size_t offset = 0;  // In the race file.
};

struct ProgramTemplate {
  std::string name;
  std::vector<sql::StatementRef> setup;  // When a client connects.
  std::vector<std::string> steps;        // Names.
  std::vector<Instruction> instructions;
  std::vector<sql::StatementRef> teardown;
  std::optional<Retry> retry;
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
  std::map<std::string, Value> parameters;
  std::vector<ServiceConfiguration> services;
  std::vector<std::string> servers;  // Names: `primary`, then the replicas.
  std::vector<Fault> faults;         // In scope.
  std::vector<SetServer> server_variables;
  std::vector<std::vector<sql::StatementRef>> setup;  // Each in a session of its own.
  Fingerprint fingerprint;  // Of all that decides what a schedule means: file, fix, clients, parameters,
                            // server, purge.
};
using ProgramRef = std::shared_ptr<const Program>;

// Mistakes: an unknown fix, template, parameter or fault in the options; a fix whose step is gone.
std::variant<ProgramRef, std::vector<Mistake>> BuildProgram(std::shared_ptr<const RaceFile> file,
                                                            RaceOptions options);

}  // namespace nextkey
