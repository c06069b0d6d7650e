// The race files that come with the program (sim/races), found by name wherever it is started.
#pragma once

#include <span>
#include <string_view>

namespace nextkey {

struct ShippedRace {
  std::string_view name;  // `coupon`
  std::string_view text;
};

// In the order of their names. The texts are put into the program when it is built.
std::span<const ShippedRace> ShippedRaces();
const ShippedRace* FindShippedRace(std::string_view name);

}  // namespace nextkey
