// Random requests, releases and moves, against the naive lock table, which must agree after each step.
//
// NEXTKEY_RANDOM_OPERATIONS says how many steps (100,000); a failure prints the seed of its round, and
// NEXTKEY_RANDOM_SEED replays that round alone.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lockmgr/lock_table.h"
#include "tests/lockmgr/naive_lock_table.h"

namespace nextkey {
namespace {

using Result = NaiveLockTable::Result;

std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

Result Of(const LockOutcome& outcome) {
  constexpr const char* kNames[] = {"granted", "waiting", "refused", "deadlock"};
  Result result{kNames[static_cast<int>(outcome.status)], outcome.granted, {}};
  for (const Deadlock& deadlock : outcome.deadlocks) result.victims.push_back(deadlock.victim);
  return result;
}

Result Of(const LockEvents& events) {
  Result result{"granted", events.granted, {}};
  for (const Deadlock& deadlock : events.deadlocks) result.victims.push_back(deadlock.victim);
  return result;
}

// One round: both tables, and what is known about the transactions.
class Round {
 public:
  explicit Round(std::uint64_t seed) : random_(seed) {}

  // Does one step on both; an empty text when they agree, otherwise what they disagree about.
  std::string Step() {
    step_.clear();
    Result expected;
    Result actual;
    Choose(expected, actual);
    for (const TrxId victim : expected.victims) doomed_.insert(victim);
    if (expected != actual) {
      return fmt::format("{}: {} expected, {} met; {} and {} granted, {} and {} victims", step_,
                         expected.status, actual.status, expected.granted.size(), actual.granted.size(),
                         expected.victims.size(), actual.victims.size());
    }
    if (naive_.Describe() != Describe(real_)) return step_ + ": the lists of locks differ";
    const std::vector<std::string> broken = Violations(real_);
    return broken.empty() ? "" : step_ + ": " + broken.front();
  }

 private:
  static constexpr TableId kTable{1};
  static constexpr IndexId kIndex{1};

  std::uint32_t Below(std::uint32_t limit) { return static_cast<std::uint32_t>(random_() % limit); }
  TrxId AnyTrx() { return TrxId(1 + Below(6)); }
  PageNumber AnyPage() { return PageNumber(Below(4) == 0 ? 2 : 1); }
  RecordSlot AnySlot() { return {AnyPage(), Below(5)}; }
  RecordSlot AnyRecord() { return {AnyPage(), 1 + Below(4)}; }
  LockMode RowMode() { return Below(2) == 0 ? LockMode::kShared : LockMode::kExclusive; }
  bool MayAsk(TrxId trx) const { return !naive_.IsWaiting(trx) && !doomed_.contains(trx); }

  void Choose(Result& expected, Result& actual) {
    const TrxId trx = AnyTrx();
    const std::uint32_t kind = Below(100);
    if (doomed_.contains(trx) && Below(2) == 0) return Release(trx, expected, actual);
    if (kind < 45) return AskForRecord(trx, expected, actual);
    if (kind < 52) return AskForTable(trx, expected, actual);
    if (kind < 56) return MakeExplicit(trx);
    if (kind < 60) return AskImplicitly(trx, expected, actual);
    if (kind < 74) return Release(trx, expected, actual);
    if (kind < 78) return ReleaseOne(trx, expected, actual);
    if (kind < 82) return Cancel(trx, expected, actual);
    if (kind < 88) return Insert();
    if (kind < 92) return Erase(expected, actual);
    if (kind < 93) return Move();
    if (kind < 94) return Reinsert();
    if (kind < 95) return Split();
    if (kind < 97) return Discard(expected, actual);
    Set(trx);
  }

  void AskForRecord(TrxId trx, Result& expected, Result& actual) {
    if (!MayAsk(trx)) return;
    const RecordPlace place{kIndex, AnySlot()};
    const auto span = static_cast<LockSpan>(Below(4));
    const LockMode mode = span == LockSpan::kInsertIntention ? LockMode::kExclusive : RowMode();
    const bool refuse = Below(8) == 0;
    step_ = fmt::format("transaction {} asks for {} on {}:{}", trx.value(), RecordModeName(mode, span, false),
                        place.slot.page.value(), place.slot.heap);
    expected = naive_.LockRecord(trx, kTable, place, mode, span, refuse);
    actual = Of(
        real_.LockRecord(trx, kTable, place, mode, span, refuse ? WaitPolicy::kRefuse : WaitPolicy::kWait));
  }

  void AskForTable(TrxId trx, Result& expected, Result& actual) {
    if (!MayAsk(trx)) return;
    const auto mode = static_cast<LockMode>(Below(5));
    const TableId table(Below(3) == 0 ? 1 : 2);
    const bool refuse = Below(8) == 0;
    step_ = fmt::format("transaction {} asks for {} on table {}", trx.value(), ModeName(mode), table.value());
    expected = naive_.LockWholeTable(trx, table, mode, refuse);
    actual = Of(real_.LockWholeTable(trx, table, mode, refuse ? WaitPolicy::kRefuse : WaitPolicy::kWait));
  }

  void MakeExplicit(TrxId trx) {
    const RecordPlace place{kIndex, AnyRecord()};
    if (doomed_.contains(trx) || !naive_.MayBeWrittenBy(trx, place)) return;
    step_ = fmt::format("transaction {} has written heap {}", trx.value(), place.slot.heap);
    naive_.MakeExplicit(trx, kTable, place);
    real_.MakeExplicit(trx, kTable, place);
  }

  void AskImplicitly(TrxId trx, Result& expected, Result& actual) {
    if (!MayAsk(trx)) return;
    const RecordPlace place{kIndex, AnyRecord()};
    step_ = fmt::format("transaction {} changes heap {}", trx.value(), place.slot.heap);
    expected = naive_.LockImplicitly(trx, kTable, place);
    actual = Of(real_.LockImplicitly(trx, kTable, place));
  }

  void Release(TrxId trx, Result& expected, Result& actual) {
    if (naive_.IsWaiting(trx)) return;
    step_ = fmt::format("transaction {} ends", trx.value());
    doomed_.erase(trx);
    expected = naive_.ReleaseAll(trx);
    actual = Of(real_.ReleaseAll(trx));
  }

  void ReleaseOne(TrxId trx, Result& expected, Result& actual) {
    if (!MayAsk(trx)) return;
    if (Below(3) == 0) {
      const TableId table(1 + Below(2));
      step_ = fmt::format("transaction {} releases AUTO_INC", trx.value());
      expected = naive_.ReleaseTable(trx, table, LockMode::kAutoIncrement);
      actual = Of(real_.ReleaseTable(trx, table, LockMode::kAutoIncrement));
      return;
    }
    const RecordPlace place{kIndex, AnyRecord()};
    const LockMode mode = RowMode();
    step_ = fmt::format("transaction {} releases heap {}", trx.value(), place.slot.heap);
    expected = naive_.ReleaseRecord(trx, place, mode);
    actual = Of(real_.ReleaseRecord(trx, place, mode));
  }

  void Cancel(TrxId trx, Result& expected, Result& actual) {
    if (!naive_.IsWaiting(trx)) return;
    step_ = fmt::format("transaction {} gives up waiting", trx.value());
    expected = naive_.CancelWait(trx);
    actual = Of(real_.CancelWait(trx));
  }

  void Insert() {
    const RecordSlot inserted = AnyRecord();
    const RecordSlot heir{inserted.page, Below(5)};
    if (heir == inserted || naive_.IsLocked({kIndex, inserted})) return;
    step_ = fmt::format("heap {} comes in front of {}", inserted.heap, heir.heap);
    naive_.OnInsert(kIndex, inserted, heir);
    real_.OnInsert(kIndex, inserted, heir);
  }

  void Erase(Result& expected, Result& actual) {
    const RecordSlot erased = AnyRecord();
    const RecordSlot heir{erased.page, Below(5)};
    if (heir == erased) return;
    step_ = fmt::format("heap {} goes, in front of {}", erased.heap, heir.heap);
    expected = naive_.OnErase(kIndex, erased, heir);
    actual = Of(real_.OnErase(kIndex, erased, heir));
  }

  void Move() {
    const RecordSlot from = AnyRecord();
    const RecordSlot to = AnyRecord();
    if (naive_.IsLocked({kIndex, to})) return;
    step_ = fmt::format("{}:{} moves to {}:{}", from.page.value(), from.heap, to.page.value(), to.heap);
    naive_.OnMove({kIndex, from}, {kIndex, to});
    real_.OnMove(kIndex, from, to);
  }

  // The infimum is a place like any other, which no record has.
  void Reinsert() {
    const RecordSlot slot = AnyRecord();
    const RecordSlot infimum{slot.page, 99};
    step_ = fmt::format("{}:{} is inserted anew", slot.page.value(), slot.heap);
    naive_.OnMove({kIndex, slot}, {kIndex, infimum});
    naive_.OnMove({kIndex, infimum}, {kIndex, slot});
    real_.OnReinsert(kIndex, slot);
  }

  void Split() {
    const PageNumber left(1);
    const PageNumber right(2);
    if (naive_.IsPageKnown(kIndex, right)) return;
    std::vector<std::pair<RecordSlot, RecordSlot>> moved;
    for (std::uint32_t heap = 1 + Below(4); heap < 5; ++heap) {
      moved.push_back({{left, heap}, {right, static_cast<std::uint32_t>(moved.size() + 1)}});
    }
    step_ = fmt::format("the page splits in front of heap {}", moved.front().first.heap);
    naive_.OnSplit(kIndex, left, right, moved);
    real_.OnSplit(kIndex, left, right, moved, moved.front().second);
  }

  void Discard(Result& expected, Result& actual) {
    const PageNumber page = AnyPage();
    if (naive_.IsPageLockedBesideSupremum(kIndex, page)) return;
    const RecordSlot heir{PageNumber(3 - page.value()), Below(5)};
    step_ = fmt::format("page {} goes", page.value());
    expected = naive_.OnPageDiscarded(kIndex, page, heir);
    actual = Of(real_.OnPageDiscarded(kIndex, page, heir));
  }

  void Set(TrxId trx) {
    const std::uint32_t undo_records = Below(4);
    const bool keeps = Below(2) == 0;
    const bool replaces = Below(4) == 0;
    step_ = fmt::format("transaction {} has other settings", trx.value());
    naive_.SetWeight(trx, undo_records);
    real_.SetWeight(trx, undo_records, false);
    naive_.SetInheritance(trx, keeps, replaces);
    real_.SetKeepsGapLocks(trx, keeps);
    real_.SetReplacesDuplicates(trx, replaces);
  }

  std::mt19937_64 random_;
  NaiveLockTable naive_;
  LockTable real_;
  std::set<TrxId> doomed_;
  std::string step_;
};

TEST(LockTableRandom, AgreesWithTheNaiveLockTable) {
  constexpr std::uint64_t kStepsPerRound = 400;
  const std::uint64_t only_seed = FromEnvironment("NEXTKEY_RANDOM_SEED", 0);
  const std::uint64_t rounds = FromEnvironment("NEXTKEY_RANDOM_OPERATIONS", 100'000) / kStepsPerRound;
  for (std::uint64_t i = 1; i <= rounds; ++i) {
    const std::uint64_t seed = only_seed != 0 ? only_seed : i;
    Round round(seed);
    for (std::uint64_t step = 1; step <= kStepsPerRound; ++step) {
      const std::string difference = round.Step();
      ASSERT_EQ(difference, "") << "step " << step << "; replay: NEXTKEY_RANDOM_SEED=" << seed;
    }
    if (only_seed != 0) break;
  }
}

}  // namespace
}  // namespace nextkey
