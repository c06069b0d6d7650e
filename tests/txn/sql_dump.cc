#include "tests/txn/sql_dump.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/column_type.h"
#include "txn/sql/parser.h"

namespace nextkey::sql {
namespace {

std::string Dump(const SelectStatement& select);

std::string_view SymbolOf(Op op) {
  switch (op) {
    case Op::kNegate:
      return "neg";
    case Op::kNot:
      return "not";
    case Op::kBitNot:
      return "~";
    case Op::kAdd:
      return "+";
    case Op::kSubtract:
      return "-";
    case Op::kMultiply:
      return "*";
    case Op::kDivide:
      return "/";
    case Op::kIntegerDivide:
      return "div";
    case Op::kModulo:
      return "%";
    case Op::kBitAnd:
      return "&";
    case Op::kBitOr:
      return "|";
    case Op::kBitXor:
      return "^";
    case Op::kShiftLeft:
      return "<<";
    case Op::kShiftRight:
      return ">>";
    case Op::kEqual:
      return "=";
    case Op::kNullSafeEqual:
      return "<=>";
    case Op::kNotEqual:
      return "<>";
    case Op::kLess:
      return "<";
    case Op::kLessEqual:
      return "<=";
    case Op::kGreater:
      return ">";
    case Op::kGreaterEqual:
      return ">=";
    case Op::kAnd:
      return "and";
    case Op::kOr:
      return "or";
    case Op::kXor:
      return "xor";
    case Op::kIsNull:
      return "null?";
    case Op::kIsTrue:
      return "true?";
    case Op::kIsFalse:
      return "false?";
    case Op::kIn:
      return "in";
    case Op::kInSubquery:
      return "in-query";
    case Op::kBetween:
      return "between";
    case Op::kLike:
      return "like";
    case Op::kCase:
      return "case";
    case Op::kCast:
      return "cast";
    case Op::kInterval:
      return "interval";
    case Op::kSubquery:
      return "query";
    case Op::kExists:
      return "exists";
    case Op::kRow:
      return "row";
    case Op::kLiteral:
    case Op::kColumn:
    case Op::kStar:
    case Op::kUserVariable:
    case Op::kAssignVariable:
    case Op::kSystemVariable:
    case Op::kDefault:
    case Op::kInsertedValue:
    case Op::kFunction:
    case Op::kAggregate:
      break;
  }
  return "?";
}

std::string LiteralText(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kText:
      return "'" + value.AsText() + "'";
    case ValueKind::kUnsigned:
      return value.ToText() + "u";
    case ValueKind::kDecimal:
      return value.ToText() + "d";
    case ValueKind::kDouble:
      return value.ToText() + "e";
    case ValueKind::kDate:
      return "date:" + value.ToText();
    case ValueKind::kDateTime:
      return "datetime:" + value.ToText();
    case ValueKind::kTime:
      return "time:" + value.ToText();
    case ValueKind::kNull:
    case ValueKind::kInt:
      break;
  }
  return value.ToText();
}

// The word at the front of a node's parenthesis; empty for leaves.
std::string HeadOf(const Expr& node) {
  switch (node.op) {
    case Op::kAssignVariable:
      return "@" + node.name + ":=";
    case Op::kFunction:
      return node.name;
    case Op::kAggregate:
      return node.name + (node.is_distinct ? " distinct" : "");
    case Op::kInterval:
      return std::string(node.is_negated ? "- " : "+ ") + node.name;
    case Op::kCast:
      return "cast " + TypeName(node.cast_type) + (node.cast_type.collation == Collation::kBin ? " bin" : "");
    case Op::kCase: {
      return std::string("case") + (node.has_operand ? " of" : "") + (node.has_else ? " else" : "");
    }
    default:
      return std::string(SymbolOf(node.op));
  }
}

std::string Qualified(const std::string& qualifier, const std::string& name) {
  return qualifier.empty() ? name : qualifier + "." + name;
}

template <typename List, typename Text>
std::string Joined(const List& list, Text text_of, std::string_view separator = " ") {
  std::string joined;
  for (const auto& item : list) {
    if (!joined.empty()) joined += separator;
    joined += text_of(item);
  }
  return joined;
}

std::string Names(const std::vector<std::string>& names) {
  return Joined(names, [](const std::string& name) { return name; });
}

std::string DumpRef(const ExprRef& expression) { return expression ? Dump(*expression) : "default"; }

std::string Optional(std::string_view word, const ExprRef& expression) {
  return expression ? fmt::format(" ({} {})", word, Dump(*expression)) : "";
}

std::string Dump(const TableReference& table) {
  std::string text = table.join == JoinKind::kLeft       ? "left "
                     : table.join == JoinKind::kStraight ? "straight "
                                                         : "";
  text += Qualified(table.schema, table.name);
  if (table.alias != table.name) text += " as " + table.alias;
  for (const IndexHint& hint : table.hints) {
    const std::string_view kind = hint.kind == IndexHintKind::kUse     ? "use"
                                  : hint.kind == IndexHintKind::kForce ? "force"
                                                                       : "ignore";
    text += fmt::format(" {}({})", kind, Names(hint.indexes));
  }
  text += Optional("on", table.join_condition);
  if (!table.using_columns.empty()) text += fmt::format(" (using {})", Names(table.using_columns));
  return text;
}

std::string DumpTables(const std::vector<TableReference>& tables) {
  return Joined(
      tables, [](const TableReference& table) { return Dump(table); }, ", ");
}

std::string DumpOrder(const std::vector<OrderItem>& order) {
  if (order.empty()) return "";
  return fmt::format(" (order {})", Joined(order, [](const OrderItem& item) {
                       return Dump(*item.expression) + (item.is_descending ? " desc" : "");
                     }));
}

std::string DumpLimit(const std::optional<Limit>& limit) {
  if (!limit) return "";
  const std::string offset = limit->offset ? " from " + Dump(*limit->offset) : "";
  return fmt::format(" (limit {}{})", Dump(*limit->count), offset);
}

std::string Dump(const LockingClause& locking) {
  if (locking.strength == RowLocking::kNone) return "";
  std::string text = locking.strength == RowLocking::kUpdate ? " (for update" : " (for share";
  if (!locking.of_tables.empty()) text += " of " + Names(locking.of_tables);
  if (locking.waiting == LockWaiting::kNoWait) text += " nowait";
  if (locking.waiting == LockWaiting::kSkipLocked) text += " skip";
  if (locking.wait_seconds) text += fmt::format(" wait {}", *locking.wait_seconds);
  return text + ")";
}

std::string Dump(const SelectStatement& select) {
  std::string text = select.is_distinct ? "(select distinct " : "(select ";
  text += Joined(select.items, [](const SelectItem& item) {
    return fmt::format("{}[{}]", Dump(*item.expression), item.alias);
  });
  if (!select.from.empty()) text += fmt::format(" (from {})", DumpTables(select.from));
  text += Optional("where", select.where);
  if (!select.group_by.empty()) text += fmt::format(" (group {})", Joined(select.group_by, DumpRef));
  text += Optional("having", select.having);
  text += DumpOrder(select.order_by) + DumpLimit(select.limit);
  if (!select.into_variables.empty()) text += fmt::format(" (into {})", Names(select.into_variables));
  return text + Dump(select.locking) + ")";
}

std::string DumpAssignments(const std::vector<Assignment>& assignments) {
  return Joined(assignments, [](const Assignment& one) {
    return fmt::format("{}={}", Qualified(one.qualifier, one.column), DumpRef(one.value));
  });
}

std::string Dump(const ColumnSpec& column) {
  std::string text = column.name + ":" + TypeName(column.type);
  if (column.type.collation == Collation::kBin) text += " bin";
  if (column.type.collation == Collation::kUnicodeCi) text += " unicode";
  if (column.is_nullable) text += *column.is_nullable ? " null" : " notnull";
  if (column.is_auto_increment) text += " auto";
  if (column.is_primary_key) text += " primary";
  if (column.is_unique) text += " unique";
  text += Optional("default", column.default_value);
  if (column.on_update_current_timestamp) text += " on-update";
  if (!column.comment.empty()) text += " '" + column.comment + "'";
  return text;
}

std::string Dump(const IndexSpec& index) {
  const std::string_view kind = index.kind == IndexSpecKind::kPrimary  ? "primary"
                                : index.kind == IndexSpecKind::kUnique ? "unique"
                                                                       : "key";
  return fmt::format("({} {}: {})", kind, index.name, Joined(index.columns, [](const IndexColumn& column) {
                       return column.column + (column.is_descending ? " desc" : "");
                     }));
}

std::string_view NameOf(ReferenceAction action) {
  switch (action) {
    case ReferenceAction::kRestrict:
      return "restrict";
    case ReferenceAction::kNoAction:
      return "no-action";
    case ReferenceAction::kCascade:
      return "cascade";
    case ReferenceAction::kSetNull:
      return "set-null";
  }
  return "?";
}

std::string Dump(const ForeignKeySpec& key) {
  return fmt::format("(foreign {}: {} -> {} {} delete={} update={})", key.name, Names(key.columns),
                     key.parent_table, Names(key.parent_columns), NameOf(key.on_delete),
                     NameOf(key.on_update));
}

std::string Dump(const CheckSpec& check) {
  return fmt::format("(check {}:{} {} `{}`)", check.name, check.column, Dump(*check.condition), check.text);
}

std::string_view NameOf(IsolationLevel level) {
  switch (level) {
    case IsolationLevel::kReadUncommitted:
      return "read-uncommitted";
    case IsolationLevel::kReadCommitted:
      return "read-committed";
    case IsolationLevel::kRepeatableRead:
      return "repeatable-read";
    case IsolationLevel::kSerializable:
      return "serializable";
  }
  return "?";
}

std::string_view NameOf(VariableScope scope) {
  switch (scope) {
    case VariableScope::kUser:
      return "user";
    case VariableScope::kSession:
      return "session";
    case VariableScope::kGlobal:
      return "global";
    case VariableScope::kNextTransaction:
      return "next";
  }
  return "?";
}

std::string ReadOnlyText(const std::optional<bool>& is_read_only) {
  if (!is_read_only) return "";
  return *is_read_only ? " read-only" : " read-write";
}

std::string TransactionEnding(bool and_chain, bool release) {
  return std::string(and_chain ? " chain" : "") + (release ? " release" : "");
}

struct ActionDumper {
  std::string operator()(const AddColumn& action) const {
    const std::string place = action.is_first        ? " first"
                              : action.after.empty() ? ""
                                                     : " after " + action.after;
    return "(add " + Dump(action.column) + place + ")";
  }
  std::string operator()(const DropColumn& action) const { return "(drop " + action.name + ")"; }
  std::string operator()(const ModifyColumn& action) const {
    return "(modify " + action.old_name + " " + Dump(action.column) + ")";
  }
  std::string operator()(const AddIndex& action) const { return "(add-index " + Dump(action.index) + ")"; }
  std::string operator()(const DropIndex& action) const { return "(drop-index " + action.name + ")"; }
  std::string operator()(const AddForeignKey& action) const { return "(add-key " + Dump(action.key) + ")"; }
  std::string operator()(const DropForeignKey& action) const { return "(drop-key " + action.name + ")"; }
  std::string operator()(const AddCheck& action) const { return "(add-check " + Dump(action.check) + ")"; }
  std::string operator()(const DropConstraint& action) const {
    return "(drop-constraint " + action.name + ")";
  }
  std::string operator()(const RenameTable& action) const { return "(rename " + action.to + ")"; }
  std::string operator()(const SetEngine& action) const {
    return action.engine == StorageEngine::kInnoDb ? "(engine innodb)" : "(engine myisam)";
  }
  std::string operator()(const SetAutoIncrement& action) const {
    return fmt::format("(auto-increment {})", action.next);
  }
  std::string operator()(const ForceRebuild&) const { return "(force)"; }
};

struct StatementDumper {
  std::string operator()(const std::shared_ptr<const SelectStatement>& select) const { return Dump(*select); }
  std::string operator()(const InsertStatement& insert) const {
    std::string text = insert.on_duplicate == DuplicateHandling::kReplace ? "(replace " : "(insert ";
    if (insert.is_ignore) text += "ignore ";
    text += Dump(insert.table);
    if (!insert.columns.empty()) text += fmt::format(" ({})", Names(insert.columns));
    for (const std::vector<ExprRef>& row : insert.rows) text += fmt::format(" [{}]", Joined(row, DumpRef));
    if (insert.query) text += " " + Dump(*insert.query);
    if (!insert.updates.empty()) text += fmt::format(" (duplicate {})", DumpAssignments(insert.updates));
    return text + ")";
  }
  std::string operator()(const UpdateStatement& update) const {
    return fmt::format("(update {}{} (set {}){}{}{})", update.is_ignore ? "ignore " : "",
                       DumpTables(update.tables), DumpAssignments(update.assignments),
                       Optional("where", update.where), DumpOrder(update.order_by), DumpLimit(update.limit));
  }
  std::string operator()(const DeleteStatement& removal) const {
    const std::string targets = removal.targets.empty() ? "" : "[" + Names(removal.targets) + "] ";
    return fmt::format("(delete {}{}{}{}{}{})", removal.is_ignore ? "ignore " : "", targets,
                       DumpTables(removal.tables), Optional("where", removal.where),
                       DumpOrder(removal.order_by), DumpLimit(removal.limit));
  }
  std::string operator()(const CreateTableStatement& table) const {
    std::string text = table.if_not_exists ? "(create if-missing " : "(create ";
    text += Qualified(table.schema, table.name);
    if (!table.like_table.empty()) return text + " like " + table.like_table + ")";
    for (const ColumnSpec& column : table.columns) text += " (" + Dump(column) + ")";
    for (const IndexSpec& index : table.indexes) text += " " + Dump(index);
    for (const ForeignKeySpec& key : table.foreign_keys) text += " " + Dump(key);
    for (const CheckSpec& check : table.checks) text += " " + Dump(check);
    if (table.engine == StorageEngine::kMyIsam) text += " myisam";
    if (table.auto_increment) text += fmt::format(" auto={}", *table.auto_increment);
    if (!table.comment.empty()) text += " '" + table.comment + "'";
    return text + ")";
  }
  std::string operator()(const DropTableStatement& drop) const {
    return fmt::format("(drop{} {})", drop.if_exists ? " if-exists" : "", Names(drop.names));
  }
  std::string operator()(const TruncateStatement& truncate) const {
    return "(truncate " + truncate.name + ")";
  }
  std::string operator()(const AlterTableStatement& alter) const {
    std::string text = "(alter " + alter.name;
    for (const AlterAction& action : alter.actions) text += " " + std::visit(ActionDumper{}, action);
    return text + ")";
  }
  std::string operator()(const BeginStatement& begin) const {
    return fmt::format("(begin{}{})", begin.with_consistent_snapshot ? " snapshot" : "",
                       ReadOnlyText(begin.is_read_only));
  }
  std::string operator()(const CommitStatement& commit) const {
    return "(commit" + TransactionEnding(commit.and_chain, commit.release) + ")";
  }
  std::string operator()(const RollbackStatement& rollback) const {
    return "(rollback" + TransactionEnding(rollback.and_chain, rollback.release) + ")";
  }
  std::string operator()(const SavepointStatement& savepoint) const {
    return "(savepoint " + savepoint.name + ")";
  }
  std::string operator()(const RollbackToStatement& rollback) const {
    return "(rollback-to " + rollback.name + ")";
  }
  std::string operator()(const ReleaseSavepointStatement& release) const {
    return "(release " + release.name + ")";
  }
  std::string operator()(const SetStatement& set) const {
    return "(set " +
           Joined(set.assignments,
                  [](const VariableAssignment& one) {
                    return fmt::format("{}:{}={}", NameOf(one.scope), one.name, DumpRef(one.value));
                  }) +
           ")";
  }
  std::string operator()(const SetTransactionStatement& set) const {
    const std::string isolation = set.isolation ? " " + std::string(NameOf(*set.isolation)) : "";
    return fmt::format("(set-transaction {}{}{})", NameOf(set.scope), isolation,
                       ReadOnlyText(set.is_read_only));
  }
  std::string operator()(const LockTablesStatement& lock) const {
    return "(lock " +
           Joined(lock.items,
                  [](const TableLockItem& item) {
                    const std::string_view kind = item.kind == TableLockKind::kRead        ? "read"
                                                  : item.kind == TableLockKind::kReadLocal ? "read-local"
                                                                                           : "write";
                    const std::string alias = item.alias == item.name ? "" : " as " + item.alias;
                    return fmt::format("({}{} {})", item.name, alias, kind);
                  }) +
           ")";
  }
  std::string operator()(const UnlockTablesStatement&) const { return "(unlock)"; }
  std::string operator()(const FlushTablesStatement& flush) const {
    const std::string names = flush.names.empty() ? "" : " " + Names(flush.names);
    return "(flush" + names + (flush.with_read_lock ? " read-lock" : "") + ")";
  }
  std::string operator()(const AnalyzeTableStatement& analyze) const {
    return "(analyze " + Names(analyze.names) + ")";
  }
  std::string operator()(const UseStatement& use) const { return "(use " + use.schema + ")"; }
  std::string operator()(const DoStatement& statement) const {
    return "(do " + Joined(statement.expressions, DumpRef) + ")";
  }
  std::string operator()(const KillStatement& kill) const {
    return fmt::format("(kill {} {})", kill.kind == KillKind::kQuery ? "query" : "connection",
                       DumpRef(kill.session));
  }
  std::string operator()(const ExplainStatement& explain) const {
    return "(explain " + Dump(*explain.statement) + ")";
  }
};

std::string Dump(const ParseError& error) {
  return fmt::format("error {}-{}: {}", error.place.begin, error.place.end, error.message);
}

}  // namespace

std::string Dump(const Expr& node) {
  switch (node.op) {
    case Op::kLiteral:
      return LiteralText(node.literal);
    case Op::kColumn:
      return Qualified(node.qualifier, node.name);
    case Op::kStar:
      return Qualified(node.qualifier, "*");
    case Op::kUserVariable:
      return "@" + node.name;
    case Op::kSystemVariable:
      return "@@" + Qualified(node.qualifier, node.name);
    case Op::kDefault:
      return node.name.empty() ? "default" : "(default " + node.name + ")";
    case Op::kInsertedValue:
      return "(values " + node.name + ")";
    default:
      break;
  }
  std::string text = "(" + HeadOf(node);
  for (const ExprRef& arg : node.args) text += " " + DumpRef(arg);
  if (node.subquery) text += " " + Dump(*node.subquery);
  return text + ")";
}

std::string Dump(const Statement& statement) { return std::visit(StatementDumper{}, statement.body); }

std::string DumpStatement(std::string_view text) {
  const auto parsed = ParseStatement(text);
  if (const auto* error = std::get_if<ParseError>(&parsed)) return Dump(*error);
  return Dump(*std::get<StatementRef>(parsed));
}

std::string DumpExpression(std::string_view text) {
  const auto parsed = ParseExpression(text);
  if (const auto* error = std::get_if<ParseError>(&parsed)) return Dump(*error);
  return Dump(*std::get<ExprRef>(parsed));
}

void ExpectStatements(const std::vector<Example>& examples) {
  for (const Example& example : examples)
    EXPECT_EQ(DumpStatement(example.text), example.tree) << example.text;
}

void ExpectExpressions(const std::vector<Example>& examples) {
  for (const Example& example : examples)
    EXPECT_EQ(DumpExpression(example.text), example.tree) << example.text;
}

}  // namespace nextkey::sql
