// Prints benchmark results as a table for people: name, time an operation, items a second, bytes.
//
// A benchmark reports items by SetItemsProcessed, and bytes an item by the counter "bytes". Numbers
// are printed with three digits and a unit, so that lines can be compared by eye.
#pragma once

#include <benchmark/benchmark.h>

#include <vector>

namespace nextkey::bench {

class TableReporter : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
};

}  // namespace nextkey::bench
