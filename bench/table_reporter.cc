#include "bench/table_reporter.h"

#include <fmt/format.h>

#include <array>
#include <string>

namespace nextkey::bench {
namespace {

constexpr const char* kLine = "{:<44} {:>10} {:>10} {:>10}\n";

std::string ThreeDigits(double number) {
  if (number >= 100) return fmt::format("{:.0f}", number);
  if (number >= 10) return fmt::format("{:.1f}", number);
  return fmt::format("{:.2f}", number);
}

// The largest unit of which there is at least one. Requires: `units` goes up by `step` each.
template <std::size_t N>
std::string WithUnit(double number, double step, const std::array<const char*, N>& units) {
  std::size_t unit = 0;
  while (number >= step && unit + 1 < N) {
    number /= step;
    ++unit;
  }
  return ThreeDigits(number) + units[unit];
}

std::string Time(double seconds) {
  return WithUnit(seconds * 1e9, 1000, std::array{" ns", " us", " ms", " s"});
}

std::string Rate(double per_second) { return WithUnit(per_second, 1000, std::array{"", " k", " M", " G"}); }

// `NextKeyScan/1000000`: without the notes on how it was timed.
std::string NameOf(const benchmark::BenchmarkName& name) {
  return name.args.empty() ? name.function_name : name.function_name + "/" + name.args;
}

// The processor's time, like items a second; the clock's where a benchmark measures by itself.
double TimeOf(const benchmark::BenchmarkReporter::Run& run) {
  return run.run_name.time_type.empty() ? run.GetAdjustedCPUTime() : run.GetAdjustedRealTime();
}

std::string Counter(const benchmark::UserCounters& counters, const char* name, std::string (*print)(double)) {
  const auto found = counters.find(name);
  return found == counters.end() ? "-" : print(found->second.value);
}

}  // namespace

bool TableReporter::ReportContext(const Context&) {
  GetOutputStream() << fmt::format(kLine, "benchmark", "time/op", "items/s", "bytes");
  return true;
}

void TableReporter::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) {
    const double seconds = TimeOf(run) / benchmark::GetTimeUnitMultiplier(run.time_unit);
    GetOutputStream() << fmt::format(
        kLine, NameOf(run.run_name), run.iterations == 0 ? "failed" : Time(seconds),
        Counter(run.counters, "items_per_second", Rate), Counter(run.counters, "bytes", ThreeDigits));
  }
  GetOutputStream().flush();
}

}  // namespace nextkey::bench
