#include "txn/create_table_text.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "engine/column_type.h"
#include "fmt/format.h"

namespace nextkey {
namespace {

std::string Quoted(std::string_view name) { return fmt::format("`{}`", name); }

std::string QuotedText(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += '\'';
    quoted += c;
  }
  return quoted + "'";
}

std::string FractionOf(const ColumnType& type) {
  return type.scale == 0 ? std::string() : std::to_string(type.scale);
}

std::string ColumnText(const ColumnDef& column) {
  std::string text = fmt::format("  {} {}", Quoted(column.name), TypeName(column.type));
  const bool is_text = column.type.kind == TypeKind::kChar || column.type.kind == TypeKind::kVarchar ||
                       column.type.kind == TypeKind::kText;
  if (is_text && column.type.collation != Collation::kGeneralCi)
    text += fmt::format(" CHARACTER SET utf8mb4 COLLATE {}", CollationName(column.type.collation));
  if (!column.is_nullable) {
    text += " NOT NULL";
  } else if (column.type.kind == TypeKind::kTimestamp) {
    text += " NULL";
  }
  switch (column.default_kind) {
    case DefaultKind::kNone:
      break;
    case DefaultKind::kCurrentTimestamp:
      text += fmt::format(" DEFAULT current_timestamp({})", FractionOf(column.type));
      break;
    case DefaultKind::kValue:
      if (!column.default_value.IsNull() || column.is_nullable)
        text += " DEFAULT " + DefaultText(column.default_value);
      break;
  }
  if (column.on_update_current_timestamp)
    text += fmt::format(" ON UPDATE current_timestamp({})", FractionOf(column.type));
  if (column.is_auto_increment) text += " AUTO_INCREMENT";
  return text;
}

std::string IndexText(const TableDef& def, const IndexDef& index) {
  std::vector<std::string> parts;
  for (const KeyPart& part : index.parts)
    parts.push_back(Quoted(def.columns[part.column].name) + (part.is_descending ? " DESC" : ""));
  const std::string columns = absl::StrJoin(parts, ",");
  if (index.name == "PRIMARY") return fmt::format("  PRIMARY KEY ({})", columns);
  return fmt::format("  {}KEY {} ({})", index.is_unique ? "UNIQUE " : "", Quoted(index.name), columns);
}

std::string ActionText(std::string_view event, ReferenceAction action) {
  switch (action) {
    case ReferenceAction::kRestrict:
      return "";
    case ReferenceAction::kNoAction:
      return fmt::format(" ON {} NO ACTION", event);
    case ReferenceAction::kCascade:
      return fmt::format(" ON {} CASCADE", event);
    case ReferenceAction::kSetNull:
      return fmt::format(" ON {} SET NULL", event);
  }
  return "";
}

std::string ForeignKeyText(const TableDef& def, const ForeignKeyDef& key) {
  std::vector<std::string> columns;
  for (const std::uint32_t column : key.columns) columns.push_back(Quoted(def.columns[column].name));
  std::vector<std::string> parents;
  for (const std::string& column : key.parent_columns) parents.push_back(Quoted(column));
  return fmt::format("  CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({}){}{}", Quoted(key.name),
                     absl::StrJoin(columns, ", "), Quoted(key.parent_table), absl::StrJoin(parents, ", "),
                     ActionText("DELETE", key.on_delete), ActionText("UPDATE", key.on_update));
}

}  // namespace

std::string_view EngineName(StorageEngine engine) {
  switch (engine) {
    case StorageEngine::kInnoDb:
      return "InnoDB";
    case StorageEngine::kMyIsam:
      return "MyISAM";
    case StorageEngine::kSystem:
      return "MEMORY";
  }
  return "";
}

std::string_view CollationName(Collation collation) {
  switch (collation) {
    case Collation::kGeneralCi:
      return "utf8mb4_general_ci";
    case Collation::kUnicodeCi:
      return "utf8mb4_unicode_ci";
    case Collation::kBin:
      return "utf8mb4_bin";
  }
  return "";
}

std::string DefaultText(const Value& value) {
  const bool is_plain = value.IsNull() || value.IsNumber();
  return is_plain ? value.ToText() : QuotedText(value.ToText());
}

std::vector<const IndexDef*> IndexesAsListed(const TableDef& def) {
  std::vector<const IndexDef*> indexes;
  for (const IndexDef& index : def.indexes) {
    if (index.name != "GEN_CLUST_INDEX") indexes.push_back(&index);
  }
  const auto rank = [&](const IndexDef* index) {
    if (index->name == "PRIMARY") return 0;
    if (!index->is_unique) return 3;
    const bool may_be_null = std::any_of(index->parts.begin(), index->parts.end(), [&](const KeyPart& part) {
      return def.columns[part.column].is_nullable;
    });
    return may_be_null ? 2 : 1;
  };
  std::stable_sort(indexes.begin(), indexes.end(),
                   [&](const IndexDef* a, const IndexDef* b) { return rank(a) < rank(b); });
  return indexes;
}

std::string CreateTableText(const Table& table) {
  const TableDef& def = *table.def;
  std::vector<std::string> parts;
  bool has_auto_increment = false;
  for (const ColumnDef& column : def.columns) {
    parts.push_back(ColumnText(column));
    has_auto_increment |= column.is_auto_increment;
  }
  for (const IndexDef* index : IndexesAsListed(def)) parts.push_back(IndexText(def, *index));
  for (const ForeignKeyDef& key : def.foreign_keys) parts.push_back(ForeignKeyText(def, key));
  for (const CheckDef& check : def.checks)
    parts.push_back(fmt::format("  CONSTRAINT {} CHECK ({})", Quoted(check.name), check.expression));
  std::string text = fmt::format("CREATE TABLE {} (\n{}\n) ENGINE={}", Quoted(def.name),
                                 absl::StrJoin(parts, ",\n"), EngineName(def.engine));
  if (has_auto_increment && table.next_auto_increment > 1)
    text += fmt::format(" AUTO_INCREMENT={}", table.next_auto_increment);
  text += " DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci";
  if (!def.comment.empty()) text += " COMMENT=" + QuotedText(def.comment);
  return text;
}

}  // namespace nextkey
