// The tables that show the server to itself: information_schema, performance_schema, sys, and the
// tables behind SHOW.
//
// A statement that names one gets its contents made when it opens its tables, once; from there on the
// executor reads it like any table, without locks. Nothing in them is an address or a time of day:
// ids that a server builds from addresses are built from transaction, page and structure numbers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "txn/execution.h"
#include "txn/state.h"
#include "txn/statement_tables.h"
#include "txn/system_schema.h"
#include "txn/turn.h"

namespace nextkey {

// What a table is made from.
struct Inspection {
  const ServerState& state;
  const SessionState& session;  // Whose statement asks.
  std::int64_t now_us = 0;
  std::string_view argument;  // TableReference::argument.
};

using SystemRows = std::vector<std::vector<Value>>;
using SystemRowsOrError = std::variant<SystemRows, SqlError>;

enum class SystemColumnKind : std::uint8_t { kText, kSigned, kUnsigned, kDateTime, kTime, kDecimal };

struct SystemColumn {
  std::string_view name;
  SystemColumnKind kind = SystemColumnKind::kText;
};

inline constexpr std::string_view kInformationSchema = "information_schema";
inline constexpr std::string_view kPerformanceSchema = "performance_schema";
inline constexpr std::string_view kSysSchema = "sys";

inline Value TextCell(std::string_view text) { return Value::Text(std::string(text)); }
inline Value NumberCell(std::uint64_t number) { return Value::Unsigned(number); }

struct SystemTableDef {
  std::string_view schema;
  std::string_view name;
  std::span<const SystemColumn> columns;
  SystemRowsOrError (*rows)(const Inspection& inspection);
};

// Each in the file of its topic.
std::span<const SystemTableDef> InnodbTables();       // system_tables_innodb.cc
std::span<const SystemTableDef> PerformanceTables();  // system_tables_performance.cc
std::span<const SystemTableDef> ProcessTables();      // process_list.cc
std::span<const SystemTableDef> DefinitionTables();   // system_tables_definitions.cc
std::span<const SystemTableDef> VariableTables();     // system_tables_variables.cc
std::span<const SystemTableDef> StatusTables();       // engine_status.cc

// Makes the system tables among `tables`, in order. Errors 1109 and 1146 where there is none of that
// name.
std::variant<std::vector<SystemTableRef>, SqlError> OpenSystemTables(const Inspection& inspection,
                                                                     const std::vector<NamedTable>& tables);

// Null when `reference` is not one of `tables`.
const Table* FindSystemTable(std::span<const SystemTableRef> tables, const sql::TableReference& reference);

// A table that the statement reads: one of the catalog's, or one of its own system tables. Requires: it is
// there.
const Table& TableFor(const Turn& turn, TableId id);

}  // namespace nextkey
