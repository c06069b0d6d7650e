#include "txn/system_tables.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "fmt/format.h"
#include "txn/errors.h"
#include "txn/words.h"

namespace nextkey {
namespace {

// Above all ids that the catalog gives out.
constexpr std::uint32_t kFirstSystemTable = 0x8000'0000;

bool IsSameTable(std::string_view schema, std::string_view a, std::string_view b) {
  return schema == kInformationSchema ? IsSameWord(a, b) : a == b;
}

const SystemTableDef* FindDef(std::string_view schema, std::string_view name) {
  for (const std::span<const SystemTableDef> group : {InnodbTables(), PerformanceTables(), ProcessTables(),
                                                      DefinitionTables(), VariableTables(), StatusTables()}) {
    for (const SystemTableDef& def : group) {
      if (def.schema == schema && IsSameTable(schema, def.name, name)) return &def;
    }
  }
  return nullptr;
}

ColumnType TypeOf(SystemColumnKind kind) {
  ColumnType type;
  switch (kind) {
    case SystemColumnKind::kText:
      type.kind = TypeKind::kText;
      break;
    case SystemColumnKind::kSigned:
      type.kind = TypeKind::kBigInt;
      break;
    case SystemColumnKind::kUnsigned:
      type.kind = TypeKind::kBigInt;
      type.is_unsigned = true;
      break;
    case SystemColumnKind::kDateTime:
      type.kind = TypeKind::kDateTime;
      break;
    case SystemColumnKind::kTime:
      type.kind = TypeKind::kTime;
      break;
    case SystemColumnKind::kDecimal:
      type.kind = TypeKind::kDecimal;
      type.length = 22;
      type.scale = 3;
      break;
  }
  return type;
}

TableDefRef MakeDef(const SystemTableDef& system, TableId id) {
  auto def = std::make_shared<TableDef>();
  def->id = id;
  def->name = std::string(system.name);
  def->engine = StorageEngine::kSystem;
  for (const SystemColumn& column : system.columns) {
    ColumnDef& added = def->columns.emplace_back();
    added.name = std::string(column.name);
    added.type = TypeOf(column.kind);
  }
  def->Finish();
  return def;
}

// Without a key: the rows stay in the order in which they were made.
Table Fill(TableDefRef def, SystemRows rows) {
  Table table(std::move(def));
  for (std::vector<Value>& values : rows) {
    values.push_back(Value::Int(static_cast<std::int64_t>(table.next_row_id++)));
    Record record;
    record.row = Row(std::move(values));
    table.trees[0].Insert(std::move(record));
  }
  return table;
}

SqlError UnknownTable(std::string_view schema, std::string_view name) {
  if (schema != kInformationSchema) return errors::NoSuchTable(schema, name);
  return errors::MakeError(1109, "42S02", fmt::format("Unknown table '{}' in {}", name, schema));
}

bool Holds(const SystemTable& table, std::string_view schema, std::string_view name,
           std::string_view argument) {
  return table.schema == schema && IsSameTable(schema, table.name, name) && table.argument == argument;
}

}  // namespace

std::string SystemSchemaNamed(std::string_view schema) {
  if (IsSameWord(schema, kInformationSchema)) return std::string(kInformationSchema);
  const bool is_system = schema == kPerformanceSchema || schema == kSysSchema || schema == kShowSchema;
  return is_system ? std::string(schema) : std::string();
}

std::variant<std::vector<SystemTableRef>, SqlError> OpenSystemTables(const Inspection& inspection,
                                                                     const std::vector<NamedTable>& tables) {
  std::vector<SystemTableRef> opened;
  for (const NamedTable& named : tables) {
    if (!named.IsSystem()) continue;
    const bool is_open = std::any_of(opened.begin(), opened.end(), [&](const SystemTableRef& table) {
      return Holds(*table, named.system_schema, named.name, named.argument);
    });
    if (is_open) continue;
    const SystemTableDef* def = FindDef(named.system_schema, named.name);
    if (def == nullptr) return UnknownTable(named.system_schema, named.name);
    SystemRowsOrError rows =
        def->rows({inspection.state, inspection.session, inspection.now_us, named.argument});
    if (auto* error = std::get_if<SqlError>(&rows)) return std::move(*error);
    const TableId id(kFirstSystemTable + static_cast<std::uint32_t>(opened.size()));
    opened.push_back(std::make_shared<const SystemTable>(
        SystemTable{named.system_schema, named.name, named.argument,
                    Fill(MakeDef(*def, id), std::get<SystemRows>(std::move(rows)))}));
  }
  return opened;
}

const Table* FindSystemTable(std::span<const SystemTableRef> tables, const sql::TableReference& reference) {
  const std::string schema = SystemSchemaNamed(reference.schema);
  for (const SystemTableRef& table : tables) {
    if (Holds(*table, schema, reference.name, reference.argument)) return &table->contents;
  }
  return nullptr;
}

const Table& TableFor(const Turn& turn, TableId id) {
  if (id.value() >= kFirstSystemTable)
    return turn.execution.system_tables[id.value() - kFirstSystemTable]->contents;
  return *turn.state.catalog.Find(id);
}

}  // namespace nextkey
