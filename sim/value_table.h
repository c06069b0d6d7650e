// Small tables of text: result sets and lock lists.
//
// Numbers stand right, texts left. A table that is wider than its place is written as one line a
// row, `id = 1, name = ann`.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sim/styled_text.h"
#include "txn/result.h"

namespace nextkey {

// Requires: every row has as many cells as `headings`.
std::vector<Line> TextTable(const std::vector<std::string>& headings,
                            const std::vector<std::vector<std::string>>& rows,
                            const std::vector<bool>& is_right_aligned, std::size_t width);

// The rows of a result; of a long one the first, and how many more there are.
std::vector<Line> ResultTable(const StatementResult& result, std::size_t width);

}  // namespace nextkey
