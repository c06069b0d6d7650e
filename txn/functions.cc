// The table of all functions, in one numbering.
#include <array>
#include <cstddef>

#include "txn/evaluator.h"

namespace nextkey {
namespace {

using Result = FunctionResult;
using enum Repeats;

// These the evaluator knows by name: their arguments are evaluated only when needed, or the
// executor answers them.
constexpr auto kSpecial = std::to_array<FunctionDef>({
    {"if", 3, 3, Result::kUnifiedTail},
    {"ifnull", 2, 2, Result::kUnified},
    {"nvl", 2, 2, Result::kUnified},
    {"coalesce", 1, -1, Result::kUnified},
    {"nullif", 2, 2, Result::kFirstArgument},
    {"get_lock", 2, 2, Result::kInt, nullptr, NullRule::kTakesNulls, kWithinStatement},
    {"release_lock", 1, 1, Result::kInt, nullptr, NullRule::kTakesNulls, kWithinStatement},
    {"release_all_locks", 0, 0, Result::kInt, nullptr, NullRule::kTakesNulls, kWithinStatement},
    {"is_free_lock", 1, 1, Result::kInt, nullptr, NullRule::kTakesNulls, kWithinStatement},
    {"is_used_lock", 1, 1, Result::kInt, nullptr, NullRule::kTakesNulls, kWithinStatement},
    {"sleep", 1, 1, Result::kInt, nullptr, NullRule::kTakesNulls, kWithinStatement},
});

std::array<std::span<const FunctionDef>, 5> AllTables() {
  return {std::span<const FunctionDef>(kSpecial), TextFunctions(), NumberFunctions(), TimeFunctions(),
          SessionFunctions()};
}

}  // namespace

std::optional<std::int32_t> FindFunction(std::string_view name) {
  std::int32_t place = 0;
  for (const std::span<const FunctionDef> table : AllTables()) {
    for (const FunctionDef& def : table) {
      if (def.name == name) return place;
      ++place;
    }
  }
  return std::nullopt;
}

const FunctionDef& FunctionAt(std::int32_t place) {
  auto rest = static_cast<std::size_t>(place);
  for (const std::span<const FunctionDef> table : AllTables()) {
    if (rest < table.size()) return table[rest];
    rest -= table.size();
  }
  return kSpecial[0];
}

}  // namespace nextkey
