// Arbitrary bytes as a race file: reading never crashes, hangs or exhausts the stack, says what is
// wrong where it refuses, and comes to the same twice.
//
// Two promises are checked beside what the sanitizers see: every mistake has its place within the
// text, and what was read holds together (each step's block lies within the text, each statement was
// parsed).
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <variant>
#include <vector>

#include "sim/race/parser.h"

namespace nextkey {
namespace {

void Require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", promise);
  std::abort();
}

void CheckActions(const Actions& actions, std::size_t size) {
  for (const Action& action : actions) {
    Require(action.offset < size, "an action begins in the text");
    if (const auto* sql = std::get_if<SqlAction>(&action.what)) {
      Require(sql->statement != nullptr, "a statement was parsed");
    }
    if (const auto* loop = std::get_if<WhileAction>(&action.what)) {
      Require(loop->condition.expression != nullptr, "a condition was parsed");
      CheckActions(loop->actions, size);
    }
    if (const auto* branches = std::get_if<IfAction>(&action.what)) {
      Require(!branches->branches.empty(), "an IF has a branch");
      for (const IfAction::Branch& branch : branches->branches) CheckActions(branch.actions, size);
    }
  }
}

void CheckFile(const RaceFile& file) {
  const std::size_t size = file.source.text.size();
  Require(!file.clients.empty(), "somebody takes part in a race");
  for (const ClientTemplate& client : file.clients) {
    Require(!client.steps.empty(), "a client has a step");
    for (const Step& step : client.steps) {
      Require(step.block.begin <= step.block.end && step.block.end <= size, "a block lies in the text");
      CheckActions(step.block.actions, size);
    }
  }
  for (const Block& block : file.setup) CheckActions(block.actions, size);
}

void Read(const std::string& text) {
  auto source = CheckSource("fuzz.race", text);
  if (std::holds_alternative<Mistake>(source)) return;
  const auto first = ReadRaceFile(std::get<SourceFile>(source));
  const auto second = ReadRaceFile(std::get<SourceFile>(std::move(source)));
  Require(first.index() == second.index(), "a file is read the same twice");
  if (const auto* file = std::get_if<RaceFile>(&first)) return CheckFile(*file);
  const auto& mistakes = std::get<std::vector<Mistake>>(first);
  Require(!mistakes.empty(), "a file that can't be read names its mistakes");
  for (const Mistake& mistake : mistakes) {
    Require(mistake.place.has_value(), "a mistake has a place");
    Require(!mistake.message.empty(), "a mistake says what is wrong");
  }
  Require(ToText(mistakes) == ToText(std::get<std::vector<Mistake>>(second)), "mistakes are the same twice");
}

}  // namespace
}  // namespace nextkey

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  nextkey::Read(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
