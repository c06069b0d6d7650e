// What follows from columns that are equal: `a.id = b.id AND b.id = 5` also says a.id = 5.
//
// Only for choosing access paths; the conditions themselves stay as they were written. Source: MariaDB 10.11,
// sql/sql_select.cc (build_equal_items).
#pragma once

#include <vector>

#include "txn/expression.h"

namespace nextkey {

// By table: the conjuncts of WHERE and inner ON, or of the table's own LEFT JOIN's ON where it has one
// (`outer`, by table), and the equalities that follow.
std::vector<std::vector<BoundExpr>> WithEqualColumns(const std::vector<BoundExpr>& conjuncts,
                                                     const std::vector<std::vector<BoundExpr>>& outer);

}  // namespace nextkey
