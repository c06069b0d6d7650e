#include "sim/value_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/display_width.h"

namespace nextkey {
namespace {

constexpr std::size_t kMostRows = 30;
constexpr std::size_t kMostCellColumns = 40;
constexpr std::size_t kGap = 2;

std::vector<std::size_t> ColumnWidths(const std::vector<std::string>& headings,
                                      const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < headings.size(); ++column) {
    std::size_t width = DisplayWidth(headings[column]);
    for (const std::vector<std::string>& row : rows) width = std::max(width, DisplayWidth(row[column]));
    widths.push_back(width);
  }
  return widths;
}

Line TableLine(Style style, const std::vector<std::string>& cells, const std::vector<std::size_t>& widths,
               const std::vector<bool>& is_right_aligned) {
  std::string text;
  for (std::size_t column = 0; column < cells.size(); ++column) {
    if (column > 0) text.append(kGap, ' ');
    text += is_right_aligned[column] ? PadLeft(cells[column], widths[column])
                                     : PadRight(cells[column], widths[column]);
  }
  return {{style, std::move(text)}};
}

Line RuleLine(const std::vector<std::size_t>& widths) {
  std::string text;
  for (std::size_t column = 0; column < widths.size(); ++column) {
    if (column > 0) text.append(kGap, ' ');
    for (std::size_t i = 0; i < widths[column]; ++i) text += "─";
  }
  return {{Style::kDim, std::move(text)}};
}

std::vector<Line> RowsAsAssignments(const std::vector<std::string>& headings,
                                    const std::vector<std::vector<std::string>>& rows, std::size_t width) {
  std::vector<Line> lines;
  for (const std::vector<std::string>& row : rows) {
    std::string text;
    for (std::size_t column = 0; column < row.size(); ++column) {
      text += fmt::format("{}{} = {}", column == 0 ? "" : ", ", headings[column], row[column]);
    }
    for (Line& line : WrapLines(Style::kPlain, text, width, 2)) lines.push_back(std::move(line));
  }
  return lines;
}

std::string CellText(const Value& value) {
  return ClipToWidth(MakePrintable(value.ToText()), kMostCellColumns);
}

}  // namespace

std::vector<Line> TextTable(const std::vector<std::string>& headings,
                            const std::vector<std::vector<std::string>>& rows,
                            const std::vector<bool>& is_right_aligned, std::size_t width) {
  const std::vector<std::size_t> widths = ColumnWidths(headings, rows);
  std::size_t needed = headings.empty() ? 0 : (headings.size() - 1) * kGap;
  for (const std::size_t column_width : widths) needed += column_width;
  if (needed > width) return RowsAsAssignments(headings, rows, width);
  std::vector<Line> lines;
  lines.push_back(TableLine(Style::kDim, headings, widths, is_right_aligned));
  lines.push_back(RuleLine(widths));
  for (const std::vector<std::string>& row : rows) {
    lines.push_back(TableLine(Style::kPlain, row, widths, is_right_aligned));
  }
  return lines;
}

std::vector<Line> ResultTable(const StatementResult& result, std::size_t width) {
  std::vector<std::string> headings;
  for (const std::string& column : result.columns) {
    headings.push_back(ClipToWidth(MakePrintable(column), kMostCellColumns));
  }
  std::vector<bool> is_right_aligned(headings.size(), true);
  std::vector<std::vector<std::string>> rows;
  for (const std::vector<Value>& row : result.rows) {
    std::vector<std::string> cells(headings.size());
    for (std::size_t column = 0; column < std::min(row.size(), cells.size()); ++column) {
      cells[column] = CellText(row[column]);
      if (!row[column].IsNumber() && !row[column].IsNull()) is_right_aligned[column] = false;
    }
    rows.push_back(std::move(cells));
    if (rows.size() == kMostRows) break;
  }
  std::vector<Line> lines = TextTable(headings, rows, is_right_aligned, width);
  if (result.rows.size() > rows.size()) {
    lines.push_back({{Style::kDim, fmt::format("… and {} more rows", result.rows.size() - rows.size())}});
  }
  return lines;
}

}  // namespace nextkey
