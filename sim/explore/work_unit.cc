#include "sim/explore/work_unit.h"

#include <exception>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "sim/source_file.h"

namespace nextkey {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kUnitFormat = "nextkey work unit 1";
constexpr const char* kResultFormat = "nextkey unit result 1";

std::string FractionText(const Fraction& fraction) {
  return numerator(fraction).str() + "/" + denominator(fraction).str();
}

// Of what the file says too much or too little the caller makes a mistake.
Whole ReadWhole(const std::string& text) {
  if (text.empty() || text.find_first_not_of("0123456789") != text.npos)
    throw std::runtime_error("\"" + text + "\" is no whole number");
  // A leading zero would make it octal.
  return Whole(text.size() > 1
                   ? text.substr(text.find_first_not_of('0') == text.npos ? text.size() - 1
                                                                          : text.find_first_not_of('0'))
                   : text);
}

Fraction ReadFraction(const std::string& text) {
  const std::size_t line = text.find('/');
  if (line == text.npos) throw std::runtime_error("\"" + text + "\" is no fraction");
  const Whole below = ReadWhole(text.substr(line + 1));
  if (below == 0) throw std::runtime_error("\"" + text + "\" divides by nothing");
  return Fraction(ReadWhole(text.substr(0, line)), below);
}

Json SchedulesJson(const std::optional<Whole>& schedules) {
  return schedules ? Json(schedules->str()) : Json("infinite");
}
std::optional<Whole> ReadSchedules(const Json& json) {
  const auto text = json.get<std::string>();
  if (text == "infinite") return std::nullopt;
  return ReadWhole(text);
}

void PutSplit(const SplitRace& split, std::uint32_t number, Json& json) {
  json["unit"] = number;
  json["units"] = split.units;
  json["states_before"] = split.states_before;
  json["race"] = Json::parse(ToJson(split.race));
}

void ReadSplit(const Json& json, SplitRace& split, std::uint32_t& number) {
  json.at("unit").get_to(number);
  json.at("units").get_to(split.units);
  json.at("states_before").get_to(split.states_before);
  split.race = ReadSearchedRace(json.at("race").dump());
}

Json WitnessJson(const Witness& witness) {
  return {{"switches", witness.switches}, {"edges", witness.edges}};
}
Witness ReadWitness(const Json& json) {
  return {json.at("switches").get<std::uint32_t>(), json.at("edges").get<std::vector<std::uint32_t>>()};
}

Json StartJson(const UnitStart& start) {
  Json ways = Json::array();
  for (const WayToStart& way : start.ways) {
    Json json = WitnessJson(way.way);
    json["last"] = way.last.IsClient() ? Json(way.last.position) : Json(nullptr);
    ways.push_back(std::move(json));
  }
  return {{"token", start.token},
          {"schedules", start.weight.schedules.str()},
          {"probability", FractionText(start.weight.probability)},
          {"ways", std::move(ways)}};
}

UnitStart ReadStart(const Json& json) {
  UnitStart start;
  json.at("token").get_to(start.token);
  start.weight.schedules = ReadWhole(json.at("schedules").get<std::string>());
  start.weight.probability = ReadFraction(json.at("probability").get<std::string>());
  for (const Json& one : json.at("ways")) {
    WayToStart way;
    if (!one.at("last").is_null()) way.last.position = one.at("last").get<std::uint16_t>();
    way.way = ReadWitness(one);
    start.ways.push_back(std::move(way));
  }
  return start;
}

// `read` may throw: what it says becomes a mistake.
template <class File, class Read>
std::variant<File, Mistake> ReadJson(const std::string& path, const char* format, Read read) {
  auto source = ReadSourceFile(path);
  if (auto* mistake = std::get_if<Mistake>(&source)) return std::move(*mistake);
  const auto refuse = [&](std::string message) {
    Mistake mistake;
    mistake.file = path;
    mistake.message = std::move(message);
    mistake.remedy = "`nextkey explore --split` writes units, `nextkey explore --unit` their results.";
    return mistake;
  };
  const Json json = Json::parse(std::get<SourceFile>(source).text, nullptr, false);
  if (!json.is_object() || json.value("format", Json()) != Json(format))
    return refuse("this is no file of the format \"" + std::string(format) + "\"");
  try {
    return read(json);
  } catch (const std::exception& error) {
    return refuse(std::string("the file is damaged: ") + error.what());
  }
}

}  // namespace

std::string ToJson(const WorkUnit& unit) {
  Json json = {{"format", kUnitFormat}};
  PutSplit(unit.split, unit.number, json);
  json["starts"] = Json::array();
  for (const UnitStart& start : unit.starts) json["starts"].push_back(StartJson(start));
  return json.dump(1) + "\n";
}

std::string ToJson(const UnitResult& result) {
  Json json = {{"format", kResultFormat}};
  PutSplit(result.split, result.number, json);
  json["complete"] = result.is_complete;
  json["states"] = result.states;
  json["transitions"] = result.transitions;
  json["depth"] = result.depth;
  json["schedules"] = SchedulesJson(result.schedules);
  json["never_ends"] = FractionText(result.never_ends);
  json["outcomes"] = Json::array();
  for (const UnitOutcome& outcome : result.outcomes) {
    json["outcomes"].push_back({{"schedules", SchedulesJson(outcome.schedules)},
                                {"probability", FractionText(outcome.probability)},
                                {"witness", WitnessJson(outcome.witness)}});
  }
  return json.dump(1) + "\n";
}

std::variant<WorkUnit, Mistake> ReadWorkUnit(const std::string& path) {
  return ReadJson<WorkUnit>(path, kUnitFormat, [](const Json& json) {
    WorkUnit unit;
    ReadSplit(json, unit.split, unit.number);
    for (const Json& start : json.at("starts")) unit.starts.push_back(ReadStart(start));
    return unit;
  });
}

std::variant<UnitResult, Mistake> ReadUnitResult(const std::string& path) {
  return ReadJson<UnitResult>(path, kResultFormat, [](const Json& json) {
    UnitResult result;
    ReadSplit(json, result.split, result.number);
    json.at("complete").get_to(result.is_complete);
    json.at("states").get_to(result.states);
    json.at("transitions").get_to(result.transitions);
    json.at("depth").get_to(result.depth);
    result.schedules = ReadSchedules(json.at("schedules"));
    result.never_ends = ReadFraction(json.at("never_ends").get<std::string>());
    for (const Json& one : json.at("outcomes")) {
      result.outcomes.push_back({ReadSchedules(one.at("schedules")),
                                 ReadFraction(one.at("probability").get<std::string>()),
                                 ReadWitness(one.at("witness"))});
    }
    return result;
  });
}

}  // namespace nextkey
