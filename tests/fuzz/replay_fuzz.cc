// Arbitrary bytes as a script: reading never crashes, and what can be read is played.
//
// Beside what the sanitizers see, three promises are checked at every step: the server's invariants
// hold, a copy of the world takes the same step to the same fingerprint, and both reports can be
// printed. Scripts that would join millions of rows are read but not played: slow is no finding.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <variant>

#include "sim/replay.h"
#include "sim/report_jsonl.h"
#include "sim/report_text.h"
#include "sim/script.h"
#include "tests/fuzz/work_bound.h"

namespace nextkey {
namespace {

constexpr double kMostWork = 200'000;

void Require(bool holds, const std::string& promise) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", promise.c_str());
  std::abort();
}

void Play(const ScriptCase& script) {
  World world;
  TextReport timeline(script, {.width = 80, .with_colour = true, .with_locks = true, .with_plan = true});
  timeline.Opening("fuzz", {});
  while (!IsFinished(world, script)) {
    World copy = world;
    const StepReport report = PlayStep(world, script, LockListing::kEachStep);
    const StepReport report_of_copy = PlayStep(copy, script, LockListing::kEachStep);
    const std::string line = ToJsonLine(report, {});
    Require(line == ToJsonLine(report_of_copy, {}), "a copy reports the same: " + line);
    Require(world.Digest() == copy.Digest(), "a copy comes to the same fingerprint: " + line);
    timeline.Step(report);
    for (const std::string& violation : world.server.CheckInvariants())
      Require(false, violation + ": " + line);
  }
  Require(!timeline.Closing(WaitingAtEnd(world, script)).empty(), "a timeline ends with a summary");
}

void Read(std::string text) {
  const bool is_markdown = text.find("```") != std::string::npos;
  auto source = CheckSource(is_markdown ? "fuzz.md" : "fuzz.sql", std::move(text));
  if (const auto* mistake = std::get_if<Mistake>(&source)) {
    ToText(*mistake);
    return;
  }
  const ScriptOrMistakes script = ReadScript(std::get<SourceFile>(std::move(source)));
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&script)) {
    Require(!mistakes->empty(), "a script that can't be read names its mistakes");
    Require(!ToText(*mistakes).empty(), "mistakes can be printed");
    return;
  }
  for (const ScriptCase& one : std::get<Script>(script).cases) {
    if (WorkBound(one) <= kMostWork) Play(one);
  }
}

}  // namespace
}  // namespace nextkey

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  nextkey::Read(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
