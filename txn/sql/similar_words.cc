#include "txn/sql/similar_words.h"

#include <algorithm>
#include <vector>

namespace nextkey::sql {

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

bool IsSlipOf(std::string_view word, std::string_view meant) {
  constexpr std::size_t kLongestWord = 30;
  if (word.size() > kLongestWord || meant.size() < 2 || word == meant) return false;
  const std::size_t most = meant.size() <= 3 ? 1 : meant.size() <= 6 ? 1 + (meant.size() > 4) : 2;
  const std::size_t difference =
      word.size() > meant.size() ? word.size() - meant.size() : meant.size() - word.size();
  return difference <= most && EditDistance(word, meant) <= most;
}

}  // namespace nextkey::sql
