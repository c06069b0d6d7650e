#include "txn/table_builder.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "engine/column_type.h"
#include "fmt/format.h"
#include "txn/errors.h"

namespace nextkey {
namespace {

bool IsSameName(const std::string& a, const std::string& b) { return absl::EqualsIgnoreCase(a, b); }

bool IsCurrentTimestamp(const sql::Expr& expression) {
  return expression.op == sql::Op::kFunction &&
         (expression.name == "now" || expression.name == "current_timestamp");
}

// A default is a literal, perhaps with a sign.
std::optional<Value> LiteralOf(const sql::Expr& expression) {
  if (expression.op == sql::Op::kLiteral) return expression.literal;
  if (expression.op != sql::Op::kNegate || expression.args[0]->op != sql::Op::kLiteral) return std::nullopt;
  const Value& literal = expression.args[0]->literal;
  switch (literal.kind()) {
    case ValueKind::kInt:
      return Value::Int(-literal.AsInt());
    case ValueKind::kDecimal:
      return Value::OfDecimal({-literal.AsDecimal().unscaled, literal.AsDecimal().scale});
    case ValueKind::kDouble:
      return Value::Double(-literal.AsDouble());
    default:
      return std::nullopt;
  }
}

std::variant<ColumnDef, SqlError> MakeColumn(const sql::ColumnSpec& spec) {
  ColumnDef column;
  column.name = spec.name;
  column.type = spec.type;
  column.is_nullable = spec.is_nullable.value_or(true) && !spec.is_auto_increment;
  column.is_auto_increment = spec.is_auto_increment;
  column.on_update_current_timestamp = spec.on_update_current_timestamp;
  if (spec.default_value == nullptr) {
    column.default_kind = column.is_nullable ? DefaultKind::kValue : DefaultKind::kNone;
    return column;
  }
  if (IsCurrentTimestamp(*spec.default_value)) {
    column.default_kind = DefaultKind::kCurrentTimestamp;
    return column;
  }
  const std::optional<Value> literal = LiteralOf(*spec.default_value);
  SqlError invalid =
      errors::MakeError(1067, "42000", fmt::format("Invalid default value for '{}'", spec.name));
  if (!literal.has_value()) return invalid;
  if (literal->IsNull()) {
    if (!column.is_nullable) return invalid;
    return column;
  }
  auto stored = StoreInto(column.type, *literal);
  if (std::holds_alternative<StoreError>(stored)) return invalid;
  column.default_value = std::get<Value>(std::move(stored));
  return column;
}

}  // namespace

TableBuilder::TableBuilder(const Catalog& catalog, const TableDef& base) : catalog_(&catalog), def_(base) {
  if (def_.HasHiddenRowId()) def_.indexes.erase(def_.indexes.begin());
}

std::optional<SqlError> TableBuilder::AddColumn(const sql::ColumnSpec& spec,
                                                std::optional<std::size_t> position) {
  if (def_.FindColumn(spec.name).has_value()) return errors::DuplicateColumn(spec.name);
  auto column = MakeColumn(spec);
  if (auto* error = std::get_if<SqlError>(&column)) return std::move(*error);
  const std::size_t at = position.value_or(def_.columns.size());
  if (at < def_.columns.size()) {
    const auto shift = [&](std::uint32_t& c) { c += c >= at ? 1 : 0; };
    for (IndexDef& index : def_.indexes) {
      for (KeyPart& part : index.parts) shift(part.column);
    }
    for (ForeignKeyDef& key : def_.foreign_keys) {
      for (std::uint32_t& c : key.columns) shift(c);
    }
  }
  def_.columns.insert(def_.columns.begin() + static_cast<std::ptrdiff_t>(at),
                      std::get<ColumnDef>(std::move(column)));
  if (spec.is_primary_key) return AddIndex({sql::IndexSpecKind::kPrimary, "", {{spec.name, false}}});
  if (spec.is_unique) return AddIndex({sql::IndexSpecKind::kUnique, "", {{spec.name, false}}});
  return std::nullopt;
}

std::optional<SqlError> TableBuilder::ReplaceColumn(const std::string& old_name,
                                                    const sql::ColumnSpec& spec) {
  const auto at = def_.FindColumn(old_name);
  if (!at.has_value()) return errors::UnknownColumn(old_name, def_.name);
  if (!IsSameName(old_name, spec.name) && def_.FindColumn(spec.name).has_value())
    return errors::DuplicateColumn(spec.name);
  auto column = MakeColumn(spec);
  if (auto* error = std::get_if<SqlError>(&column)) return std::move(*error);
  def_.columns[*at] = std::get<ColumnDef>(std::move(column));
  return std::nullopt;
}

std::optional<SqlError> TableBuilder::RemoveColumn(const std::string& name) {
  const auto at = def_.FindColumn(name);
  if (!at.has_value()) return errors::CantDrop("COLUMN", name);
  if (def_.columns.size() == 1) {
    return errors::MakeError(1090, "42000",
                             "You can't delete all columns with ALTER TABLE; use DROP TABLE instead");
  }
  for (const ForeignKeyDef& key : def_.foreign_keys) {
    if (std::find(key.columns.begin(), key.columns.end(), *at) == key.columns.end()) continue;
    return errors::MakeError(
        1553, "HY000", fmt::format("Cannot drop index '{}': needed in a foreign key constraint", key.name));
  }
  const auto shift = [&](std::uint32_t& c) { c -= c > *at ? 1 : 0; };
  for (IndexDef& index : def_.indexes) {
    std::erase_if(index.parts, [&](const KeyPart& part) { return part.column == *at; });
    for (KeyPart& part : index.parts) shift(part.column);
  }
  std::erase_if(def_.indexes, [](const IndexDef& index) { return index.parts.empty(); });
  for (ForeignKeyDef& key : def_.foreign_keys) {
    for (std::uint32_t& c : key.columns) shift(c);
  }
  def_.columns.erase(def_.columns.begin() + *at);
  return std::nullopt;
}

std::string TableBuilder::FreeIndexName(const std::string& wanted) const {
  std::string name = wanted;
  for (int suffix = 2; def_.FindIndex(name) != nullptr || IsSameName(name, "PRIMARY"); ++suffix) {
    name = fmt::format("{}_{}", wanted, suffix);
  }
  return name;
}

std::optional<SqlError> TableBuilder::AddIndex(const sql::IndexSpec& spec) {
  IndexDef index;
  index.is_unique = spec.kind != sql::IndexSpecKind::kPlain;
  const bool is_primary = spec.kind == sql::IndexSpecKind::kPrimary;
  for (const sql::IndexColumn& part : spec.columns) {
    const auto column = def_.FindColumn(part.column);
    if (!column.has_value()) return errors::NoSuchKeyColumn(part.column);
    for (const KeyPart& other : index.parts) {
      if (other.column == *column) return errors::DuplicateColumn(part.column);
    }
    index.parts.push_back({*column, part.is_descending});
    if (is_primary) {
      ColumnDef& def = def_.columns[*column];
      def.is_nullable = false;
      if (def.default_kind == DefaultKind::kValue && def.default_value.IsNull())
        def.default_kind = DefaultKind::kNone;
    }
  }
  if (is_primary && def_.FindIndex("PRIMARY") != nullptr) return errors::MultiplePrimaryKeys();
  if (!is_primary && !spec.name.empty() && def_.FindIndex(spec.name) != nullptr)
    return errors::DuplicateKeyName(spec.name);
  index.name = is_primary          ? "PRIMARY"
               : spec.name.empty() ? FreeIndexName(def_.columns[index.parts[0].column].name)
                                   : spec.name;
  def_.indexes.push_back(std::move(index));
  return std::nullopt;
}

std::optional<SqlError> TableBuilder::RemoveIndex(const std::string& name) {
  const IndexDef* index = def_.FindIndex(name);
  if (index == nullptr) return errors::CantDrop("INDEX", name);
  def_.indexes.erase(def_.indexes.begin() + (index - def_.indexes.data()));
  for (const ForeignKeyDef& key : def_.foreign_keys) {
    if (HasIndexFor(key.columns)) continue;
    return errors::MakeError(1553, "HY000",
                             fmt::format("Cannot drop index '{}': needed in a foreign key constraint", name));
  }
  return std::nullopt;
}

bool TableBuilder::HasIndexFor(const std::vector<std::uint32_t>& columns) const {
  return std::any_of(def_.indexes.begin(), def_.indexes.end(), [&](const IndexDef& index) {
    if (index.parts.size() < columns.size()) return false;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (index.parts[i].column != columns[i]) return false;
    }
    return true;
  });
}

std::optional<SqlError> TableBuilder::AddForeignKey(const sql::ForeignKeySpec& spec, bool checks_parent) {
  ForeignKeyDef key;
  for (const std::string& name : spec.columns) {
    const auto column = def_.FindColumn(name);
    if (!column.has_value()) return errors::NoSuchKeyColumn(name);
    key.columns.push_back(*column);
  }
  key.parent_table = spec.parent_table;
  key.parent_columns = spec.parent_columns;
  key.on_delete = spec.on_delete;
  key.on_update = spec.on_update;
  int number = 1;
  for (const ForeignKeyDef& other : def_.foreign_keys) {
    for (int n = number; n < 1000; ++n) {
      if (other.name == fmt::format("{}_ibfk_{}", def_.name, n)) number = n + 1;
    }
  }
  key.name = spec.name.empty() ? fmt::format("{}_ibfk_{}", def_.name, number) : spec.name;
  if (checks_parent) {
    const Table* parent = spec.parent_table == def_.name ? nullptr : catalog_->Find(spec.parent_table);
    if (parent == nullptr && spec.parent_table != def_.name) return errors::ForeignKeyIncorrect(def_.name);
    const TableDef& parent_def = parent == nullptr ? def_ : *parent->def;
    if (key.parent_columns.empty()) {
      const IndexDef* primary = parent_def.FindIndex("PRIMARY");
      if (primary == nullptr) return errors::ForeignKeyIncorrect(def_.name);
      for (const KeyPart& part : primary->parts)
        key.parent_columns.push_back(parent_def.columns[part.column].name);
    }
    if (key.parent_columns.size() != key.columns.size()) {
      return errors::MakeError(
          1239, "42000",
          fmt::format("Incorrect foreign key definition for '{}': Key reference and table "
                      "reference don't match",
                      key.name));
    }
    std::vector<std::uint32_t> columns;
    for (std::size_t i = 0; i < key.parent_columns.size(); ++i) {
      const auto column = parent_def.FindColumn(key.parent_columns[i]);
      if (!column.has_value()) return errors::ForeignKeyIncorrect(def_.name);
      const ColumnType& parent_type = parent_def.columns[*column].type;
      const ColumnType& child_type = def_.columns[key.columns[i]].type;
      if (parent_type.kind != child_type.kind || parent_type.is_unsigned != child_type.is_unsigned) {
        return errors::ForeignKeyIncorrect(def_.name);
      }
      columns.push_back(*column);
    }
    const bool has_index =
        std::any_of(parent_def.indexes.begin(), parent_def.indexes.end(), [&](const IndexDef& index) {
          if (index.parts.size() < columns.size()) return false;
          for (std::size_t i = 0; i < columns.size(); ++i) {
            if (index.parts[i].column != columns[i]) return false;
          }
          return true;
        });
    if (!has_index) return errors::ForeignKeyIncorrect(def_.name);
  }
  def_.foreign_keys.push_back(std::move(key));
  return std::nullopt;
}

std::optional<SqlError> TableBuilder::RemoveForeignKey(const std::string& name) {
  const auto found = std::find_if(def_.foreign_keys.begin(), def_.foreign_keys.end(),
                                  [&](const ForeignKeyDef& key) { return IsSameName(key.name, name); });
  if (found == def_.foreign_keys.end()) return errors::CantDrop("FOREIGN KEY", name);
  def_.foreign_keys.erase(found);
  return std::nullopt;
}

std::optional<SqlError> TableBuilder::AddCheck(const sql::CheckSpec& spec) {
  // A column's own check goes by the table's and the column's name.
  std::string name = spec.name.empty() && !spec.column.empty() ? def_.name + "." + spec.column : spec.name;
  const auto is_taken = [&](const std::string& candidate) {
    return std::any_of(def_.checks.begin(), def_.checks.end(),
                       [&](const CheckDef& check) { return check.name == candidate; });
  };
  for (int number = 1; name.empty(); ++number) {
    if (const std::string candidate = fmt::format("CONSTRAINT_{}", number); !is_taken(candidate))
      name = candidate;
  }
  if (is_taken(name))
    return errors::MakeError(1826, "HY000", fmt::format("Duplicate CHECK constraint name '{}'", name));
  def_.checks.push_back({std::move(name), spec.text});
  return std::nullopt;
}

std::optional<SqlError> TableBuilder::RemoveConstraint(const std::string& name) {
  const std::size_t before = def_.checks.size();
  std::erase_if(def_.checks, [&](const CheckDef& check) { return IsSameName(check.name, name); });
  if (def_.checks.size() != before) return std::nullopt;
  if (!RemoveForeignKey(name).has_value()) return std::nullopt;
  if (def_.FindIndex(name) != nullptr) return RemoveIndex(name);
  return errors::CantDrop("CONSTRAINT", name);
}

std::variant<TableDefRef, SqlError> TableBuilder::Build(Catalog& ids, TableId id) {
  if (def_.columns.empty()) return errors::MakeError(1113, "42000", "A table must have at least 1 column");
  for (const ForeignKeyDef& key : def_.foreign_keys) {
    if (HasIndexFor(key.columns)) continue;
    sql::IndexSpec spec;
    // A key without a name of its own lends its index the first column's name.
    const bool is_generated = key.name.find("_ibfk_") != std::string::npos;
    if (!is_generated && def_.FindIndex(key.name) == nullptr) spec.name = key.name;
    for (std::uint32_t column : key.columns) spec.columns.push_back({def_.columns[column].name, false});
    if (auto error = AddIndex(spec)) return std::move(*error);
  }
  // Primary first, then unique keys without NULLs, then the other unique ones, then the rest.
  const auto rank = [&](const IndexDef& index) {
    if (index.name == "PRIMARY") return 0;
    if (!index.is_unique) return 3;
    const bool has_nulls = std::any_of(index.parts.begin(), index.parts.end(), [&](const KeyPart& part) {
      return def_.columns[part.column].is_nullable;
    });
    return has_nulls ? 2 : 1;
  };
  std::stable_sort(def_.indexes.begin(), def_.indexes.end(),
                   [&](const IndexDef& a, const IndexDef& b) { return rank(a) < rank(b); });
  int automatic = 0;
  for (std::uint32_t column = 0; column < def_.columns.size(); ++column) {
    if (!def_.columns[column].is_auto_increment) continue;
    const bool is_key = std::any_of(def_.indexes.begin(), def_.indexes.end(),
                                    [&](const IndexDef& index) { return index.parts[0].column == column; });
    if (++automatic > 1 || !is_key) return errors::WrongAutoIncrement();
  }
  def_.id = id;
  def_.Finish();
  for (IndexDef& index : def_.indexes) {
    if (index.id.IsNull()) index.id = ids.NewIndexId();
  }
  return std::make_shared<const TableDef>(std::move(def_));
}

}  // namespace nextkey
