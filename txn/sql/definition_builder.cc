#include "txn/sql/definition_builder.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "txn/sql/expression_builder.h"

namespace nextkey::sql {
namespace {

constexpr std::uint64_t kMostDigits = 38;  // As engine/value.h's Decimal; a server takes 65.
constexpr std::uint64_t kMostScale = 30;
constexpr std::uint64_t kMostFractionDigits = 6;

constexpr std::array<std::string_view, 17> kIgnoredTableOptions = {
    "row_format",         "key_block_size", "max_rows",        "min_rows",         "avg_row_length",
    "checksum",           "pack_keys",      "delay_key_write", "stats_persistent", "stats_auto_recalc",
    "stats_sample_pages", "tablespace",     "compression",     "encryption",       "insert_method",
    "page_checksum",      "transactional"};

bool IsTextType(TypeKind kind) {
  return kind == TypeKind::kChar || kind == TypeKind::kVarchar || kind == TypeKind::kText;
}

std::string_view WithoutCharacterSet(std::string_view collation) {
  for (const std::string_view set : {"utf8mb4_", "utf8mb3_", "utf8_", "latin1_", "ascii_", "uca1400_"}) {
    if (collation.starts_with(set)) return collation.substr(set.size());
  }
  return {};
}

}  // namespace

TypeDraft NumberType(TypeKind kind) { return TypeDraft{.type = ColumnType{.kind = kind}}; }

TypeDraft TextType(TypeKind kind, std::uint32_t length) {
  return TypeDraft{.type = ColumnType{.kind = kind, .length = length}};
}

ColumnType BinaryText() {
  ColumnType type = TextType(TypeKind::kChar, 0).type;
  type.collation = Collation::kBin;
  return type;
}

TypeDraft TimeType(ParseState& state, TypeKind kind, std::optional<TextRange> fraction) {
  TypeDraft draft = NumberType(kind);
  if (fraction) {
    draft.type.scale = static_cast<std::uint8_t>(SmallNumber(state, *fraction, kMostFractionDigits));
  }
  return draft;
}

TypeDraft DecimalType(ParseState& state, TextRange place, std::uint64_t digits, std::uint64_t scale) {
  if (digits == 0) digits = 10;
  if (digits > kMostDigits) state.Fail(place, "DECIMAL has at most 38 digits here");
  if (scale > kMostScale || scale > digits) {
    state.Fail(place, "DECIMAL has more digits behind the point than in all");
  }
  return TypeDraft{.type = ColumnType{.kind = TypeKind::kDecimal,
                                      .length = static_cast<std::uint32_t>(digits),
                                      .scale = static_cast<std::uint8_t>(scale)}};
}

ColumnDraft StartColumn(std::string name, TypeDraft type) {
  ColumnDraft draft;
  draft.column.name = std::move(name);
  draft.column.type = type.type;
  if (type.is_serial) {
    draft.column.is_nullable = false;
    draft.column.is_auto_increment = true;
    draft.column.is_unique = true;
  }
  return draft;
}

Collation CollationNamed(ParseState& state, TextRange place, std::string_view name) {
  const std::string lower = ToLower(name);
  const std::string_view rule = WithoutCharacterSet(lower);
  if (rule == "general_ci" || rule == "swedish_ci" || rule == "general_nopad_ci")
    return Collation::kGeneralCi;
  if (rule == "unicode_ci" || rule == "unicode_520_ci" || rule == "0900_ai_ci" || rule == "ai_ci" ||
      rule == "uca1400_ai_ci") {
    return Collation::kUnicodeCi;
  }
  if (lower == "binary" || rule == "bin" || rule == "0900_bin") return Collation::kBin;
  state.Refuse(place, Feature::kCharacterSet);
  return Collation::kGeneralCi;
}

void CheckCharacterSet(ParseState& state, TextRange place, std::string_view name) {
  const std::string lower = ToLower(name);
  for (const std::string_view known : {"utf8mb4", "utf8mb3", "utf8", "latin1", "ascii", "default"}) {
    if (lower == known) return;
  }
  state.Refuse(place, Feature::kCharacterSet);
}

StorageEngine EngineNamed(ParseState& state, TextRange place, std::string_view name) {
  const std::string lower = ToLower(name);
  if (lower == "innodb") return StorageEngine::kInnoDb;
  if (lower == "myisam") return StorageEngine::kMyIsam;
  state.Refuse(place, Feature::kStorageEngine);
  return StorageEngine::kInnoDb;
}

TableOptions IgnoredTableOption(ParseState& state, TextRange place, std::string_view name,
                                std::string_view value) {
  const std::string lower = ToLower(name);
  if (std::find(kIgnoredTableOptions.begin(), kIgnoredTableOptions.end(), lower) ==
      kIgnoredTableOptions.end()) {
    state.Fail(place, "unknown table option \"" + std::string(name) + "\"");
  }
  TableOptions options;
  const std::string format = ToLower(value);
  options.rebuilds = lower == "row_format" && format != "default" && format != "dynamic";
  return options;
}

void AddElement(CreateTableStatement& table, TableElement element) {
  if (auto* draft = std::get_if<ColumnDraft>(&element)) {
    table.columns.push_back(std::move(draft->column));
    std::move(draft->checks.begin(), draft->checks.end(), std::back_inserter(table.checks));
    std::move(draft->foreign_keys.begin(), draft->foreign_keys.end(), std::back_inserter(table.foreign_keys));
  } else if (auto* index = std::get_if<IndexSpec>(&element)) {
    table.indexes.push_back(std::move(*index));
  } else if (auto* key = std::get_if<ForeignKeySpec>(&element)) {
    table.foreign_keys.push_back(std::move(*key));
  } else {
    table.checks.push_back(std::get<CheckSpec>(std::move(element)));
  }
}

CreateTableStatement FinishTable(CreateTableStatement table) {
  if (!table.collation) return table;
  for (ColumnSpec& column : table.columns) {
    if (IsTextType(column.type.kind) && !column.has_collation) column.type.collation = *table.collation;
  }
  return table;
}

std::vector<AlterAction> AddColumnActions(ColumnDraft draft, bool is_first, std::string after) {
  std::vector<AlterAction> actions;
  actions.emplace_back(
      AddColumn{.column = std::move(draft.column), .is_first = is_first, .after = std::move(after)});
  for (CheckSpec& check : draft.checks) actions.emplace_back(AddCheck{std::move(check)});
  for (ForeignKeySpec& key : draft.foreign_keys) actions.emplace_back(AddForeignKey{std::move(key)});
  return actions;
}

std::vector<AlterAction> AddElementActions(TableElement element) {
  if (auto* draft = std::get_if<ColumnDraft>(&element)) return AddColumnActions(std::move(*draft), false, {});
  if (auto* index = std::get_if<IndexSpec>(&element)) return {AddIndex{std::move(*index)}};
  if (auto* key = std::get_if<ForeignKeySpec>(&element)) return {AddForeignKey{std::move(*key)}};
  return {AddCheck{std::get<CheckSpec>(std::move(element))}};
}

std::vector<AlterAction> TableOptionActions(const TableOptions& options) {
  std::vector<AlterAction> actions;
  if (options.table.engine) actions.emplace_back(SetEngine{*options.table.engine});
  if (options.table.auto_increment) actions.emplace_back(SetAutoIncrement{*options.table.auto_increment});
  if (options.rebuilds) actions.emplace_back(ForceRebuild{});
  return actions;
}

}  // namespace nextkey::sql
