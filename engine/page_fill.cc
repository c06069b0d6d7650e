#include "engine/page_fill.h"

#include <numeric>

namespace nextkey {
namespace {

// 16,384 bytes without the headers, the two pseudo-records and their directory slots.
constexpr std::uint32_t kEmptyPageBytes = 16252;
// With less room than this a page is not reorganized for one more record.
constexpr std::uint32_t kReorganizeLimit = 16384 / 32;
constexpr std::uint32_t kReservedForGrowth = 16384 / 16;

// A directory slot of two bytes for every four records.
std::uint32_t DirectoryBytes(std::uint32_t records) { return (2 * records + 3) / 4; }

bool FitsInto(std::uint32_t records, std::uint32_t bytes) {
  return bytes + DirectoryBytes(records) <= kEmptyPageBytes;
}

// Whether both halves hold what the plan gives them.
bool IsFeasible(const PageFill& fill, const SplitPlan& plan, std::span<const std::uint32_t> record_bytes) {
  const auto left = record_bytes.first(plan.at);
  const auto right = record_bytes.subspan(plan.at);
  const auto half = plan.new_goes_left ? left : right;
  const std::uint32_t bytes = std::accumulate(half.begin(), half.end(), fill.new_bytes);
  return FitsInto(static_cast<std::uint32_t>(half.size()) + 1, bytes);
}

SplitPlan AscendingPlan(const PageFill& fill) {
  // One record behind the new one may come along; with more of them, all but one do, and the new
  // record stays.
  if (fill.at + 1 >= fill.records) return {fill.at, false, false};
  return {fill.at + 1, true, false};
}

SplitPlan DescendingPlan(const PageFill& fill) {
  if (fill.at > 1) return {fill.at - 1, false, true};
  return {fill.at, true, true};
}

SplitPlan MiddlePlan(const PageFill& fill) {
  if (fill.records == 1) return fill.at == 0 ? SplitPlan{0, true, false} : SplitPlan{1, false, false};
  const std::uint32_t middle = fill.records / 2;
  return {middle, fill.at <= middle, false};
}

// Counts records from the left, the new one included, until half of the bytes are reached.
SplitPlan PlanByBytes(const PageFill& fill, std::span<const std::uint32_t> record_bytes) {
  const std::uint32_t total = fill.bytes + fill.new_bytes + DirectoryBytes(fill.records + 1);
  std::uint32_t bytes = 0;
  std::uint32_t counted = 0;
  std::uint32_t record = 0;
  bool has_new = false;
  bool last_was_new = false;
  while (bytes + DirectoryBytes(counted) < total / 2 && (record < fill.records || !has_new)) {
    last_was_new = !has_new && record == fill.at;
    bytes += last_was_new ? fill.new_bytes : record_bytes[record];
    if (last_was_new) has_new = true;
    if (!last_was_new) ++record;
    ++counted;
  }
  const bool nothing_is_left = record == fill.records && has_new;
  if (FitsInto(counted, bytes) && !nothing_is_left) return {record, has_new, false};
  // The record that crossed the middle opens the right page.
  if (last_was_new) return {record, false, false};
  return {record - 1, has_new, false};
}

}  // namespace

bool FitsOnPage(const PageFill& fill) {
  const std::uint32_t bytes = fill.bytes + fill.new_bytes;
  if (!FitsInto(fill.records + 1, bytes)) return fill.records == 0;
  const bool is_nearly_full = !FitsInto(fill.records + 1, fill.bytes + kReorganizeLimit);
  if (fill.space.garbage_bytes > 0 && fill.records > 1 && is_nearly_full &&
      !FitsBehindHeap(fill.bytes, fill.space, fill.new_bytes)) {
    return false;
  }
  if (!fill.is_clustered || fill.records < 2 || fill.pattern == InsertPattern::kScattered) return true;
  return FitsInto(fill.records + 1, bytes + kReservedForGrowth);
}

bool FitsBehindHeap(std::uint32_t record_bytes, const PageSpace& space, std::uint32_t new_bytes) {
  return FitsInto(space.heap_count + 1, record_bytes + space.garbage_bytes + new_bytes);
}

SplitPlan PlanSplit(const PageFill& fill, std::span<const std::uint32_t> record_bytes) {
  SplitPlan plan;
  switch (fill.is_only_page ? InsertPattern::kScattered : fill.pattern) {
    case InsertPattern::kAscending:
      plan = AscendingPlan(fill);
      break;
    case InsertPattern::kDescending:
      plan = DescendingPlan(fill);
      break;
    case InsertPattern::kScattered:
      plan = MiddlePlan(fill);
      break;
  }
  return IsFeasible(fill, plan, record_bytes) ? plan : PlanByBytes(fill, record_bytes);
}

}  // namespace nextkey
