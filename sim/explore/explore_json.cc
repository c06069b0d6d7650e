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

// What it is, and what it breaks.
Json EndJson(const Program& program, const EndState& state) {
  Json end = Json::object();
  for (std::size_t i = 0; i < state.counts.ended.size(); ++i)
    end[std::string(RequestEndName(static_cast<RequestEnd>(i)))] = state.counts.ended[i];
  end["stuck"] = state.counts.stuck;
  for (std::size_t i = 0; i < state.results.size(); ++i)
    end[program.results[i].name] = ValueJson(state.results[i]);
  Json violates = Json::array();
  for (const BrokenInvariant& broken : state.broken)
    violates.push_back(program.invariants[broken.invariant].sentence);
  return {{"outcome", std::move(end)}, {"violates", std::move(violates)}};
}

Json WitnessJson(const Program& program, const Schedule& witness, std::uint32_t switches) {
  return {{"token", TokenOf(program, witness)}, {"switches", switches}, {"steps", witness.choices.size()}};
}

Json OutcomeJson(const Exploration& exploration, const ExploredOutcome& outcome) {
  Json json = EndJson(*exploration.program, outcome.end);
  json["schedules"] = SchedulesJson(exploration, outcome.schedules);
  if (exploration.HasProbabilities()) {
    json["probability"] = outcome.probability.convert_to<double>();
    json["probability_exact"] =
        fmt::format("{}/{}", numerator(outcome.probability).str(), denominator(outcome.probability).str());
  } else {
    json["probability"] = nullptr;
    json["probability_exact"] = nullptr;
  }
  json["witness"] = WitnessJson(*exploration.program, outcome.witness, outcome.switches);
  return json;
}

// The race, the fix, and what the answer is about.
Json HeadJson(const Program& program, const ExploreScope& scope, const std::string& symmetry) {
  Json parameters = Json::object();
  for (const auto& [name, value] : program.parameters) parameters[name] = ValueJson(value);
  Json json;
  json["race"] = program.file->title.text;
  json["fix"] = program.options.fix;
  json["clients"] = program.clients.size();
  json["scope"] = {{"granularity", GranularityName(program.options.granularity)},
                   {"timing", TimingName(program.options.timing)},
                   {"purge", PurgeName(program.options.purge)},
                   {"faults", scope.faults},
                   {"server", "mariadb-10.11"},
                   {"parameters", std::move(parameters)},
                   {"symmetry", symmetry}};
  return json;
}

}  // namespace

std::string ExplorationJson(const Exploration& exploration, const ExploreScope& scope) {
  Json json = HeadJson(*exploration.program, scope, exploration.symmetry);
  json["complete"] = exploration.is_complete;
  if (exploration.most_switches) json["most_switches"] = *exploration.most_switches;
  if (!exploration.is_counted)
    json["mode"] = {{"name", "verdict"}, {"reduction", exploration.is_reduced ? "on" : "off"}};
  if (exploration.stop != SearchStop::kNot) json["stopped_by"] = StopName(exploration.stop);
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

std::string SampleJson(const Sample& sample, const ExploreScope& scope) {
  Json json = HeadJson(*sample.program, scope, "off");
  const bool is_uniform = sample.options.mode == SampleMode::kUniform;
  json["complete"] = false;
  json["mode"] = {{"name", is_uniform ? "random" : "pct"}, {"seed", sample.options.seed}};
  if (is_uniform) {
    json["unseen_below"] = sample.UnseenBound();
    const Interval share = sample.BadShare();
    json["bad_share"] = {{"from", share.from}, {"to", share.to}, {"confidence", 0.95}};
  } else {
    json["mode"]["depth"] = sample.options.depth;
    json["mode"]["actors"] = sample.actors;
    json["mode"]["choices"] = sample.longest;
    json["each_finds_at_least"] = sample.PctGuarantee();
  }
  json["sampled"] = sample.schedules;
  json["bad"] = sample.bad;
  json["cut"] = sample.cut;
  json["outcomes"] = Json::array();
  for (const SampledOutcome& outcome : sample.outcomes) {
    Json one = EndJson(*sample.program, outcome.end);
    one["seen"] = outcome.seen;
    one["witness"] = WitnessJson(*sample.program, outcome.witness, outcome.switches);
    json["outcomes"].push_back(std::move(one));
  }
  json["verdict"] = VerdictName(sample.verdict());
  return json.dump();
}

}  // namespace nextkey
