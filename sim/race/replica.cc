// Replicas: the primary's committed changes, applied row by row in the order of the commits.
//
// As with binlog_format = ROW, what arrives is rows, not statements: generated ids and NOW() are the
// primary's. One transaction is applied in one choice. It may have to wait for a lock that a reader
// took on the replica; then it goes on when it is let go, and starts again after a time-out.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/race/player.h"
#include "txn/sql/parser.h"

namespace nextkey {
namespace {

std::string Quoted(const std::string& name) { return "`" + name + "`"; }

std::string Listed(const TableDef& table, const Row& row, std::string_view between,
                   std::string_view separator) {
  std::string text;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (i > 0) text += separator;
    text += Quoted(table.columns[i].name) + std::string(between) + SqlLiteral(row[i]);
  }
  return text;
}

// By its key, or where it has none by all columns.
std::string Condition(const TableDef& table, const Row& row) {
  if (table.HasHiddenRowId()) return Listed(table, row, " <=> ", " AND ") + " LIMIT 1";
  std::string text;
  for (const KeyPart& part : table.indexes.front().parts) {
    if (!text.empty()) text += " AND ";
    text += Quoted(table.columns[part.column].name) + " = " + SqlLiteral(row[part.column]);
  }
  return text;
}

std::string StatementFor(const CommittedRow& row) {
  const TableDef& table = *row.table;
  if (row.before.IsEmpty()) {
    return fmt::format("INSERT INTO {} SET {}", Quoted(table.name), Listed(table, row.after, " = ", ", "));
  }
  if (row.after.IsEmpty()) {
    return fmt::format("DELETE FROM {} WHERE {}", Quoted(table.name), Condition(table, row.before));
  }
  return fmt::format("UPDATE {} SET {} WHERE {}", Quoted(table.name), Listed(table, row.after, " = ", ", "),
                     Condition(table, row.before));
}

sql::StatementRef Parsed(const std::string& text) {
  return std::get<sql::StatementRef>(sql::ParseStatement(text));
}

}  // namespace

std::string SqlLiteral(const Value& value) {
  if (value.IsNull()) return "NULL";
  if (value.IsNumber()) return value.ToText();
  std::string text = "'";
  for (const char c : value.ToText()) {
    if (c == '\'' || c == '\\') text += c == '\'' ? '\'' : '\\';
    text += c;
  }
  return text + "'";
}

void RacePlayer::CollectCommitted() {
  if (world_.replicas.empty()) return;
  for (const CommittedTransaction& committed : world_.servers.front().TakeCommitted()) {
    ReplicatedTransaction transaction;
    transaction.committed_us = world_.now_us();
    // What a try before this one left open goes first.
    transaction.statements = {Parsed("ROLLBACK"), Parsed("BEGIN")};
    for (const CommittedRow& row : committed.rows)
      transaction.statements.push_back(Parsed(StatementFor(row)));
    transaction.statements.push_back(Parsed("COMMIT"));
    for (Cow<ReplicaState>& replica : world_.replicas) replica.Write().queue.push_back(transaction);
  }
}

void RacePlayer::PlayReplica(std::uint32_t server) {
  const SessionId applier = world_.replicas[server - 1]->applier;
  recorder_.BeginForNobody(program_.servers[server], "-- applies the next transaction");
  const SessionState& session = *world_.servers[server].state().sessions.at(applier);
  if (session.wait) {
    PassTo(*session.wait->deadline_us);
    Process(server, world_.servers[server].FireDeadline(applier, plans_));
    return;
  }
  for (const ServiceConfiguration& service : program_.services) {
    if (service.kind != ServiceKind::kReplica || service.server != server) continue;
    const std::int64_t lag_us = service.Milliseconds("lag") * 1000;
    if (lag_us > 0) PassTo(world_.replicas[server - 1]->queue.front().committed_us + lag_us);
  }
  ApplyNextStatement(server);
}

void RacePlayer::ApplyNextStatement(std::uint32_t server) {
  const ReplicaState& replica = *world_.replicas[server - 1];
  const sql::StatementRef statement = replica.queue.front().statements[replica.next_statement];
  Process(server, world_.servers[server].Execute(replica.applier, statement, plans_));
}

void RacePlayer::OnApplierEnded(std::uint32_t server, const StatementResult& result) {
  ReplicaState& replica = world_.replicas[server - 1].Write();
  if (result.error && (result.error->number == 1213 || result.error->number == 1205)) {
    replica.next_statement = 0;  // Begins anew, as a choice of its own.
    return;
  }
  if (replica.queue.empty()) return;
  if (++replica.next_statement < replica.queue.front().statements.size()) {
    ApplyNextStatement(server);
    return;
  }
  replica.queue.erase(replica.queue.begin());
  replica.next_statement = 0;
}

}  // namespace nextkey
