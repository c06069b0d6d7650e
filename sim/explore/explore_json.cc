// The JSON of an exploration. Numbers of any size are texts, so that no reader rounds them.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/explore/explore_text.h"
#include "sim/race/schedule.h"

namespace nextkey {
namespace {

using Json = nlohmann::ordered_json;

Json ValueJson(const Value& value) {
  if (value.IsNull()) return nullptr;
  if (value.kind() == ValueKind::kInt) return value.AsInt();
  if (value.kind() == ValueKind::kUnsigned) return value.AsUnsigned();
  return value.ToText();
}

Json SchedulesJson(const Exploration& exploration, const std::optional<Whole>& schedules) {
  if (!exploration.HasCounts()) return nullptr;
  return schedules ? Json(schedules->str()) : Json("infinite");
}

std::string_view StopName(SearchStop stop) {
  switch (stop) {
    case SearchStop::kNot:
      return "";
    case SearchStop::kStates:
      return "states";
    case SearchStop::kBytes:
      return "memory";
    case SearchStop::kAsked:
      return "time or interrupt";
  }
  return "";
}

Json OutcomeJson(const Exploration& exploration, const ExploredOutcome& outcome) {
  const Program& program = *exploration.program;
  Json end = Json::object();
  for (std::size_t i = 0; i < outcome.end.counts.ended.size(); ++i)
    end[std::string(RequestEndName(static_cast<RequestEnd>(i)))] = outcome.end.counts.ended[i];
  end["stuck"] = outcome.end.counts.stuck;
  for (std::size_t i = 0; i < outcome.end.results.size(); ++i)
    end[program.results[i].name] = ValueJson(outcome.end.results[i]);
  Json violates = Json::array();
  for (const BrokenInvariant& broken : outcome.end.broken)
    violates.push_back(program.invariants[broken.invariant].sentence);
  Json json = {{"outcome", std::move(end)}, {"violates", std::move(violates)}};
  json["schedules"] = SchedulesJson(exploration, outcome.schedules);
  if (exploration.is_complete) {
    json["probability"] = outcome.probability.convert_to<double>();
    json["probability_exact"] =
        fmt::format("{}/{}", numerator(outcome.probability).str(), denominator(outcome.probability).str());
  } else {
    json["probability"] = nullptr;
    json["probability_exact"] = nullptr;
  }
  json["witness"] = {{"token", TokenOf(program, outcome.witness)},
                     {"switches", outcome.switches},
                     {"steps", outcome.witness.choices.size()}};
  return json;
}

}  // namespace

std::string ExplorationJson(const Exploration& exploration, const ExploreScope& scope) {
  const Program& program = *exploration.program;
  Json parameters = Json::object();
  for (const auto& [name, value] : program.parameters) parameters[name] = ValueJson(value);
  Json json;
  json["race"] = program.file->title.text;
  json["fix"] = program.options.fix;
  json["clients"] = program.clients.size();
  json["scope"] = {{"granularity", "statement"},
                   {"timing", "maximal progress"},
                   {"purge", scope.purges_eagerly ? "eager" : "off"},
                   {"faults", scope.faults},
                   {"server", "mariadb-10.11"},
                   {"parameters", std::move(parameters)},
                   {"symmetry", exploration.symmetry}};
  json["complete"] = exploration.is_complete;
  if (exploration.most_switches) json["most_switches"] = *exploration.most_switches;
  if (!exploration.HasCounts()) json["stopped_by"] = StopName(exploration.stop);
  json["schedules"] = SchedulesJson(exploration, exploration.schedules);
  json["states"] = exploration.states;
  json["transitions"] = exploration.transitions;
  json["depth"] = exploration.depth;
  json["outcomes"] = Json::array();
  for (const ExploredOutcome& outcome : exploration.outcomes)
    json["outcomes"].push_back(OutcomeJson(exploration, outcome));
  json["verdict"] = VerdictName(exploration.verdict);
  return json.dump();
}

}  // namespace nextkey
