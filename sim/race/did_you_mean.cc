#include "sim/race/did_you_mean.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/text.h"
#include "txn/sql/similar_words.h"

namespace nextkey::race {
namespace {

constexpr std::size_t kMostListed = 8;
constexpr std::size_t kLongestWord = 60;

// Written in other letters, cut short, or with a slip.
bool IsAlike(std::string_view word, std::string_view known) {
  if (EqualsIgnoreCase(word, known)) return true;
  if (word.size() >= 3 && StartsWithIgnoreCase(known, word)) return true;
  return sql::IsSlipOf(ToLower(word), ToLower(known));
}

}  // namespace

std::string Nearest(std::string_view word, const std::vector<std::string>& known) {
  std::string nearest;
  if (word.size() > kLongestWord) return nearest;
  std::size_t distance = 0;
  for (const std::string& candidate : known) {
    if (candidate == word || candidate.size() > kLongestWord || !IsAlike(word, candidate)) continue;
    const std::size_t its_distance = sql::EditDistance(ToLower(word), ToLower(candidate));
    if (!nearest.empty() && its_distance >= distance) continue;
    nearest = candidate;
    distance = its_distance;
  }
  return nearest;
}

std::string ListOfNames(const std::vector<std::string>& names) {
  const std::size_t shown = names.size() > kMostListed ? kMostListed - 1 : names.size();
  std::string list;
  for (std::size_t i = 0; i < shown; ++i) {
    const bool is_last = i + 1 == names.size();
    list += fmt::format("{}\"{}\"", i == 0 ? "" : is_last ? " and " : ", ", names[i]);
  }
  if (shown < names.size()) list += fmt::format(" and {} more", names.size() - shown);
  return list;
}

std::string DidYouMean(std::string_view word, const std::vector<std::string>& known, std::string_view none) {
  const std::string nearest = Nearest(word, known);
  if (!nearest.empty()) return fmt::format("Did you mean \"{}\"?", nearest);
  if (known.empty()) return std::string(none);
  return fmt::format("There {} {}.", known.size() == 1 ? "is only" : "are", ListOfNames(known));
}

}  // namespace nextkey::race
