#include "sim/anomaly/history_recorder.h"

#include <algorithm>
#include <variant>

#include "fmt/format.h"
#include "sim/text.h"
#include "txn/read_predicate.h"

namespace nextkey {
bool PredicateRead::MayWant(const Row& row) const { return MatchOf(*predicate, row, last) != RowMatch::kNo; }

bool PredicateRead::IsTouchedBy(const Row& before, const Row& after) const {
  const RowMatch old = MatchOf(*predicate, before, last);
  const RowMatch fresh = MatchOf(*predicate, after, last);
  const bool is_unknown = old == RowMatch::kUnknown || fresh == RowMatch::kUnknown;
  return is_unknown ? before != after : old != fresh;
}

void HistoryRecorder::Introduce(SessionId session, std::string client, std::uint32_t server,
                                SessionRole role) {
  Session& one = sessions_[session];
  one.client = std::move(client);
  one.server = server;
  one.role = role;
}

void HistoryRecorder::Begin(SessionId session, std::string_view sql) {
  Session& one = sessions_[session];
  one.statement = static_cast<std::uint32_t>(history_.statements.size());
  one.open_scans.clear();
  history_.statements.push_back(OnOneLine(sql));
}

void HistoryRecorder::Join(SessionId session, std::uint32_t request) { sessions_[session].request = request; }

std::uint32_t HistoryRecorder::AddRequest(std::string name) {
  history_.requests.push_back({std::move(name), false});
  return static_cast<std::uint32_t>(history_.requests.size() - 1);
}

void HistoryRecorder::NoteTables(const Catalog& catalog) {
  for (const Table* table : catalog.All()) {
    const auto [known, is_new] = tables_.try_emplace(table->def->name, KnownTable{table->def->id, 0});
    if (is_new || known->second.id == table->def->id) continue;
    known->second = {table->def->id, known->second.generation + 1};
  }
}

void HistoryRecorder::Add(const std::vector<HistoryEvent>& events) {
  for (const HistoryEvent& event : events) {
    ++now_;
    std::visit([this](const auto& one) { Take(one); }, event);
  }
}

// --- Events --------------------------------------------------------------------------------------------

std::uint32_t HistoryRecorder::TransactionOf(SessionId session, TrxId trx) {
  const Session& owner = sessions_[session];
  const auto [found, is_new] = known_.try_emplace({owner.server, trx}, 0U);
  if (!is_new) return found->second;
  found->second = static_cast<std::uint32_t>(history_.transactions.size());
  HistoryTransaction transaction;
  transaction.request = owner.request ? *owner.request : AddRequest(owner.client);
  history_.transactions.push_back(std::move(transaction));
  presences_.push_back({{owner.server, Presence{trx, now_}}});
  clients_.push_back(owner.client);
  return found->second;
}

std::uint32_t HistoryRecorder::GenerationOf(const std::string& table) const {
  const auto found = tables_.find(table);
  return found == tables_.end() ? 0 : found->second.generation;
}

std::uint32_t HistoryRecorder::ItemOf(const std::string& table, const std::string& key) {
  const std::uint32_t generation = GenerationOf(table);
  const auto [found, is_new] =
      item_places_.try_emplace({table, generation, key}, static_cast<std::uint32_t>(history_.items.size()));
  if (is_new) {
    generations_.push_back(generation);
    history_.items.push_back({table, key, {ItemVersion{}}});
    times_.push_back({VersionTimes{}});
  }
  return found->second;
}

std::uint32_t HistoryRecorder::NewestCommitted(std::uint32_t item) const {
  const std::vector<ItemVersion>& versions = history_.items[item].versions;
  for (std::size_t i = versions.size(); i-- > 1;) {
    const TransactionFate fate = history_.transactions[*versions[i].writer].fate;
    if (!versions[i].is_undone && fate == TransactionFate::kCommitted) return static_cast<std::uint32_t>(i);
  }
  return 0;
}

// The newest version that this writer has written by now. A writer from before the history, or one whose
// number is forgotten, stands for what was committed.
std::uint32_t HistoryRecorder::VersionBy(std::uint32_t item, std::uint32_t server, TrxId writer) const {
  if (writer.IsNull()) return NewestCommitted(item);
  const auto found = known_.find({server, writer});
  if (found == known_.end()) return 0;
  const std::vector<ItemVersion>& versions = history_.items[item].versions;
  for (std::size_t i = versions.size(); i-- > 1;) {
    if (*versions[i].writer == found->second && !versions[i].is_undone) return static_cast<std::uint32_t>(i);
  }
  return 0;
}

// That of its writer; or, where others set the same values again since, the last of these that is seen.
std::uint32_t HistoryRecorder::VersionRead(const RowRead& read, const Session& session,
                                           std::uint32_t item) const {
  std::uint32_t version = VersionBy(item, session.server, read.writer);
  const auto scan = session.open_scans.find(read.place);
  const std::optional<ReadView> view =
      scan == session.open_scans.end() ? std::nullopt : open_predicates_[scan->second].view;
  const std::vector<ItemVersion>& versions = history_.items[item].versions;
  for (std::uint32_t next = version + 1; next < versions.size() && versions[next].is_unchanged; ++next) {
    const Presence& writer = presences_[*versions[next].writer].begin()->second;
    const bool is_committed =
        history_.transactions[*versions[next].writer].fate == TransactionFate::kCommitted;
    const bool is_own = writer.trx == read.trx && session.server == 0;
    if (is_own || (is_committed && (!view || view->Sees(writer.trx)))) version = next;
  }
  return version;
}

void HistoryRecorder::Take(const ScanOpened& opened) {
  Session& session = sessions_[opened.session];
  if (session.role == SessionRole::kApplier) return;
  PredicateRead read;
  read.transaction = TransactionOf(opened.session, opened.trx);
  read.statement = session.statement;
  read.at = now_;
  read.predicate = opened.predicate;
  session.open_scans[opened.place] = static_cast<std::uint32_t>(history_.predicate_reads.size());
  history_.predicate_reads.push_back(std::move(read));
  open_predicates_.push_back(
      {session.server, opened.view, std::nullopt, false, false, GenerationOf(opened.predicate->table->name)});
}

void HistoryRecorder::Take(const ScanEnded& ended) {
  Session& session = sessions_[ended.session];
  const auto found = session.open_scans.find(ended.place);
  if (found == session.open_scans.end()) return;
  OpenPredicate& open = open_predicates_[found->second];
  open.has_ended = open.was_used = true;
  history_.predicate_reads[found->second].at = now_;
  session.open_scans.erase(found);
}

void HistoryRecorder::Take(const RowRead& read) {
  Session& session = sessions_[read.session];
  if (session.role == SessionRole::kApplier) return;
  const std::uint32_t item = ItemOf(read.table, read.key);
  const std::uint32_t transaction = TransactionOf(read.session, read.trx);
  const std::uint32_t version = VersionRead(read, session, item);
  if (read.is_match) history_.reads.push_back({transaction, item, version, session.statement, now_});
  const auto found = session.open_scans.find(read.place);
  if (found == session.open_scans.end()) return;
  OpenPredicate& open = open_predicates_[found->second];
  open.was_used = true;
  open.last_row = read.row;
  history_.predicate_reads[found->second].at = now_;
  history_.predicate_reads[found->second].seen[item] = version;
}

void HistoryRecorder::Take(const RowWritten& written) {
  const Session& session = sessions_[written.session];
  if (session.role == SessionRole::kApplier) return;
  const std::uint32_t item = ItemOf(written.table, written.key);
  const std::uint32_t transaction = TransactionOf(written.session, written.trx);
  std::vector<ItemVersion>& versions = history_.items[item].versions;
  if (versions.size() == 1) versions.front().row = written.before;
  const bool is_unchanged = written.before == written.after;
  versions.push_back({transaction, written.after, session.statement, false, is_unchanged});
  times_[item].push_back({now_, std::nullopt});
}

void HistoryRecorder::Take(const WriteUndone& undone) {
  const Session& session = sessions_[undone.session];
  const auto writer = known_.find({session.server, undone.trx});
  if (session.role == SessionRole::kApplier || writer == known_.end()) return;
  const std::uint32_t item = ItemOf(undone.table, undone.key);
  std::vector<ItemVersion>& versions = history_.items[item].versions;
  for (std::size_t i = versions.size(); i-- > 1;) {
    const ItemVersion& version = versions[i];
    if (*version.writer != writer->second || version.is_undone || version.is_unchanged) continue;
    versions[i].is_undone = true;
    times_[item][i].undone = now_;
    return;
  }
}

void HistoryRecorder::Take(const TransactionEnded& ended) {
  const Session& session = sessions_[ended.session];
  if (session.role == SessionRole::kApplier) {
    std::size_t& applied = applied_[session.server];
    if (!ended.is_committed || applied >= committed_writers_.size()) return;
    const std::uint32_t transaction = committed_writers_[applied++];
    known_[{session.server, ended.trx}] = transaction;
    presences_[transaction][session.server] = {ended.trx, now_};
    return;
  }
  const auto found = known_.find({session.server, ended.trx});
  if (found == known_.end()) return;
  HistoryTransaction& transaction = history_.transactions[found->second];
  transaction.fate = ended.is_committed ? TransactionFate::kCommitted : TransactionFate::kRolledBack;
  transaction.ended_at = now_;
  const auto is_own = [&](const ItemVersion& version) {
    return version.writer == found->second && !version.is_undone && !version.is_unchanged;
  };
  const bool has_written =
      std::any_of(history_.items.begin(), history_.items.end(), [&](const HistoryItem& item) {
        return std::any_of(item.versions.begin(), item.versions.end(), is_own);
      });
  if (ended.is_committed && session.server == 0 && has_written) committed_writers_.push_back(found->second);
}

// --- What was seen without being looked at ---------------------------------------------------------------

bool HistoryRecorder::IsThere(const ItemVersion& version, const VersionTimes& times, std::uint32_t server,
                              std::uint32_t at) const {
  if (!version.writer) return true;
  if (times.undone && *times.undone < at) return false;
  const auto presence = presences_[*version.writer].find(server);
  if (presence == presences_[*version.writer].end() || presence->second.at > at) return false;
  return times.written < at;
}

// A row that the cursor did not come upon: the newest version that was there, or in the snapshot. One that
// it would have wanted was not there yet when it went by.
std::uint32_t HistoryRecorder::SeenBy(std::size_t predicate, std::uint32_t item) const {
  const PredicateRead& read = history_.predicate_reads[predicate];
  const OpenPredicate& open = open_predicates_[predicate];
  const std::vector<ItemVersion>& versions = history_.items[item].versions;
  for (std::size_t i = versions.size(); i-- > 1;) {
    const ItemVersion& version = versions[i];
    if (!IsThere(version, times_[item][i], open.server, read.at)) continue;
    const bool is_own = version.writer == read.transaction;
    const TrxId writer = presences_[*version.writer].at(open.server).trx;
    if (!is_own && open.view && !open.view->Sees(writer)) continue;
    if (is_own || !read.MayWant(version.row)) return static_cast<std::uint32_t>(i);
  }
  return 0;
}

void HistoryRecorder::FillSeen() {
  std::vector<PredicateRead> kept;
  for (std::size_t i = 0; i < history_.predicate_reads.size(); ++i) {
    PredicateRead& read = history_.predicate_reads[i];
    const OpenPredicate& open = open_predicates_[i];
    if (!open.was_used) continue;
    if (!open.has_ended) read.last = open.last_row;
    for (std::uint32_t item = 0; item < history_.items.size(); ++item) {
      if (history_.items[item].table != read.predicate->table->name || read.seen.contains(item)) continue;
      if (generations_[item] != open.generation) continue;
      read.seen[item] = SeenBy(i, item);
    }
    kept.push_back(read);
  }
  history_.predicate_reads = std::move(kept);
}

// By the client, and where it has several that count, by their number.
void HistoryRecorder::NameTransactions() {
  std::map<std::string, std::uint32_t> committed;
  for (std::size_t i = 0; i < clients_.size(); ++i)
    committed[clients_[i]] += history_.transactions[i].fate == TransactionFate::kCommitted ? 1 : 0;
  std::map<std::string, std::uint32_t> number;
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    HistoryTransaction& transaction = history_.transactions[i];
    transaction.name = clients_[i];
    if (committed[clients_[i]] < 2 || transaction.fate != TransactionFate::kCommitted) continue;
    transaction.name += fmt::format(" (transaction {})", ++number[clients_[i]]);
  }
}

History HistoryRecorder::Finish() && {
  FillSeen();
  NameTransactions();
  return std::move(history_);
}

}  // namespace nextkey
