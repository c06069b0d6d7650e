// In which order the tables of a query block are read, and how each of them.
//
// Tables of which a whole unique key is known come first, one row each. The others are put in every order
// that LEFT and STRAIGHT JOIN allow, and the cheapest wins; of two equal ones that which begins with the
// table that has fewer rows to read. Source: MariaDB 10.11, sql/sql_select.cc (make_join_statistics,
// greedy_search, best_extension_by_limited_search, get_sort_by_table).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "txn/access_path.h"

namespace nextkey {

struct JoinTable {
  AccessChooser chooser;
  bool is_outer = false;
  bool keeps_place = false;  // Not before the tables in front of it in FROM.
};

struct JoinQuestion {
  std::vector<JoinTable> tables;
  std::optional<std::uint32_t> sort_table;  // The one table that ORDER BY or GROUP BY names.
  std::optional<double> limit;
};

struct ChosenTable {
  std::uint32_t table = 0;
  AccessAnswer answer;
};

std::vector<ChosenTable> ChooseJoinOrder(const JoinQuestion& question);

}  // namespace nextkey
