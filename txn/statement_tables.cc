#include "txn/statement_tables.h"

#include <algorithm>
#include <utility>

#include "txn/system_tables.h"

namespace nextkey {
namespace {

class Collector {
 public:
  explicit Collector(bool is_write) : is_write_(is_write) {}

  void Select(const sql::SelectStatement& select);
  void Expression(const sql::ExprRef& expression);
  void Reference(const sql::TableReference& reference, bool is_written, MdlMode mode);
  void Condition(const std::vector<sql::TableReference>& tables);
  template <class Items>
  void Order(const Items& items) {
    for (const auto& item : items) Expression(item.expression);
  }

  std::vector<NamedTable> tables;

 private:
  bool is_write_;
};

void Collector::Reference(const sql::TableReference& reference, bool is_written, MdlMode mode) {
  tables.push_back({reference.name, reference.alias.empty() ? reference.name : reference.alias, mode,
                    is_written, is_write_ && !is_written, SystemSchemaNamed(reference.schema),
                    reference.argument});
}

void Collector::Expression(const sql::ExprRef& expression) {
  if (expression == nullptr) return;
  if (expression->subquery != nullptr) Select(*expression->subquery);
  for (const sql::ExprRef& arg : expression->args) Expression(arg);
}

void Collector::Condition(const std::vector<sql::TableReference>& references) {
  for (const sql::TableReference& reference : references) Expression(reference.join_condition);
}

void Collector::Select(const sql::SelectStatement& select) {
  const bool is_exclusive = select.locking.strength == sql::RowLocking::kUpdate;
  for (const sql::TableReference& reference : select.from) {
    Reference(reference, false, is_exclusive ? MdlMode::kSharedWrite : MdlMode::kSharedRead);
  }
  for (const sql::SelectItem& item : select.items) Expression(item.expression);
  Condition(select.from);
  Expression(select.where);
  for (const sql::ExprRef& expression : select.group_by) Expression(expression);
  Expression(select.having);
  Order(select.order_by);
}

std::vector<NamedTable> Tables(const std::shared_ptr<const sql::SelectStatement>& select) {
  Collector collector(false);
  collector.Select(*select);
  return std::move(collector.tables);
}

std::vector<NamedTable> Tables(const sql::InsertStatement& insert) {
  Collector collector(true);
  collector.Reference(insert.table, true, MdlMode::kSharedWrite);
  for (const std::vector<sql::ExprRef>& row : insert.rows) {
    for (const sql::ExprRef& value : row) collector.Expression(value);
  }
  if (insert.query != nullptr) collector.Select(*insert.query);
  for (const sql::Assignment& assignment : insert.updates) collector.Expression(assignment.value);
  return std::move(collector.tables);
}

std::vector<NamedTable> Tables(const sql::UpdateStatement& update) {
  Collector collector(true);
  for (const sql::TableReference& reference : update.tables) {
    // Without a look at the columns an unqualified assignment may mean any of the tables.
    const bool is_written =
        update.tables.size() == 1 ||
        std::any_of(update.assignments.begin(), update.assignments.end(), [&](const sql::Assignment& a) {
          return a.qualifier.empty() || a.qualifier == reference.alias;
        });
    collector.Reference(reference, is_written, is_written ? MdlMode::kSharedWrite : MdlMode::kSharedRead);
  }
  collector.Condition(update.tables);
  for (const sql::Assignment& assignment : update.assignments) collector.Expression(assignment.value);
  collector.Expression(update.where);
  collector.Order(update.order_by);
  return std::move(collector.tables);
}

std::vector<NamedTable> Tables(const sql::DeleteStatement& statement) {
  Collector collector(true);
  for (const sql::TableReference& reference : statement.tables) {
    const bool is_written = statement.targets.empty() ||
                            std::find(statement.targets.begin(), statement.targets.end(), reference.alias) !=
                                statement.targets.end();
    collector.Reference(reference, is_written, is_written ? MdlMode::kSharedWrite : MdlMode::kSharedRead);
  }
  collector.Condition(statement.tables);
  collector.Expression(statement.where);
  collector.Order(statement.order_by);
  return std::move(collector.tables);
}

std::vector<NamedTable> Tables(const sql::SetStatement& set) {
  Collector collector(false);
  for (const sql::VariableAssignment& assignment : set.assignments) collector.Expression(assignment.value);
  return std::move(collector.tables);
}

std::vector<NamedTable> Tables(const sql::DoStatement& statement) {
  Collector collector(false);
  for (const sql::ExprRef& expression : statement.expressions) collector.Expression(expression);
  return std::move(collector.tables);
}

std::vector<NamedTable> Tables(const sql::KillStatement& statement) {
  Collector collector(false);
  collector.Expression(statement.session);
  return std::move(collector.tables);
}

// What is explained is opened, and not run.
std::vector<NamedTable> Tables(const sql::ExplainStatement& statement) { return statement.statement->tables; }

// Definitions take their own metadata locks (definitions.cc); the others name no tables.
template <class Other>
std::vector<NamedTable> Tables(const Other&) {
  return {};
}

}  // namespace

sql::StatementRef sql::MakeStatement(StatementBody body, std::string text) {
  std::vector<nextkey::NamedTable> tables = std::visit([](const auto& kind) { return Tables(kind); }, body);
  return std::make_shared<const Statement>(Statement{std::move(body), std::move(text), std::move(tables)});
}

// --- Foreign keys ---------------------------------------------------------------------------------------

namespace {

// What the statement may make a foreign key do to the rows that refer to those it writes.
ReferenceAction ActionBy(const sql::Statement& statement, const ForeignKeyDef& key) {
  if (std::holds_alternative<sql::DeleteStatement>(statement.body)) return key.on_delete;
  const auto* insert = std::get_if<sql::InsertStatement>(&statement.body);
  if (insert == nullptr || insert->on_duplicate == sql::DuplicateHandling::kUpdate) return key.on_update;
  return insert->on_duplicate == sql::DuplicateHandling::kReplace ? key.on_delete
                                                                  : ReferenceAction::kRestrict;
}

bool IsForWriting(const NamedTable& table) {
  return !table.IsSystem() && table.mode == MdlMode::kSharedWrite &&
         (table.is_written || table.is_read_for_write);
}

}  // namespace

// The tables that refer to those that are written are opened as well: for writing where a cascade would
// change them, else for reading (prepare_fk_prelocking_list).
OpenedTables::OpenedTables(const Catalog& catalog, const sql::Statement& statement)
    : named_(statement.tables) {
  for (std::size_t i = 0; i < size(); ++i) {
    if (!IsForWriting((*this)[i])) continue;
    for (const Table* child : catalog.All()) {
      for (const ForeignKeyDef& key : child->def->foreign_keys) {
        if (key.parent_table != (*this)[i].name) continue;
        const ReferenceAction action = ActionBy(statement, key);
        const bool changes = action == ReferenceAction::kCascade || action == ReferenceAction::kSetNull;
        NamedTable opened = (*this)[i];
        opened.name = child->def->name;
        opened.alias = child->def->name;
        opened.is_written = changes;
        opened.is_read_for_write = !changes;
        opened.mode = changes ? MdlMode::kSharedWrite : MdlMode::kSharedRead;
        if (!Has(opened)) referring_.push_back(std::move(opened));
      }
    }
  }
}

bool OpenedTables::Has(const NamedTable& table) const {
  const auto is_it = [&](const NamedTable& other) {
    return other.name == table.name && other.mode == table.mode;
  };
  return std::ranges::any_of(named_, is_it) || std::ranges::any_of(referring_, is_it);
}

}  // namespace nextkey
