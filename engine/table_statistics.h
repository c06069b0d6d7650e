// What the optimizer knows of a table: how many rows, how many different keys, how many pages.
//
// The figures of ANALYZE TABLE stand until the next one. The number of rows alone follows each change, and by
// no other rule than InnoDB's: a row that was put in counts when its statement got all its entries in, a row
// that is taken back counts when its clustered record goes. So an INSERT that a unique secondary index
// refuses leaves the count one too low. Source: MariaDB 10.11, storage/innobase: dict/dict0stats.cc
// (dict_stats_analyze_index), row/row0mysql.cc (dict_table_n_rows_inc), row/row0uins.cc and row/row0umod.cc
// (the way back).
#pragma once

#include <cstdint>
#include <vector>

#include "engine/cow.h"
#include "engine/fingerprint.h"

namespace nextkey {

struct Table;

struct AnalyzedFigures {
  std::uint64_t rows = 0;
  std::uint32_t clustered_pages = 1;  // All that the index reserves; leaf pages of it below.
  std::uint32_t clustered_leaf_pages = 1;
  // By index, by length of prefix (from 1): how many different keys, delete-marked ones left out.
  std::vector<std::vector<std::uint64_t>> distinct;
};

struct TableStatistics {
  std::uint64_t rows = 0;
  Cow<AnalyzedFigures> analyzed;

  void RowCame() { ++rows; }
  void RowWent() {
    if (rows > 0) --rows;
  }
  void PutInto(Canonical& canonical) const;
};

// As ANALYZE TABLE finds the table.
TableStatistics Analyze(const Table& table);

}  // namespace nextkey
