// Gathers the parts of CREATE TABLE and ALTER TABLE for the grammar's actions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "txn/sql/ast.h"
#include "txn/sql/clause_builder.h"
#include "txn/sql/parse_state.h"

namespace nextkey::sql {

// A column while its attributes are read, with what it adds to the table.
struct ColumnDraft {
  ColumnSpec column;
  std::vector<CheckSpec> checks;
  std::vector<ForeignKeySpec> foreign_keys;
};

struct TypeDraft {
  ColumnType type;
  bool is_serial = false;
};

using TableElement = std::variant<ColumnDraft, IndexSpec, ForeignKeySpec, CheckSpec>;

TypeDraft NumberType(TypeKind kind);
TypeDraft TextType(TypeKind kind, std::uint32_t length);
// What BINARY and COLLATE .._bin make of a text: it compares byte by byte.
ColumnType BinaryText();
TypeDraft TimeType(ParseState& state, TypeKind kind, std::optional<TextRange> fraction);
// DECIMAL(10, 2).
TypeDraft DecimalType(ParseState& state, TextRange place, std::uint64_t digits, std::uint64_t scale);

ColumnDraft StartColumn(std::string name, TypeDraft type);
// utf8mb4_bin, utf8mb4_0900_ai_ci, ...; refuses what compares in another way.
Collation CollationNamed(ParseState& state, TextRange place, std::string_view name);
void CheckCharacterSet(ParseState& state, TextRange place, std::string_view name);
StorageEngine EngineNamed(ParseState& state, TextRange place, std::string_view name);
// ROW_FORMAT and other options that change nothing here; fails for unknown ones.
// An option without an effect; of those only another row format makes ALTER TABLE rebuild the table.
TableOptions IgnoredTableOption(ParseState& state, TextRange place, std::string_view name,
                                std::string_view value);

void AddElement(CreateTableStatement& table, TableElement element);
// Columns without a collation of their own get the table's.
CreateTableStatement FinishTable(CreateTableStatement table);
// ADD COLUMN and what the column brings along.
std::vector<AlterAction> AddColumnActions(ColumnDraft draft, bool is_first, std::string after);
std::vector<AlterAction> AddElementActions(TableElement element);
// ALTER TABLE's ENGINE= and AUTO_INCREMENT=; other table options have no effect here.
std::vector<AlterAction> TableOptionActions(const TableOptions& options);

}  // namespace nextkey::sql
