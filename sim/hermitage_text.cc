#include "sim/hermitage_text.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "sim/display_width.h"
#include "sim/styled_text.h"

namespace nextkey {
namespace {

constexpr std::size_t kIndent = 6;

void PutWrapped(std::string& out, Style style, std::string_view text, std::size_t hanging,
                const CaseTextOptions& options) {
  for (Line& line : WrapLines(style, text, options.width - kIndent, hanging)) {
    line.insert(line.begin(), Span{Style::kPlain, std::string(kIndent, ' ')});
    out += Paint(line, options.with_colour) + "\n";
  }
}

// The remarks that held, side by side; lines break between them.
std::vector<std::string> HeldLines(const CheckedCase& checked, std::size_t width) {
  std::vector<std::string> lines;
  std::string line;
  for (const CheckedRemark& remark : checked.remarks) {
    if (!remark.held) continue;
    const std::string one = fmt::format("✓ {} {}", remark.session, MakePrintable(remark.words));
    if (!line.empty() && DisplayWidth(line) + 3 + DisplayWidth(one) > width)
      lines.push_back(std::exchange(line, ""));
    line += (line.empty() ? "" : "   ") + one;
  }
  if (!line.empty()) lines.push_back(line);
  return lines;
}

}  // namespace

std::string CaseText(const CheckedCase& checked, std::size_t number, const CaseTextOptions& options) {
  std::string out;
  const std::vector<std::string> name =
      WrapWords(fmt::format("{} (line {})", checked.name, checked.line), options.width - kIndent);
  for (std::size_t i = 0; i < name.size(); ++i) {
    const std::string gutter = i == 0 ? PadLeft(fmt::format("{}", number), 3) : "";
    const bool good = checked.IsAsDocumented();
    Line line = {{good ? Style::kGood : Style::kBad, i > 0 ? "" : good ? " ✓" : " ✗"}};
    line.insert(line.begin(), Span{Style::kDim, gutter});
    PadTo(line, kIndent);
    Append(line, Style::kStrong, name[i]);
    out += Paint(line, options.with_colour) + "\n";
  }
  if (checked.remarks.empty()) PutWrapped(out, Style::kDim, "no remarks", 0, options);
  for (const std::string& line : HeldLines(checked, options.width - kIndent)) {
    if (DisplayWidth(line) > options.width - kIndent) {
      PutWrapped(out, Style::kPlain, line, 2, options);
    } else {
      out += Paint({{Style::kPlain, std::string(kIndent, ' ') + line}}, options.with_colour) + "\n";
    }
  }
  for (const CheckedRemark& remark : checked.remarks) {
    if (remark.held) continue;
    PutWrapped(out, Style::kBad,
               fmt::format("✗ line {}: {} {} — missed: {}", remark.line, remark.session,
                           MakePrintable(remark.words), MakePrintable(remark.instead)),
               2, options);
  }
  for (const std::string& one : checked.undocumented)
    PutWrapped(out, Style::kBad, "✗ " + MakePrintable(one), 2, options);
  return out;
}

std::string MissedText(const CheckedCase& checked, const std::string& file) {
  std::string out;
  for (const CheckedRemark& remark : checked.remarks) {
    if (remark.held) continue;
    out += fmt::format("{}:{}: {} {}: missed: {}\n", file, remark.line, remark.session,
                       MakePrintable(remark.words), MakePrintable(remark.instead));
  }
  for (const std::string& one : checked.undocumented)
    out += fmt::format("{}: {}\n", file, MakePrintable(one));
  return out;
}

void HermitageTally::Add(const CheckedCase& checked) {
  ++cases;
  if (checked.IsAsDocumented()) ++as_documented;
  remarks += checked.remarks.size();
  missed += checked.MissedCount();
}

std::string SummaryLine(const HermitageTally& tally) {
  return fmt::format("{} of {} cases as documented; {} remarks checked, {} missed\n", tally.as_documented,
                     tally.cases, tally.remarks, tally.missed);
}

}  // namespace nextkey
