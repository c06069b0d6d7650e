// Puts a server's history events together to a history: who read which version.
//
// Begin says what a session does from here on; Add takes the events in their order. A replica's item is
// the primary's: what its applier writes are the primary's transactions, in the order of their commits, and
// a read there sees as much of them as was applied.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/ids.h"
#include "engine/table.h"
#include "sim/anomaly/history.h"

namespace nextkey {

class HistoryRecorder {
 public:
  enum class SessionRole : std::uint8_t { kClient, kApplier };

  // Server 0 is the primary. Sessions that nobody introduced are clients of it.
  void Introduce(SessionId session, std::string client, std::uint32_t server,
                 SessionRole role = SessionRole::kClient);
  // A request of its own for each transaction of the session, unless Join says otherwise.
  void Begin(SessionId session, std::string_view sql);
  void Join(SessionId session, std::uint32_t request);
  std::uint32_t AddRequest(std::string name);
  void Fail(std::uint32_t request) { history_.requests[request].has_failed = true; }

  // To be told of the primary's tables before each Add: one that was made anew has other rows, though they
  // are called alike.
  void NoteTables(const Catalog& catalog);
  void Add(const std::vector<HistoryEvent>& events);
  History Finish() &&;

 private:
  struct Session {
    std::string client;
    std::uint32_t server = 0;
    SessionRole role = SessionRole::kClient;
    std::uint32_t statement = 0;
    std::optional<std::uint32_t> request;
    std::map<ScanPlace, std::uint32_t> open_scans;  // To places in predicate_reads.
  };
  // A transaction on one server: its number there, and from when on what it wrote is there.
  struct Presence {
    TrxId trx;
    std::uint32_t at = 0;
  };
  struct VersionTimes {
    std::uint32_t written = 0;
    std::optional<std::uint32_t> undone;
  };
  struct KnownTable {
    TableId id;
    std::uint32_t generation = 0;  // How often it was made anew.
  };
  // What a predicate read needs until all items are known.
  struct OpenPredicate {
    std::uint32_t server = 0;
    std::optional<ReadView> view;
    std::optional<Row> last_row;
    bool has_ended = false;
    bool was_used = false;
    std::uint32_t generation = 0;  // Of its table.
  };

  void Take(const ScanOpened& opened);
  void Take(const ScanEnded& ended);
  void Take(const RowRead& read);
  void Take(const RowWritten& written);
  void Take(const WriteUndone& undone);
  void Take(const TransactionEnded& ended);

  std::uint32_t TransactionOf(SessionId session, TrxId trx);
  std::uint32_t GenerationOf(const std::string& table) const;
  std::uint32_t ItemOf(const std::string& table, const std::string& key);
  std::uint32_t VersionBy(std::uint32_t item, std::uint32_t server, TrxId writer) const;
  std::uint32_t VersionRead(const RowRead& read, const Session& session, std::uint32_t item) const;
  std::uint32_t NewestCommitted(std::uint32_t item) const;
  bool IsThere(const ItemVersion& version, const VersionTimes& times, std::uint32_t server,
               std::uint32_t at) const;
  std::uint32_t SeenBy(std::size_t predicate, std::uint32_t item) const;
  void FillSeen();
  void NameTransactions();

  History history_;
  std::uint32_t now_ = 0;
  std::map<SessionId, Session> sessions_;
  std::map<std::pair<std::uint32_t, TrxId>, std::uint32_t> known_;  // By server and number.
  std::vector<std::map<std::uint32_t, Presence>> presences_;        // By transaction, then server.
  std::vector<std::string> clients_;                                // By transaction.
  std::map<std::string, KnownTable> tables_;
  std::map<std::tuple<std::string, std::uint32_t, std::string>, std::uint32_t> item_places_;
  std::vector<std::uint32_t> generations_;        // By item: of its table.
  std::vector<std::vector<VersionTimes>> times_;  // As the items' versions.
  std::vector<OpenPredicate> open_predicates_;    // As predicate_reads.
  std::vector<std::uint32_t> committed_writers_;  // Of the primary, in the order of their commits.
  std::map<std::uint32_t, std::size_t> applied_;  // By server: how many of them.
};

}  // namespace nextkey
