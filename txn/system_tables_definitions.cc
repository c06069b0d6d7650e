// What tables look like: information_schema.TABLES, COLUMNS and STATISTICS, and what SHOW TABLES, SHOW
// COLUMNS, SHOW INDEX, SHOW CREATE TABLE, SHOW OPEN TABLES and SHOW DATABASES read.
//
// Counts of rows and of distinct keys are exact, as on a server after ANALYZE TABLE of a small table.
// Times of creation and sizes are NULL: the simulation has none.

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/column_type.h"
#include "fmt/format.h"
#include "txn/create_table_text.h"
#include "txn/system_tables.h"

namespace nextkey {
namespace {

using enum SystemColumnKind;

constexpr std::string_view kPrivileges = "select,insert,update,references";

// By name, as directories are read.
auto TablesByName(const ServerState& state) {
  auto tables = state.catalog.All();
  std::sort(tables.begin(), tables.end(),
            [](const Table* a, const Table* b) { return a->def->name < b->def->name; });
  return tables;
}

std::uint64_t RowCount(const Table& table) {
  std::uint64_t count = 0;
  const IndexTree& tree = table.clustered();
  for (Place place = tree.First(); !tree.IsEnd(place); place = *tree.Next(place)) {
    if (!tree.IsSupremum(place) && !tree.At(place).is_deleted) ++count;
  }
  return count;
}

// How many values the first `parts` columns of an index have.
std::uint64_t Cardinality(const IndexTree& tree, std::size_t parts) {
  std::uint64_t count = 0;
  KeyValues last;
  for (Place place = tree.First(); !tree.IsEnd(place); place = *tree.Next(place)) {
    if (tree.IsSupremum(place) || tree.At(place).is_deleted) continue;
    const Row& row = tree.At(place).row;
    if (count > 0 && tree.CompareToKey(row, last) == 0) continue;
    ++count;
    last = tree.KeyOf(row);
    last.resize(parts);
  }
  return count;
}

// --- TABLES -------------------------------------------------------------------------------------------

constexpr auto kTableColumns = std::to_array<SystemColumn>({
    {"TABLE_CATALOG"},
    {"TABLE_SCHEMA"},
    {"TABLE_NAME"},
    {"TABLE_TYPE"},
    {"ENGINE"},
    {"VERSION", kUnsigned},
    {"ROW_FORMAT"},
    {"TABLE_ROWS", kUnsigned},
    {"AVG_ROW_LENGTH", kUnsigned},
    {"DATA_LENGTH", kUnsigned},
    {"MAX_DATA_LENGTH", kUnsigned},
    {"INDEX_LENGTH", kUnsigned},
    {"DATA_FREE", kUnsigned},
    {"AUTO_INCREMENT", kUnsigned},
    {"CREATE_TIME", kDateTime},
    {"UPDATE_TIME", kDateTime},
    {"CHECK_TIME", kDateTime},
    {"TABLE_COLLATION"},
    {"CHECKSUM", kUnsigned},
    {"CREATE_OPTIONS"},
    {"TABLE_COMMENT"},
    {"MAX_INDEX_LENGTH", kUnsigned},
    {"TEMPORARY"},
});

bool HasAutoIncrement(const TableDef& def) {
  return std::any_of(def.columns.begin(), def.columns.end(),
                     [](const ColumnDef& column) { return column.is_auto_increment; });
}

SystemRowsOrError Tables(const Inspection& inspection) {
  SystemRows rows;
  for (const Table* table : TablesByName(inspection.state)) {
    const TableDef& def = *table->def;
    rows.push_back({TextCell("def"),
                    TextCell(errors::kSchema),
                    Value::Text(def.name),
                    TextCell("BASE TABLE"),
                    TextCell(EngineName(def.engine)),
                    NumberCell(10),
                    TextCell("Dynamic"),
                    NumberCell(RowCount(*table)),
                    Value::Null(),
                    Value::Null(),
                    Value::Null(),
                    Value::Null(),
                    Value::Null(),
                    HasAutoIncrement(def) ? NumberCell(table->next_auto_increment) : Value::Null(),
                    Value::Null(),
                    Value::Null(),
                    Value::Null(),
                    TextCell("utf8mb4_general_ci"),
                    Value::Null(),
                    TextCell(""),
                    Value::Text(def.comment),
                    Value::Null(),
                    TextCell("N")});
  }
  return rows;
}

constexpr auto kShowTablesColumns = std::to_array<SystemColumn>({{"Tables_in_test"}, {"Table_type"}});

SystemRowsOrError ShowTables(const Inspection& inspection) {
  SystemRows rows;
  for (const Table* table : TablesByName(inspection.state))
    rows.push_back({Value::Text(table->def->name), TextCell("BASE TABLE")});
  return rows;
}

constexpr auto kOpenTablesColumns =
    std::to_array<SystemColumn>({{"Database"}, {"Table"}, {"In_use", kSigned}, {"Name_locked", kSigned}});

// In use: how many running statements, or LOCK TABLES, have the table open.
SystemRowsOrError ShowOpenTables(const Inspection& inspection) {
  SystemRows rows;
  const ServerState& state = inspection.state;
  for (const Table* table : TablesByName(state)) {
    std::int64_t in_use = 0;
    for (const auto& [id, session] : state.sessions) {
      if (!session->locked_tables.empty()) {
        for (const LockedTable& locked : session->locked_tables) in_use += locked.table == table->def->id;
      } else if (session->execution.has_value() && session->execution->stage >= StatementStage::kPlan) {
        for (const NamedTable& named : session->execution->statement->tables)
          in_use += !named.IsSystem() && named.name == table->def->name;
      }
    }
    rows.push_back(
        {TextCell(errors::kSchema), Value::Text(table->def->name), Value::Int(in_use), Value::Int(0)});
  }
  return rows;
}

constexpr auto kDatabaseColumns = std::to_array<SystemColumn>({{"Database"}});

SystemRowsOrError ShowDatabases(const Inspection&) {
  return SystemRows{{TextCell(kInformationSchema)},
                    {TextCell(kPerformanceSchema)},
                    {TextCell(kSysSchema)},
                    {TextCell(errors::kSchema)}};
}

// --- COLUMNS ------------------------------------------------------------------------------------------

constexpr auto kColumnColumns = std::to_array<SystemColumn>({
    {"TABLE_CATALOG"},
    {"TABLE_SCHEMA"},
    {"TABLE_NAME"},
    {"COLUMN_NAME"},
    {"ORDINAL_POSITION", kUnsigned},
    {"COLUMN_DEFAULT"},
    {"IS_NULLABLE"},
    {"DATA_TYPE"},
    {"CHARACTER_MAXIMUM_LENGTH", kUnsigned},
    {"CHARACTER_OCTET_LENGTH", kUnsigned},
    {"NUMERIC_PRECISION", kUnsigned},
    {"NUMERIC_SCALE", kUnsigned},
    {"DATETIME_PRECISION", kUnsigned},
    {"CHARACTER_SET_NAME"},
    {"COLLATION_NAME"},
    {"COLUMN_TYPE"},
    {"COLUMN_KEY"},
    {"EXTRA"},
    {"PRIVILEGES"},
    {"COLUMN_COMMENT"},
    {"IS_GENERATED"},
    {"GENERATION_EXPRESSION"},
});

// `PRI`, `UNI`, `MUL`: what the column is the first part of. A unique key over NOT NULL columns stands in
// for a primary key that is not there.
std::string_view KeyOfColumn(const TableDef& def, std::uint32_t column) {
  std::string_view key;
  for (const IndexDef& index : def.indexes) {
    if (index.name == "GEN_CLUST_INDEX") continue;
    const bool is_part = std::any_of(index.parts.begin(), index.parts.end(),
                                     [&](const KeyPart& part) { return part.column == column; });
    const bool is_first = &index == &def.indexes[def.HasHiddenRowId() ? 1 : 0];
    const bool has_null = std::any_of(index.parts.begin(), index.parts.end(), [&](const KeyPart& part) {
      return def.columns[part.column].is_nullable;
    });
    if (is_first && index.is_unique && !has_null && is_part) return "PRI";
    if (index.parts[0].column != column) continue;
    if (index.is_unique && index.parts.size() == 1) {
      key = "UNI";
    } else if (key.empty()) {
      key = "MUL";
    }
  }
  return key;
}

std::string_view ExtraOfColumn(const ColumnDef& column) {
  if (column.is_auto_increment) return "auto_increment";
  return column.on_update_current_timestamp ? "on update current_timestamp()" : "";
}

// As the columns DEFAULT of SHOW COLUMNS and, quoted, of COLUMNS show it.
Value DefaultOfColumn(const ColumnDef& column, bool quotes) {
  switch (column.default_kind) {
    case DefaultKind::kNone:
      return Value::Null();
    case DefaultKind::kCurrentTimestamp:
      return TextCell("current_timestamp()");
    case DefaultKind::kValue:
      break;
  }
  if (column.is_auto_increment) return Value::Null();
  if (column.default_value.IsNull()) return quotes && column.is_nullable ? TextCell("NULL") : Value::Null();
  return Value::Text(quotes ? DefaultText(column.default_value) : column.default_value.ToText());
}

struct TypeFacts {
  Value text_length, text_bytes, precision, scale, fraction;
};

TypeFacts FactsOf(const ColumnType& type) {
  TypeFacts facts;
  const auto whole = [&](std::uint64_t digits) {
    facts.precision = NumberCell(digits);
    facts.scale = NumberCell(0);
  };
  switch (type.kind) {
    case TypeKind::kTinyInt:
      whole(3);
      break;
    case TypeKind::kSmallInt:
      whole(5);
      break;
    case TypeKind::kMediumInt:
      whole(7);
      break;
    case TypeKind::kInt:
      whole(10);
      break;
    case TypeKind::kBigInt:
      whole(type.is_unsigned ? 20 : 19);
      break;
    case TypeKind::kDecimal:
      facts.precision = NumberCell(type.length);
      facts.scale = NumberCell(type.scale);
      break;
    case TypeKind::kFloat:
      facts.precision = NumberCell(12);
      break;
    case TypeKind::kDouble:
      facts.precision = NumberCell(22);
      break;
    case TypeKind::kChar:
    case TypeKind::kVarchar:
      facts.text_length = NumberCell(type.length);
      facts.text_bytes = NumberCell(std::uint64_t{type.length} * 4);
      break;
    case TypeKind::kText:
      facts.text_length = NumberCell(65535);
      facts.text_bytes = NumberCell(65535);
      break;
    case TypeKind::kDate:
      break;
    case TypeKind::kDateTime:
    case TypeKind::kTimestamp:
    case TypeKind::kTime:
      facts.fraction = NumberCell(type.scale);
      break;
  }
  return facts;
}

SystemRowsOrError Columns(const Inspection& inspection) {
  SystemRows rows;
  for (const Table* table : TablesByName(inspection.state)) {
    const TableDef& def = *table->def;
    for (std::uint32_t i = 0; i < def.columns.size(); ++i) {
      const ColumnDef& column = def.columns[i];
      const std::string type = TypeName(column.type);
      const TypeFacts facts = FactsOf(column.type);
      const bool is_text = IsText(column.type);
      rows.push_back({TextCell("def"),
                      TextCell(errors::kSchema),
                      Value::Text(def.name),
                      Value::Text(column.name),
                      NumberCell(i + 1),
                      DefaultOfColumn(column, true),
                      TextCell(column.is_nullable ? "YES" : "NO"),
                      Value::Text(type.substr(0, type.find_first_of(" ("))),
                      facts.text_length,
                      facts.text_bytes,
                      facts.precision,
                      facts.scale,
                      facts.fraction,
                      is_text ? TextCell("utf8mb4") : Value::Null(),
                      is_text ? TextCell(CollationName(column.type.collation)) : Value::Null(),
                      Value::Text(type),
                      TextCell(KeyOfColumn(def, i)),
                      TextCell(ExtraOfColumn(column)),
                      TextCell(kPrivileges),
                      TextCell(""),
                      TextCell("NEVER"),
                      Value::Null()});
    }
  }
  return rows;
}

constexpr auto kShowColumnsColumns = std::to_array<SystemColumn>({
    {"Field"},
    {"Type"},
    {"Collation"},
    {"Null"},
    {"Key"},
    {"Default"},
    {"Extra"},
    {"Privileges"},
    {"Comment"},
});

SystemRowsOrError ShowColumns(const Inspection& inspection) {
  const Table* table = inspection.state.catalog.Find(inspection.argument);
  if (table == nullptr) return errors::NoSuchTable(inspection.argument);
  const TableDef& def = *table->def;
  SystemRows rows;
  for (std::uint32_t i = 0; i < def.columns.size(); ++i) {
    const ColumnDef& column = def.columns[i];
    rows.push_back({Value::Text(column.name), Value::Text(TypeName(column.type)),
                    IsText(column.type) ? TextCell(CollationName(column.type.collation)) : Value::Null(),
                    TextCell(column.is_nullable ? "YES" : "NO"), TextCell(KeyOfColumn(def, i)),
                    DefaultOfColumn(column, false), TextCell(ExtraOfColumn(column)), TextCell(kPrivileges),
                    TextCell("")});
  }
  return rows;
}

// --- STATISTICS ---------------------------------------------------------------------------------------

constexpr auto kStatisticsColumns = std::to_array<SystemColumn>({
    {"TABLE_CATALOG"},
    {"TABLE_SCHEMA"},
    {"TABLE_NAME"},
    {"NON_UNIQUE", kSigned},
    {"INDEX_SCHEMA"},
    {"INDEX_NAME"},
    {"SEQ_IN_INDEX", kUnsigned},
    {"COLUMN_NAME"},
    {"COLLATION"},
    {"CARDINALITY", kSigned},
    {"SUB_PART", kSigned},
    {"PACKED"},
    {"NULLABLE"},
    {"INDEX_TYPE"},
    {"COMMENT"},
    {"INDEX_COMMENT"},
    {"IGNORED"},
});

struct IndexPart {
  const IndexDef* index = nullptr;
  std::size_t number = 0;  // From 1.
  const ColumnDef* column = nullptr;
  bool is_descending = false;
  std::uint64_t cardinality = 0;
};

std::vector<IndexPart> PartsOf(const Table& table) {
  std::vector<IndexPart> parts;
  for (const IndexDef* index : IndexesAsListed(*table.def)) {
    const auto position = static_cast<std::size_t>(index - table.def->indexes.data());
    for (std::size_t i = 0; i < index->parts.size(); ++i) {
      const KeyPart& part = index->parts[i];
      parts.push_back({index, i + 1, &table.def->columns[part.column], part.is_descending,
                       Cardinality(table.trees[position], i + 1)});
    }
  }
  return parts;
}

SystemRowsOrError Statistics(const Inspection& inspection) {
  SystemRows rows;
  for (const Table* table : TablesByName(inspection.state)) {
    for (const IndexPart& part : PartsOf(*table)) {
      rows.push_back({TextCell("def"), TextCell(errors::kSchema), Value::Text(table->def->name),
                      Value::Int(part.index->is_unique ? 0 : 1), TextCell(errors::kSchema),
                      Value::Text(part.index->name), NumberCell(part.number), Value::Text(part.column->name),
                      TextCell(part.is_descending ? "D" : "A"),
                      Value::Int(static_cast<std::int64_t>(part.cardinality)), Value::Null(), Value::Null(),
                      TextCell(part.column->is_nullable ? "YES" : ""), TextCell("BTREE"), TextCell(""),
                      TextCell(""), TextCell("NO")});
    }
  }
  return rows;
}

constexpr auto kShowIndexColumns = std::to_array<SystemColumn>({
    {"Table"},
    {"Non_unique", kSigned},
    {"Key_name"},
    {"Seq_in_index", kUnsigned},
    {"Column_name"},
    {"Collation"},
    {"Cardinality", kSigned},
    {"Sub_part", kSigned},
    {"Packed"},
    {"Null"},
    {"Index_type"},
    {"Comment"},
    {"Index_comment"},
    {"Ignored"},
});

SystemRowsOrError ShowIndex(const Inspection& inspection) {
  const Table* table = inspection.state.catalog.Find(inspection.argument);
  if (table == nullptr) return errors::NoSuchTable(inspection.argument);
  SystemRows rows;
  for (const IndexPart& part : PartsOf(*table)) {
    rows.push_back({Value::Text(table->def->name), Value::Int(part.index->is_unique ? 0 : 1),
                    Value::Text(part.index->name), NumberCell(part.number), Value::Text(part.column->name),
                    TextCell(part.is_descending ? "D" : "A"),
                    Value::Int(static_cast<std::int64_t>(part.cardinality)), Value::Null(), Value::Null(),
                    TextCell(part.column->is_nullable ? "YES" : ""), TextCell("BTREE"), TextCell(""),
                    TextCell(""), TextCell("NO")});
  }
  return rows;
}

// --- SHOW CREATE TABLE --------------------------------------------------------------------------------

constexpr auto kCreateColumns = std::to_array<SystemColumn>({{"Table"}, {"Create Table"}});

SystemRowsOrError ShowCreateTable(const Inspection& inspection) {
  const Table* table = inspection.state.catalog.Find(inspection.argument);
  if (table == nullptr) return errors::NoSuchTable(inspection.argument);
  return SystemRows{{Value::Text(table->def->name), Value::Text(CreateTableText(*table))}};
}

constexpr auto kDefinitionTables = std::to_array<SystemTableDef>({
    {kInformationSchema, "TABLES", kTableColumns, Tables},
    {kInformationSchema, "COLUMNS", kColumnColumns, Columns},
    {kInformationSchema, "STATISTICS", kStatisticsColumns, Statistics},
    {kShowSchema, "tables", kShowTablesColumns, ShowTables},
    {kShowSchema, "open_tables", kOpenTablesColumns, ShowOpenTables},
    {kShowSchema, "databases", kDatabaseColumns, ShowDatabases},
    {kShowSchema, "columns", kShowColumnsColumns, ShowColumns},
    {kShowSchema, "index", kShowIndexColumns, ShowIndex},
    {kShowSchema, "create_table", kCreateColumns, ShowCreateTable},
});

}  // namespace

std::span<const SystemTableDef> DefinitionTables() { return kDefinitionTables; }

}  // namespace nextkey
