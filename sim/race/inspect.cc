#include "sim/race/inspect.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/step_report.h"

namespace nextkey {

OutcomeCounts CountOutcomes(const RaceWorld& world) {
  OutcomeCounts counts;
  for (const Cow<ClientState>& client : world.clients) {
    if (client->phase == ClientPhase::kDone) {
      ++counts.ended[static_cast<std::size_t>(client->outcome.end)];
    } else {
      ++counts.stuck;
    }
  }
  return counts;
}

UserVariables VariablesOf(const Program& program, const OutcomeCounts& counts) {
  UserVariables variables = program.parameters;
  variables.reserve(variables.size() + counts.ended.size() + 1);
  for (std::size_t end = 0; end < counts.ended.size(); ++end) {
    const std::string name(RequestEndName(static_cast<RequestEnd>(end)));
    variables[name] = Value::Int(counts.ended[end]);
  }
  variables["stuck"] = Value::Int(counts.stuck);
  return variables;
}

std::variant<StatementResult, std::string> Ask(const RaceWorld& world, const PlacedStatement& query,
                                               const UserVariables& variables, PlanCache* plans) {
  Server server = world.servers[query.server];
  const SessionId session = server.Connect();
  server.SetUserVariables(session, variables);
  for (Event& event : server.Execute(session, query.statement, plans)) {
    auto* ended = std::get_if<StatementEnded>(&event);
    if (ended == nullptr || ended->session != session) continue;
    if (ended->result.error) return ErrorText(*ended->result.error);
    return std::move(ended->result);
  }
  return std::string("it would have to wait for a lock");
}

namespace {

std::vector<BrokenInvariant> BrokenInvariants(const RaceWorld& world, const Program& program,
                                              const UserVariables& variables, InvariantsAsked asked,
                                              PlanCache* plans) {
  std::vector<BrokenInvariant> broken;
  for (std::uint32_t i = 0; i < program.invariants.size(); ++i) {
    const ProgramInvariant& invariant = program.invariants[i];
    if (asked == InvariantsAsked::kAlwaysOnly && !invariant.is_always) continue;
    const auto answer = Ask(world, invariant.query, variables, plans);
    if (const auto* why = std::get_if<std::string>(&answer)) {
      broken.push_back({i, *why});
      continue;
    }
    const auto& rows = std::get<StatementResult>(answer).rows;
    const bool holds = std::all_of(rows.begin(), rows.end(), [](const std::vector<Value>& row) {
      return std::all_of(row.begin(), row.end(), [](const Value& value) { return IsTrue(value); });
    });
    if (!holds) broken.push_back({i, ""});
  }
  return broken;
}

}  // namespace

std::vector<BrokenInvariant> BrokenInvariants(const RaceWorld& world, const Program& program,
                                              InvariantsAsked asked, PlanCache* plans) {
  return BrokenInvariants(world, program, VariablesOf(program, CountOutcomes(world)), asked, plans);
}

EndState EndOf(const RaceWorld& world, const Program& program, PlanCache* plans) {
  EndState end;
  end.counts = CountOutcomes(world);
  const UserVariables variables = VariablesOf(program, end.counts);
  for (const ProgramResult& result : program.results) {
    const auto answer = Ask(world, result.query, variables, plans);
    const auto* rows = std::get_if<StatementResult>(&answer);
    const bool has_value = rows != nullptr && !rows->rows.empty() && !rows->rows.front().empty();
    end.results.push_back(has_value ? rows->rows.front().front() : Value::Null());
  }
  end.broken = BrokenInvariants(world, program, variables, InvariantsAsked::kAll, plans);
  return end;
}

}  // namespace nextkey
