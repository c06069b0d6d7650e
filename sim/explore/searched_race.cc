#include "sim/explore/searched_race.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "sim/race/parser.h"
#include "sim/source_file.h"

namespace nextkey {
namespace {

using RaceJson = nlohmann::ordered_json;

RaceJson JsonOf(const SearchedRace& race) {
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
          {"program", race.program}};
}

// The value of an enum that has the name.
template <class Enum, Enum kLast>
Enum ByName(const RaceJson& json, std::string_view (*name_of)(Enum)) {
  const auto name = json.get<std::string>();
  for (int i = 0; i <= static_cast<int>(kLast); ++i) {
    if (name_of(static_cast<Enum>(i)) == name) return static_cast<Enum>(i);
  }
  throw std::runtime_error("\"" + name + "\" is not known");
}

}  // namespace

std::string ToJson(const SearchedRace& race) { return JsonOf(race).dump(); }

SearchedRace ReadSearchedRace(const std::string& text) {
  const RaceJson json = RaceJson::parse(text);
  SearchedRace race;
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
  return race;
}

SearchedRace SearchedRaceOf(const Program& program, bool sorts_clients, bool keeps_arrivals) {
  SearchedRace race;
  race.file = program.file->source.name;
  race.text = program.file->source.text;
  race.options = program.options;
  race.sorts_clients = sorts_clients;
  race.keeps_arrivals = keeps_arrivals;
  race.program = program.fingerprint.ToHex();
  return race;
}

std::variant<ProgramRef, std::vector<Mistake>> ProgramOf(const SearchedRace& race) {
  RaceFileOrMistakes read = ReadRaceFile(SourceFile{race.file, race.text});
  if (auto* mistakes = std::get_if<std::vector<Mistake>>(&read)) return std::move(*mistakes);
  auto built =
      BuildProgram(std::make_shared<const RaceFile>(std::get<RaceFile>(std::move(read))), race.options);
  if (const auto* program = std::get_if<ProgramRef>(&built);
      program != nullptr && (*program)->fingerprint.ToHex() != race.program) {
    Mistake mistake;
    mistake.file = race.file;
    mistake.message = "this race means something else here than where the file was written";
    mistake.remedy = "Use the same version of nextkey.";
    return std::vector{std::move(mistake)};
  }
  return built;
}

bool AreOfOneSearch(const SearchedRace& a, const SearchedRace& b) { return JsonOf(a) == JsonOf(b); }

}  // namespace nextkey
