// Runs the benchmarks of this folder and prints them as a table.
#include <benchmark/benchmark.h>

#include "bench/table_reporter.h"
#include "sim/process_memory.h"

int main(int argc, char** argv) {
  nextkey::KeepFreedMemory();  // As the program does.
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  nextkey::bench::TableReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  return 0;
}
