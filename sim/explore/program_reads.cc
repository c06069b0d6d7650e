#include "sim/explore/program_reads.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

#include "sim/explore/statement_walk.h"
#include "sim/text.h"

namespace nextkey {
namespace {

// Their answers depend on nothing but their arguments.
constexpr auto kPureFunctions =
    std::to_array<std::string_view>({"abs",          "ascii",    "bin",          "ceil",
                                     "ceiling",      "char",     "char_length",  "character_length",
                                     "coalesce",     "concat",   "concat_ws",    "crc32",
                                     "database",     "elt",      "exp",          "field",
                                     "find_in_set",  "floor",    "format",       "greatest",
                                     "hex",          "if",       "ifnull",       "insert",
                                     "instr",        "isnull",   "lcase",        "least",
                                     "left",         "length",   "ln",           "locate",
                                     "log",          "log10",    "log2",         "lower",
                                     "lpad",         "ltrim",    "md5",          "mid",
                                     "mod",          "nullif",   "nvl",          "oct",
                                     "octet_length", "ord",      "pi",           "position",
                                     "pow",          "power",    "quote",        "repeat",
                                     "replace",      "reverse",  "right",        "round",
                                     "rpad",         "rtrim",    "schema",       "sha",
                                     "sha1",         "sign",     "sin",          "cos",
                                     "tan",          "sleep",    "space",        "sqrt",
                                     "strcmp",       "substr",   "substring",    "substring_index",
                                     "trim",         "truncate", "ucase",        "unhex",
                                     "upper",        "user",     "session_user", "system_user",
                                     "current_user", "version"});
constexpr auto kNamedLockFunctions =
    std::to_array<std::string_view>({"get_lock", "release_lock", "release_all_locks", "is_free_lock"});
// Whatever else there is: these show what the form leaves out.
constexpr auto kRevealingFunctions =
    std::to_array<std::string_view>({"connection_id", "is_used_lock", "rand", "uuid", "uuid_short"});

template <class List>
bool Has(const List& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

void Merge(ReadsBefore& into, const ReadsBefore& more) {
  for (const std::string& name : more.variables) {
    const auto place = std::lower_bound(into.variables.begin(), into.variables.end(), name);
    if (place == into.variables.end() || *place != name) into.variables.insert(place, name);
  }
  into.row_count |= more.row_count;
  into.found_rows |= more.found_rows;
  into.last_insert_id |= more.last_insert_id;
  into.snapshot |= more.snapshot;
}

void Forget(ReadsBefore& reads, const std::string& variable) {
  const auto place = std::lower_bound(reads.variables.begin(), reads.variables.end(), variable);
  if (place != reads.variables.end() && *place == variable) reads.variables.erase(place);
}

void AddVariable(ReadsBefore& reads, const std::string& name) {
  ReadsBefore one;
  one.variables.push_back(ToLower(name));
  Merge(reads, one);
}

bool IsTemporal(const ColumnType& type) {
  return type.kind == TypeKind::kDate || type.kind == TypeKind::kDateTime ||
         type.kind == TypeKind::kTimestamp || type.kind == TypeKind::kTime;
}

// A value of such a type takes the same room whatever it is.
bool HasFixedSize(const ColumnType& type) { return type.kind <= TypeKind::kBigInt || IsTemporal(type); }

class ReadsFinder {
 public:
  ReadsFinder(const Program& program, const RaceWorld& first) : program_(program), first_(first) {}

  ProgramReads Find() {
    FormScope& scope = reads_.scope;
    scope.reads_clock = scope.defines_tables = scope.locks_whole_tables = false;
    scope.uses_named_locks = scope.changes_settings = false;
    for (const ProgramTemplate& one : program_.templates) {
      for (const Instruction& instruction : one.instructions) {
        if (const auto* send = std::get_if<SendSql>(&instruction.what)) NoteStatement(*send->statement);
        changes_me_ |= ChangesMe(instruction);
      }
    }
    for (const ProgramInvariant& invariant : program_.invariants) NoteColumns(*invariant.query.statement);
    for (const ProgramResult& result : program_.results) NoteColumns(*result.query.statement);
    FindUnreadColumns();
    reads_.forgets_snapshots = ForgetsSnapshots();
    for (std::size_t i = 0; i < program_.templates.size(); ++i) FollowTemplate(program_.templates[i]);
    if (!reads_.keeps_all_because.empty()) {
      reads_.scope = FormScope{};
      reads_.forgets_snapshots = false;
    }
    reads_.scope.compares_arrivals = true;
    return std::move(reads_);
  }

 private:
  void KeepAll(std::string why) {
    if (reads_.keeps_all_because.empty()) reads_.keeps_all_because = std::move(why);
  }

  // --- Kinds of statements, names of columns --------------------------------------------------------

  void NoteStatement(const sql::Statement& statement) {
    NoteColumns(statement);
    std::visit([&](const auto& body) { NoteKind(body, statement); }, statement.body);
  }

  void NoteKind(const std::shared_ptr<const sql::SelectStatement>& select, const sql::Statement& statement) {
    if (select->keeps_warnings) KeepAll(fmt::format("{} shows what the server keeps", statement.text));
  }
  void NoteKind(const sql::InsertStatement& insert, const sql::Statement&) {
    const bool changes_rows = insert.on_duplicate == sql::DuplicateHandling::kReplace ||
                              insert.on_duplicate == sql::DuplicateHandling::kUpdate;
    if (changes_rows) read_tables_.insert(insert.table.name);
    if (insert.on_duplicate == sql::DuplicateHandling::kReplace) deletes_rows_ = true;
  }
  void NoteKind(const sql::UpdateStatement&, const sql::Statement&) {}
  void NoteKind(const sql::DeleteStatement&, const sql::Statement&) { deletes_rows_ = true; }
  void NoteKind(const sql::BeginStatement&, const sql::Statement&) {}
  void NoteKind(const sql::CommitStatement&, const sql::Statement&) {}
  void NoteKind(const sql::RollbackStatement&, const sql::Statement&) {}
  void NoteKind(const sql::SavepointStatement&, const sql::Statement&) {}
  void NoteKind(const sql::RollbackToStatement&, const sql::Statement&) {}
  void NoteKind(const sql::ReleaseSavepointStatement&, const sql::Statement&) {}
  void NoteKind(const sql::DoStatement&, const sql::Statement&) {}
  void NoteKind(const sql::SetStatement&, const sql::Statement&) { reads_.scope.changes_settings = true; }
  void NoteKind(const sql::SetTransactionStatement&, const sql::Statement&) {
    reads_.scope.changes_settings = true;
  }
  void NoteKind(const sql::LockTablesStatement&, const sql::Statement&) {
    reads_.scope.locks_whole_tables = true;
  }
  void NoteKind(const sql::UnlockTablesStatement&, const sql::Statement&) {
    reads_.scope.locks_whole_tables = true;
  }
  void NoteKind(const sql::FlushTablesStatement&, const sql::Statement&) {
    reads_.scope.locks_whole_tables = true;
  }
  template <class Definition>
  void NoteDefinition() {
    reads_.scope.locks_whole_tables = true;
    reads_.scope.defines_tables = true;
  }
  void NoteKind(const sql::CreateTableStatement&, const sql::Statement&) { NoteDefinition<void>(); }
  void NoteKind(const sql::DropTableStatement&, const sql::Statement&) { NoteDefinition<void>(); }
  void NoteKind(const sql::TruncateStatement&, const sql::Statement&) { NoteDefinition<void>(); }
  void NoteKind(const sql::AlterTableStatement&, const sql::Statement&) { NoteDefinition<void>(); }
  void NoteKind(const sql::AnalyzeTableStatement&, const sql::Statement& statement) {
    KeepAll(statement.text + " changes what the optimizer knows");
  }
  void NoteKind(const sql::UseStatement&, const sql::Statement& statement) { KeepAll(statement.text); }
  void NoteKind(const sql::KillStatement&, const sql::Statement& statement) {
    KeepAll(statement.text + " names a session by its id");
  }
  void NoteKind(const sql::ExplainStatement&, const sql::Statement& statement) { KeepAll(statement.text); }

  // A client's number is a small number as long as nobody gives it another value.
  static bool ChangesMe(const Instruction& instruction) {
    if (const auto* call = std::get_if<CallService>(&instruction.what))
      return EqualsIgnoreCase(call->into, "me");
    if (const auto* set = std::get_if<SetVariables>(&instruction.what)) {
      return std::any_of(set->assignments.begin(), set->assignments.end(),
                         [](const auto& assignment) { return EqualsIgnoreCase(assignment.name, "me"); });
    }
    const auto* send = std::get_if<SendSql>(&instruction.what);
    if (send == nullptr) return false;
    const sql::StatementBody& body = send->statement->body;
    bool changes = false;
    if (const auto* select = std::get_if<std::shared_ptr<const sql::SelectStatement>>(&body))
      changes = Has((*select)->into_variables, "me");
    StatementWalk walk;
    walk.on_expression = [&](const sql::Expr& expression) {
      changes |= expression.op == sql::Op::kAssignVariable && EqualsIgnoreCase(expression.name, "me");
    };
    walk.Visit(*send->statement);
    return changes;
  }

  void NoteColumns(const sql::Statement& statement) {
    StatementWalk walk;
    walk.on_table = [&](const sql::TableReference& table) {
      if (!table.schema.empty() && !EqualsIgnoreCase(table.schema, "test"))
        KeepAll(fmt::format("{}.{} shows what the server keeps", table.schema, table.name));
      for (const std::string& column : table.using_columns) read_columns_.insert(ToLower(column));
    };
    walk.on_assignment = [&](const std::string& column) {
      read_columns_.insert(ToLower(column));
      changed_columns_.insert(ToLower(column));
    };
    walk.on_expression = [&](const sql::Expr& expression) {
      switch (expression.op) {
        case sql::Op::kColumn:
        case sql::Op::kDefault:
        case sql::Op::kInsertedValue:
          read_columns_.insert(ToLower(expression.name));
          break;
        case sql::Op::kStar:
          reads_all_columns_ = true;
          break;
        default:
          break;
      }
    };
    walk.Visit(statement);
  }

  // Written, never read, in no index: what they hold makes no difference to anybody.
  void FindUnreadColumns() {
    const bool may_leave_out =
        !reads_all_columns_ && !reads_.scope.defines_tables && first_.servers.size() == 1;
    for (const Table* table : first_.servers.front().state().catalog.All()) {
      std::vector<bool> is_unread(table->def->columns.size(), false);
      for (std::size_t i = 0; i < is_unread.size(); ++i) {
        const bool is_read = !may_leave_out || IsRead(*table->def, i);
        is_unread[i] = !is_read;
        if (is_read && IsTimeOfColumn(table->def->columns[i])) reads_.scope.reads_clock = true;
      }
      if (std::find(is_unread.begin(), is_unread.end(), true) != is_unread.end())
        reads_.scope.unread_columns.emplace(table->def->id, std::move(is_unread));
    }
  }

  // Then purge leaves all records, and with them all locks, where they are.
  bool ForgetsSnapshots() const {
    const FormScope& scope = reads_.scope;
    if (deletes_rows_ || scope.defines_tables || scope.changes_settings) return false;
    if (program_.options.purge == PurgeMode::kChoice) return false;  // What can be purged is a choice.
    const ServerState& server = first_.servers.front().state();
    const auto tables = server.catalog.All();
    const bool changes_keys = std::any_of(tables.begin(), tables.end(), [this](const Table* table) {
      return std::any_of(
          table->def->columns.begin(), table->def->columns.end(), [&](const ColumnDef& column) {
            const auto position = static_cast<std::size_t>(&column - table->def->columns.data());
            const bool may_change =
                column.on_update_current_timestamp || changed_columns_.contains(ToLower(column.name));
            return may_change && IsIndexed(*table->def, position);
          });
    });
    const bool asks_snapshots =
        std::any_of(server.sessions.begin(), server.sessions.end(),
                    [](const auto& session) { return session.second->variables.innodb_snapshot_isolation; });
    return !changes_keys && !asks_snapshots;
  }

  static bool IsIndexed(const TableDef& table, std::size_t position) {
    return std::any_of(table.indexes.begin(), table.indexes.end(), [&](const IndexDef& index) {
      return std::any_of(index.parts.begin(), index.parts.end(),
                         [&](const KeyPart& part) { return part.column == position; });
    });
  }

  static bool IsTimeOfColumn(const ColumnDef& column) {
    return IsTemporal(column.type) || column.default_kind == DefaultKind::kCurrentTimestamp ||
           column.on_update_current_timestamp;
  }

  bool IsRead(const TableDef& table, std::size_t position) const {
    const ColumnDef& column = table.columns[position];
    if (!HasFixedSize(column.type) || column.is_auto_increment || column.on_update_current_timestamp)
      return true;
    if (!table.checks.empty() || read_tables_.contains(table.name)) return true;
    return read_columns_.contains(ToLower(column.name)) || IsIndexed(table, position);
  }

  // --- What each instruction reads --------------------------------------------------------------------

  // Whether this value of an INSERT goes into a column that nobody reads.
  bool IsUnread(const sql::InsertStatement& insert, std::size_t value) const {
    const Table* table = first_.servers.front().state().catalog.Find(insert.table.name);
    if (table == nullptr) return false;
    const auto unread = reads_.scope.unread_columns.find(table->def->id);
    if (unread == reads_.scope.unread_columns.end()) return false;
    if (insert.columns.empty()) return value < unread->second.size() && unread->second[value];
    if (value >= insert.columns.size()) return false;
    const auto column = table->def->FindColumn(insert.columns[value]);
    return column && unread->second[*column];
  }

  // A variable or the time itself, which any column takes without looking at it.
  bool IsPlain(const sql::Expr& expression) const {
    if (expression.op == sql::Op::kUserVariable) return !changes_me_ && ToLower(expression.name) == "me";
    return expression.op == sql::Op::kFunction &&
           (expression.name == "now" || expression.name == "current_timestamp");
  }

  std::set<const sql::Expr*> PlainUnreadValues(const sql::Statement& statement) const {
    std::set<const sql::Expr*> values;
    const auto* insert = std::get_if<sql::InsertStatement>(&statement.body);
    if (insert == nullptr) return values;
    const auto add = [&](const sql::ExprRef& value, std::size_t place) {
      if (value && IsPlain(*value) && IsUnread(*insert, place)) values.insert(value.get());
    };
    for (const std::vector<sql::ExprRef>& row : insert->rows) {
      for (std::size_t i = 0; i < row.size(); ++i) add(row[i], i);
    }
    if (insert->query) {
      for (std::size_t i = 0; i < insert->query->items.size(); ++i)
        add(insert->query->items[i].expression, i);
    }
    return values;
  }

  void NoteFunction(const std::string& name, ReadsBefore& reads) {
    if (name == "row_count") {
      reads.row_count = true;
    } else if (name == "found_rows") {
      reads.found_rows = true;
    } else if (name == "last_insert_id") {
      reads.last_insert_id = true;
    } else if (Has(kNamedLockFunctions, name)) {
      reads_.scope.uses_named_locks = true;
    } else if (Has(kRevealingFunctions, name)) {
      KeepAll(fmt::format("{}() shows what is left out elsewhere", UpperWord(name)));
    } else if (!Has(kPureFunctions, name)) {
      reads_.scope.reads_clock = true;
    }
  }

  static std::string UpperWord(std::string_view name) {
    std::string word(name);
    for (char& c : word) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return word;
  }

  // Notes what counts for the whole program, too.
  ReadsBefore ReadsOf(const sql::Statement& statement) {
    ReadsBefore reads;
    const std::set<const sql::Expr*> plain = PlainUnreadValues(statement);
    StatementWalk walk;
    walk.on_expression = [&](const sql::Expr& expression) {
      if (plain.contains(&expression)) return;
      NoteNode(expression.op, ToLower(expression.name), expression.cast_type, reads);
    };
    walk.on_select = [&](const sql::SelectStatement& select) {
      reads.snapshot |= !select.from.empty() && select.locking.strength == sql::RowLocking::kNone;
    };
    walk.Visit(statement);
    return reads;
  }

  ReadsBefore ReadsOf(const SessionExpressionRef& expression) {
    ReadsBefore reads;
    NoteBound(expression->bound, reads);
    return reads;
  }

  void NoteBound(const BoundExpr& node, ReadsBefore& reads) {
    NoteNode(node.op, node.name, node.cast_type, reads);
    for (const BoundExpr& part : node.args) NoteBound(part, reads);
  }

  void NoteNode(sql::Op op, const std::string& name, const ColumnType& cast_type, ReadsBefore& reads) {
    switch (op) {
      case sql::Op::kUserVariable:
        AddVariable(reads, name);
        break;
      case sql::Op::kAssignVariable:  // Its order within the statement is not followed.
        AddVariable(reads, name);
        break;
      case sql::Op::kSystemVariable:
        KeepAll(fmt::format("@@{} is read", name));
        break;
      case sql::Op::kFunction:
        NoteFunction(name, reads);
        break;
      case sql::Op::kCast:
        if (IsTemporal(cast_type)) reads_.scope.reads_clock = true;
        break;
      case sql::Op::kInterval:
        reads_.scope.reads_clock = true;
        break;
      default:
        break;
    }
  }

  // --- From the last instruction to the first ---------------------------------------------------------

  void FollowTemplate(const ProgramTemplate& one) {
    const std::size_t count = one.instructions.size();
    std::vector<ReadsBefore> uses(count);
    for (std::size_t i = 0; i < count; ++i) uses[i] = UsesOf(one.instructions[i]);
    std::vector<ReadsBefore> before(count);
    ReadsBefore failing;
    for (bool has_changed = true; has_changed;) {
      has_changed = false;
      ReadsBefore fails = FailingReads(one, before);
      has_changed |= fails != failing;
      failing = std::move(fails);
      for (std::size_t i = count; i-- > 0;) {
        ReadsBefore now = BeforeInstruction(one, i, before, uses[i]);
        Merge(now, failing);
        has_changed |= now != before[i];
        before[i] = std::move(now);
      }
    }
    NoteWhyApart(one, before);
    reads_.before.push_back(std::move(before));
    reads_.when_failing.push_back(std::move(failing));
  }

  static bool EndsTransaction(const sql::Statement& statement) {
    return std::holds_alternative<sql::BeginStatement>(statement.body) ||
           std::holds_alternative<sql::CommitStatement>(statement.body) ||
           std::holds_alternative<sql::RollbackStatement>(statement.body);
  }

  ReadsBefore UsesOf(const Instruction& instruction) {
    ReadsBefore uses;
    if (const auto* send = std::get_if<SendSql>(&instruction.what)) uses = ReadsOf(*send->statement);
    if (const auto* call = std::get_if<CallService>(&instruction.what)) {
      for (const SessionExpressionRef& argument : call->arguments) Merge(uses, ReadsOf(argument));
    }
    if (const auto* think = std::get_if<Think>(&instruction.what)) uses = ReadsOf(think->milliseconds);
    if (const auto* test = std::get_if<JumpUnless>(&instruction.what)) uses = ReadsOf(test->condition);
    if (const auto* set = std::get_if<SetVariables>(&instruction.what)) {
      for (const SetVariables::Assignment& assignment : set->assignments)
        Merge(uses, ReadsOf(assignment.value));
    }
    return uses;
  }

  // A failing request runs what its scopes leave behind; one that tries again has its first variables.
  // In isolationtester's specs it goes on with its next step.
  ReadsBefore FailingReads(const ProgramTemplate& one, const std::vector<ReadsBefore>& before) const {
    ReadsBefore reads;
    if (program_.file->title.text.empty()) {
      for (const ReadsBefore& anywhere : before) Merge(reads, anywhere);
      return reads;
    }
    for (const Instruction& instruction : one.instructions) {
      if (const auto* enter = std::get_if<EnterScope>(&instruction.what)) Merge(reads, before[enter->leave]);
    }
    if (one.retry) {
      ReadsBefore again = before.front();
      again.variables.clear();
      again.snapshot = false;  // Of another transaction.
      Merge(reads, again);
    }
    return reads;
  }

  ReadsBefore BeforeInstruction(const ProgramTemplate& one, std::size_t place,
                                const std::vector<ReadsBefore>& before, const ReadsBefore& uses) {
    const Instruction& instruction = one.instructions[place];
    ReadsBefore after;
    if (const auto* jump = std::get_if<Jump>(&instruction.what)) {
      after = before[jump->target];
    } else if (!std::holds_alternative<EndRequest>(instruction.what) && place + 1 < before.size()) {
      after = before[place + 1];
    }
    if (const auto* test = std::get_if<JumpUnless>(&instruction.what)) Merge(after, before[test->target]);
    if (const auto* send = std::get_if<SendSql>(&instruction.what)) {
      after.row_count = false;
      after.snapshot &= !EndsTransaction(*send->statement);
    }
    if (const auto* call = std::get_if<CallService>(&instruction.what)) Forget(after, ToLower(call->into));
    if (const auto* set = std::get_if<SetVariables>(&instruction.what)) {
      for (std::size_t i = set->assignments.size(); i-- > 0;) {
        Forget(after, ToLower(set->assignments[i].name));
        Merge(after, ReadsOf(set->assignments[i].value));
      }
      return after;
    }
    Merge(after, uses);
    return after;
  }

  void NoteWhyApart(const ProgramTemplate& one, const std::vector<ReadsBefore>& before) {
    std::string& why = reads_.tells_clients_apart_by.emplace_back();
    for (std::size_t i = one.instructions.size(); i-- > 0;) {
      const auto& variables = before[i].variables;
      if (!std::binary_search(variables.begin(), variables.end(), "me")) continue;
      why = fmt::format("@me is used in step {}", one.steps[one.instructions[i].step]);
      return;
    }
  }

  const Program& program_;
  const RaceWorld& first_;
  ProgramReads reads_;
  std::set<std::string> read_columns_;     // Lower case.
  std::set<std::string> read_tables_;      // All of their columns.
  std::set<std::string> changed_columns_;  // Lower case.
  bool deletes_rows_ = false;
  bool reads_all_columns_ = false;
  bool changes_me_ = false;
};

}  // namespace

const ReadsBefore& ProgramReads::Before(const RaceWorld& world, const Program& program,
                                        std::uint32_t client) const {
  const ClientState& state = *world.clients[client];
  const std::uint32_t one = program.clients[client].template_index;
  if (state.is_unwinding && state.rolls_back) return when_failing[one];
  return before[one][state.instruction];
}

ProgramReads FindReads(const Program& program, const RaceWorld& first) {
  return ReadsFinder(program, first).Find();
}

}  // namespace nextkey
