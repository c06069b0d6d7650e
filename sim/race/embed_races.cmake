# Writes a source file that holds the race files: cmake -D output=FILE -D folder=DIR -P embed_races.cmake
file(GLOB races ${folder}/*.race)
list(SORT races)
set(entries "")
set(count 0)
foreach(race ${races})
  get_filename_component(name ${race} NAME_WE)
  file(READ ${race} text)
  string(APPEND entries "    {\"${name}\", R\"race_file(${text})race_file\"},\n")
  math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${output} "// Made by embed_races.cmake of the files in sim/races.
#include <algorithm>
#include <array>

#include \"sim/race/shipped_races.h\"

namespace nextkey {
namespace {

constexpr std::array<ShippedRace, ${count}> kRaces = {{
${entries}}};

}  // namespace

std::span<const ShippedRace> ShippedRaces() { return kRaces; }

const ShippedRace* FindShippedRace(std::string_view name) {
  const auto found = std::find_if(kRaces.begin(), kRaces.end(),
                                  [&](const ShippedRace& race) { return race.name == name; });
  return found == kRaces.end() ? nullptr : &*found;
}

}  // namespace nextkey
")
