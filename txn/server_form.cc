#include "txn/server_form.h"

#include <algorithm>
#include <utility>

#include "absl/container/inlined_vector.h"

namespace nextkey {
namespace {

class ServerWriter {
 public:
  ServerWriter(StateForm& form, const ServerState& server, const FormScope& scope,
               const ServerFormNames& names)
      : form_(form), c_(form.shared()), server_(server), scope_(scope), names_(names) {}

  void Write() {
    FindActors();
    PutClock();
    PutCatalog();
    PutBegins();
    PutLocks();
    for (const auto& [id, session] : server_.sessions) PutSession(*session);
    PutMetadataLocks();
    PutArrivals();
    PutHistory();
  }

 private:
  struct Owner {
    TrxId trx;
    std::uint32_t actor = 0;
    const ReadView* view = nullptr;
  };

  void FindActors() {
    for (const auto& [id, transaction] : server_.transactions) {
      const std::uint32_t actor = names_.actor_of(transaction->session);
      owners_.push_back({id, actor, transaction->view ? &*transaction->view : nullptr});
      has_views_ = has_views_ || transaction->view.has_value();
    }
    locks_tables_ = scope_.locks_whole_tables ||
                    std::any_of(server_.sessions.begin(), server_.sessions.end(),
                                [](const auto& entry) { return !entry.second->locked_tables.empty(); });
  }

  const Owner* OwnerOf(TrxId trx) const {
    for (const Owner& owner : owners_) {
      if (owner.trx == trx) return &owner;
    }
    return nullptr;
  }

  std::uint32_t ActorOf(TrxId trx) const { return OwnerOf(trx)->actor; }

  // Who wrote a version: one that still runs, or one that has committed, whom all new snapshots see and
  // some old ones may not.
  void PutWriter(TrxId writer, bool is_entry) {
    if (writer.IsNull()) return c_.Put(0);
    if (const Owner* owner = OwnerOf(writer)) {
      c_.Put(1);
      return form_.Mention(owner->actor);
    }
    c_.Put(2);
    if (has_views_) {
      form_.NewPlace();
      for (const Owner& owner : owners_) {
        if (owner.view != nullptr && !owner.view->Sees(writer)) form_.MentionToo(owner.actor);
      }
    }
    // Of an entry of a secondary index it counts, too, which transactions began before (IsPageYoung).
    if (!is_entry || owners_.empty()) return;
    form_.NewPlace();
    for (const Owner& owner : owners_) {
      if (owner.trx < writer) form_.MentionToo(owner.actor);
    }
  }

  // Who began before whom, where entries of secondary indexes make it count.
  void PutBegins() {
    const auto tables = server_.catalog.All();
    const bool counts = std::any_of(tables.begin(), tables.end(), [](const Table* table) {
      return table->trees.size() > 1 && table->def->engine == StorageEngine::kInnoDb;
    });
    if (!counts) return;
    c_.Put(owners_.size());
    for (const Owner& owner : owners_) form_.Mention(owner.actor);
  }

  void PutClock() {
    if (scope_.reads_clock) c_.PutSigned(server_.now_us);
    c_.Put((server_.purges_eagerly ? 1U : 0U) | (server_.keeps_commits ? 2U : 0U));
    if (scope_.changes_settings) server_.global.PutInto(c_);
  }

  void PutCatalog() {
    if (scope_.defines_tables) server_.catalog.PutCountersInto(c_);
    const auto tables = server_.catalog.All();
    c_.Put(tables.size());
    for (const Table* table : tables) PutTable(*table);
  }

  void PutTable(const Table& table) {
    static const std::vector<bool> kNone;
    const auto unread = scope_.unread_columns.find(table.def->id);
    const bool is_transactional = table.def->engine == StorageEngine::kInnoDb;
    c_.Put(table.def->id.value(), table.next_auto_increment, table.next_row_id, table.free_row_ids.size());
    for (const std::uint64_t id : table.free_row_ids) c_.Put(id);
    if (scope_.defines_tables) table.def->PutInto(c_);
    table.statistics.PutInto(c_);
    PutWriter(table.created_by, false);
    for (std::size_t i = 0; i < table.trees.size(); ++i) {
      const bool leaves_out = i == 0 && unread != scope_.unread_columns.end();
      const auto put_writer = [&](TrxId writer) {
        // MyISAM's numbers are nobody's; READ LOCAL compares them with its own.
        if (!is_transactional) {
          if (locks_tables_) c_.PutId(writer);
          return;
        }
        PutWriter(writer, i > 0);
      };
      table.trees[i].PutInto(c_, put_writer, leaves_out ? unread->second : kNone);
    }
  }

  void PutLocks() {
    const auto mention = [&](TrxId trx) { form_.Mention(ActorOf(trx)); };
    const auto own_part = [&](TrxId trx) -> Canonical& { return form_.LocksOf(ActorOf(trx)); };
    server_.locks.PutInto({c_, mention, own_part, locks_tables_});
    server_.table_level.PutInto(c_, [&](SessionId session) { form_.Mention(names_.actor_of(session)); });
  }

  void PutMetadataLocks() {
    const auto mention = [&](SessionId session) { form_.Mention(names_.actor_of(session)); };
    const auto own_part = [&](SessionId session) -> Canonical& {
      return form_.OwnOf(names_.actor_of(session));
    };
    const auto is_wanted = [&](MdlSpace space) {
      return space == MdlSpace::kUserLock ? scope_.uses_named_locks : locks_tables_;
    };
    server_.metadata.PutInto({c_, mention, own_part, is_wanted});
    for (const auto& [id, session] : server_.sessions) form_.OwnOf(names_.actor_of(id)).Put(0);
  }

  // The order in which the sessions first used InnoDB.
  void PutArrivals() {
    if (!scope_.compares_arrivals) return;
    absl::InlinedVector<std::pair<std::uint32_t, std::uint32_t>, 8> ranks;
    for (const auto& [id, session] : server_.sessions) {
      if (session->detector_rank != 0) ranks.emplace_back(session->detector_rank, names_.actor_of(id));
    }
    std::sort(ranks.begin(), ranks.end());
    c_.Put(ranks.size());
    for (const auto& [rank, actor] : ranks) form_.Mention(actor);
  }

  void PutUndo(Canonical& c, const std::vector<UndoEntry>& undo) {
    c.Put(undo.size());
    for (const UndoEntry& entry : undo) {
      c.Put(entry.table.value(), static_cast<std::uint64_t>(entry.kind), entry.key.size());
      for (const Value& value : entry.key) value.PutInto(c);
    }
  }

  void PutHistory() {
    c_.Put(server_.history->size());
    for (const HistoryEntry& entry : *server_.history) {
      PutWriter(entry.trx, false);
      PutUndo(c_, entry.undo);
    }
    c_.Put(server_.committed.size());
    for (const CommittedTransaction& transaction : server_.committed) {
      c_.Put(transaction.rows.size());
      for (const CommittedRow& row : transaction.rows) {
        c_.PutId(row.table->id);
        row.before.PutInto(c_);
        row.after.PutInto(c_);
      }
    }
  }

  void PutSession(const SessionState& session) {
    const SessionReads reads = names_.reads_of(session.id);
    if (reads.is_known) return;
    const std::uint32_t actor = names_.actor_of(session.id);
    Canonical& own = form_.OwnOf(actor);
    if (session.execution || session.wait) form_.Bind(actor);
    own.Put((session.in_transaction ? 1U : 0U) | (session.is_read_only ? 2U : 0U) |
            (session.changed_non_transactional ? 4U : 0U) | (session.holds_global_read_lock ? 8U : 0U) |
            (session.is_killed ? 16U : 0U) | (session.trx.IsNull() ? 0U : 32U) |
            (session.execution.has_value() ? 64U : 0U) | (session.wait.has_value() ? 128U : 0U) |
            (reads.is_over ? 256U : 0U) | (session.level_is_forgotten ? 512U : 0U) |
            (session.yields_before_locks ? 1024U : 0U));
    if (session.in_transaction) own.Put(static_cast<std::uint64_t>(session.isolation));
    if (!session.trx.IsNull()) {
      const Transaction& transaction = *server_.transactions.at(session.trx);
      PutTransaction(own, transaction);
      // Others see whether it runs, what its snapshot keeps from being purged, and what it has changed.
      PutTransaction(form_.ExposedOf(actor), transaction);
    }
    if (!reads.is_over) PutWhatItReads(own, session, reads);
    own.Put(session.savepoints.size());
    for (const Savepoint& savepoint : session.savepoints) {
      own.PutText(savepoint.name);
      own.Put(savepoint.undo_size);
      own.Put(savepoint.has_transaction ? 1 : 0);
    }
    own.Put(session.locked_tables.size());
    for (const LockedTable& table : session.locked_tables) {
      own.PutId(table.table);
      own.PutText(table.name);
      own.PutText(table.alias);
      own.Put(static_cast<std::uint64_t>(table.kind));
      own.PutId(table.limit);
    }
    if (session.execution) PutExecution(own, *session.execution, scope_);
    if (session.wait) PutWait(own, *session.wait);
  }

  void PutTransaction(Canonical& own, const Transaction& transaction) {
    own.Put(static_cast<std::uint64_t>(transaction.isolation) | (transaction.view ? 16U : 0U) |
            (transaction.is_read_write ? 32U : 0U));
    PutUndo(own, transaction.undo);
  }

  void PutWhatItReads(Canonical& own, const SessionState& session, const SessionReads& reads) {
    session.variables.PutInto(own);
    own.Put((session.next_isolation ? 1 + static_cast<std::uint64_t>(*session.next_isolation) : 0) |
            (session.next_read_only ? (*session.next_read_only ? 32U : 16U) : 0U));
    std::uint64_t count = 0;
    const auto put = [&](const std::string& name, const Value& value) {
      own.PutText(name);
      value.PutInto(own);
      ++count;
    };
    if (reads.variables == nullptr) {
      for (const auto& [name, value] : session.user_variables) put(name, value);
    } else {
      for (const std::string& name : *reads.variables) {
        const auto found = session.user_variables.find(name);
        if (found != session.user_variables.end()) put(name, found->second);
      }
    }
    own.Put(UINT64_MAX);  // No text is as long.
    own.Put(count);
    if (reads.row_count) own.PutSigned(session.row_count);
    if (reads.found_rows) own.PutSigned(session.found_rows);
    if (reads.last_insert_id) own.PutSigned(session.last_insert_id);
    if (!reads.warnings) return;
    own.Put(session.warnings.size());
    for (const Warning& warning : session.warnings) {
      own.PutSigned(warning.number);
      own.PutText(warning.message);
      own.Put(static_cast<std::uint64_t>(warning.level));
    }
  }

  void PutWait(Canonical& own, const WaitState& wait) {
    own.Put(static_cast<std::uint64_t>(wait.kind) | (wait.deadline_us ? 256U : 0U));
    // Where timers fire as they like, one may be overdue: how long does not matter.
    if (wait.deadline_us) own.PutSigned(std::max<std::int64_t>(0, *wait.deadline_us - server_.now_us));
  }

  StateForm& form_;
  Canonical& c_;
  const ServerState& server_;
  const FormScope& scope_;
  const ServerFormNames& names_;
  absl::InlinedVector<Owner, 8> owners_;
  bool has_views_ = false;
  bool locks_tables_ = true;
};

}  // namespace

void PutServer(StateForm& form, const ServerState& server, const FormScope& scope,
               const ServerFormNames& names) {
  ServerWriter(form, server, scope, names).Write();
}

std::strong_ordering ComparePieces(const TextPieces& a, const TextPieces& b) {
  if (a.first.size() > b.first.size()) return 0 <=> ComparePieces(b, a);
  const std::size_t common = a.first.size();
  if (const int order = a.first.compare(b.first.substr(0, common)); order != 0) return order <=> 0;
  const std::string_view more = b.first.substr(common);
  const std::size_t both = std::min(more.size(), a.second.size());
  if (const int order = a.second.substr(0, both).compare(more.substr(0, both)); order != 0)
    return order <=> 0;
  if (a.second.size() < more.size()) return std::strong_ordering::less;
  return a.second.substr(both).compare(b.second) <=> 0;
}

}  // namespace nextkey
