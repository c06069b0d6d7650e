#include "sim/explore/work_unit.h"

#include <exception>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "sim/race/parser.h"
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

Json RaceJson(const SplitRace& race) {
  return {{"file", race.file},
          {"text", race.text},
          {"fix", race.options.fix},
          {"clients", race.options.clients},
          {"parameters", race.options.parameters},
          {"faults", race.options.faults},
          {"load", race.options.uses_load_values},
          {"purge", PurgeName(race.options.purge)},
          {"granularity", GranularityName(race.options.granularity)},
          {"timing", TimingName(race.options.timing)},
          {"ticks", race.options.ticks},
          {"symmetry", race.sorts_clients},
          {"arrivals", race.keeps_arrivals},
          {"program", race.program},
          {"units", race.units},
          {"states_before", race.states_before}};
}

// The value of an enum that has the name.
template <class Enum, Enum kLast>
Enum ByName(const Json& json, std::string_view (*name_of)(Enum)) {
  const auto name = json.get<std::string>();
  for (int i = 0; i <= static_cast<int>(kLast); ++i) {
    if (name_of(static_cast<Enum>(i)) == name) return static_cast<Enum>(i);
  }
  throw std::runtime_error("\"" + name + "\" is not known");
}

SplitRace ReadRaceOf(const Json& json) {
  SplitRace race;
  json.at("file").get_to(race.file);
  json.at("text").get_to(race.text);
  json.at("fix").get_to(race.options.fix);
  json.at("clients").get_to(race.options.clients);
  json.at("parameters").get_to(race.options.parameters);
  json.at("faults").get_to(race.options.faults);
  json.at("load").get_to(race.options.uses_load_values);
  race.options.purge = ByName<PurgeMode, PurgeMode::kChoice>(json.at("purge"), PurgeName);
  race.options.granularity = ByName<Granularity, Granularity::kRow>(json.at("granularity"), GranularityName);
  race.options.timing = ByName<Timing, Timing::kAny>(json.at("timing"), TimingName);
  json.at("ticks").get_to(race.options.ticks);
  json.at("symmetry").get_to(race.sorts_clients);
  json.at("arrivals").get_to(race.keeps_arrivals);
  json.at("program").get_to(race.program);
  json.at("units").get_to(race.units);
  json.at("states_before").get_to(race.states_before);
  return race;
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
          {"choices", start.weight.choices},
          {"schedules", start.weight.schedules.str()},
          {"probability", FractionText(start.weight.probability)},
          {"ways", std::move(ways)}};
}

UnitStart ReadStart(const Json& json) {
  UnitStart start;
  json.at("token").get_to(start.token);
  json.at("choices").get_to(start.weight.choices);
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

std::string ToJson(const SplitRace& race) { return RaceJson(race).dump(); }

SplitRace ReadSplitRace(const std::string& json) { return ReadRaceOf(Json::parse(json)); }

SplitRace SplitRaceOf(const Program& program, bool sorts_clients, bool keeps_arrivals) {
  SplitRace race;
  race.file = program.file->source.name;
  race.text = program.file->source.text;
  race.options = program.options;
  race.sorts_clients = sorts_clients;
  race.keeps_arrivals = keeps_arrivals;
  race.program = program.fingerprint.ToHex();
  return race;
}

std::string ToJson(const WorkUnit& unit) {
  Json json = {{"format", kUnitFormat}, {"unit", unit.number}, {"race", RaceJson(unit.race)}};
  json["starts"] = Json::array();
  for (const UnitStart& start : unit.starts) json["starts"].push_back(StartJson(start));
  return json.dump(1) + "\n";
}

std::string ToJson(const UnitResult& result) {
  Json json = {{"format", kResultFormat},
               {"unit", result.number},
               {"race", RaceJson(result.race)},
               {"complete", result.is_complete},
               {"states", result.states},
               {"transitions", result.transitions},
               {"depth", result.depth},
               {"schedules", SchedulesJson(result.schedules)},
               {"never_ends", FractionText(result.never_ends)}};
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
    unit.race = ReadRaceOf(json.at("race"));
    json.at("unit").get_to(unit.number);
    for (const Json& start : json.at("starts")) unit.starts.push_back(ReadStart(start));
    return unit;
  });
}

std::variant<UnitResult, Mistake> ReadUnitResult(const std::string& path) {
  return ReadJson<UnitResult>(path, kResultFormat, [](const Json& json) {
    UnitResult result;
    result.race = ReadRaceOf(json.at("race"));
    json.at("unit").get_to(result.number);
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

std::variant<ProgramRef, std::vector<Mistake>> ProgramOf(const SplitRace& race) {
  RaceFileOrMistakes read = ReadRaceFile(SourceFile{race.file, race.text});
  if (auto* mistakes = std::get_if<std::vector<Mistake>>(&read)) return std::move(*mistakes);
  auto built =
      BuildProgram(std::make_shared<const RaceFile>(std::get<RaceFile>(std::move(read))), race.options);
  if (const auto* program = std::get_if<ProgramRef>(&built);
      program != nullptr && (*program)->fingerprint.ToHex() != race.program) {
    Mistake mistake;
    mistake.file = race.file;
    mistake.message = "this race means something else here than where it was split";
    mistake.remedy = "Use the same version of nextkey for all parts.";
    return std::vector{std::move(mistake)};
  }
  return built;
}

bool AreOfOneSearch(const SplitRace& a, const SplitRace& b) { return RaceJson(a) == RaceJson(b); }

}  // namespace nextkey
