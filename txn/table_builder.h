// From column, index and key specifications to a TableDef, with MySQL's rules for names, order and
// implied parts.
#pragma once

#include <variant>

#include "engine/table.h"
#include "txn/result.h"
#include "txn/sql/ast.h"

namespace nextkey {

class TableBuilder {
 public:
  // A new table, or, from `base`, a changed one.
  TableBuilder(const Catalog& catalog, std::string name) : catalog_(&catalog) { def_.name = std::move(name); }
  TableBuilder(const Catalog& catalog, const TableDef& base);

  std::optional<SqlError> AddColumn(const sql::ColumnSpec& spec,
                                    std::optional<std::size_t> position = std::nullopt);
  std::optional<SqlError> ReplaceColumn(const std::string& old_name, const sql::ColumnSpec& spec);
  std::optional<SqlError> RemoveColumn(const std::string& name);
  std::optional<SqlError> AddIndex(const sql::IndexSpec& spec);
  std::optional<SqlError> RemoveIndex(const std::string& name);
  std::optional<SqlError> AddForeignKey(const sql::ForeignKeySpec& spec, bool checks_parent);
  std::optional<SqlError> RemoveForeignKey(const std::string& name);
  std::optional<SqlError> AddCheck(const sql::CheckSpec& spec);
  std::optional<SqlError> RemoveConstraint(const std::string& name);

  TableDef& def() { return def_; }
  // Orders the keys, makes up what is implied, and gives new ids to the indexes that have none.
  std::variant<TableDefRef, SqlError> Build(Catalog& ids, TableId id);

 private:
  std::string FreeIndexName(const std::string& wanted) const;
  bool HasIndexFor(const std::vector<std::uint32_t>& columns) const;

  const Catalog* catalog_;
  TableDef def_;
};

}  // namespace nextkey
