#include "sim/anomaly/anomaly_text.h"

#include <fmt/format.h>

#include <string_view>

#include "absl/strings/str_join.h"
#include "sim/display_width.h"

namespace nextkey {
namespace {

std::string_view Cure(AnomalyScope scope) {
  return scope == AnomalyScope::kLevelBased ? "a stronger isolation level cures it"
                                            : "no isolation level cures it";
}

std::string RowName(const CycleEdge& edge) { return fmt::format("{} ({})", edge.table, edge.key); }

void PutWrapped(std::vector<Line>& lines, Style style, const std::string& text, std::size_t width,
                std::size_t indent) {
  for (Line& line : WrapLines(style, MakePrintable(text), width - indent, 2)) {
    line.insert(line.begin(), Span{Style::kPlain, std::string(indent, ' ')});
    lines.push_back(std::move(line));
  }
}

}  // namespace

std::string AnomalyHeadline(const Classification& classification) {
  if (const auto* order = std::get_if<SerialOrder>(&classification)) {
    if (order->names.empty()) return "none: nothing was committed";
    return "none: serializable, as if one after the other: " + absl::StrJoin(order->names, ", ");
  }
  const auto& anomaly = std::get<Anomaly>(classification);
  return fmt::format("{} {}, {}: {}", AnomalyCode(anomaly.name), AnomalyTitle(anomaly.name),
                     ScopeName(anomaly.scope), Cure(anomaly.scope));
}

std::string EdgeText(const CycleEdge& edge) {
  const std::string place = RowName(edge);
  switch (edge.kind) {
    case DependencyKind::kWriteWrite:
      return fmt::format("{} overwrote {}, which {} had changed", edge.to, place, edge.from);
    case DependencyKind::kWriteRead:
      if (edge.is_predicate) return fmt::format("{} saw what {} did to {}", edge.to, edge.from, place);
      return fmt::format("{} read {} as {} had left it", edge.to, place, edge.from);
    case DependencyKind::kReadWrite:
      if (edge.is_predicate)
        return fmt::format("{} searched {}, and did not see what {} did to {}", edge.from, edge.table,
                           edge.to, place);
      return fmt::format("{} read {} as it was before {} changed it", edge.from, place, edge.to);
  }
  return "";
}

std::vector<Line> AnomalyLines(const Classification& classification, std::size_t width, std::size_t indent) {
  std::vector<Line> lines;
  PutWrapped(lines, Style::kPlain, "anomaly: " + AnomalyHeadline(classification), width, indent);
  const auto* anomaly = std::get_if<Anomaly>(&classification);
  if (anomaly == nullptr) return lines;
  for (const CycleEdge& edge : anomaly->cycle) {
    PutWrapped(lines, Style::kPlain, fmt::format("{} ({})", EdgeText(edge), DependencyName(edge.kind)), width,
               indent + 2);
    // As they follow each other: who read, or wrote first; then who changed, or saw.
    PutWrapped(lines, Style::kDim, edge.from + ": " + edge.from_sql, width, indent + 4);
    PutWrapped(lines, Style::kDim, edge.to + ": " + edge.to_sql, width, indent + 4);
  }
  return lines;
}

}  // namespace nextkey
