// Writes down what a choice does while it is played. Without a report it does nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/race/choice_report.h"
#include "sim/race/program.h"
#include "sim/race/world.h"

namespace nextkey {

class ChoiceRecorder {
 public:
  ChoiceRecorder(const RaceWorld& world, const Program& program, ChoiceReport* report)
      : world_(world), program_(program), report_(report) {}

  bool IsWanted() const { return report_ != nullptr; }

  // Who acts, and what is sent or called.
  void Begin(std::uint32_t client, std::string text);
  void BeginForNobody(std::string who, std::string text);
  void TimePassed(std::int64_t microseconds);
  // What a server said. To be called before its consequences are worked out.
  void Record(std::vector<Event> events);
  void CallWaits(std::uint32_t client, const std::string& service, std::vector<std::uint32_t> blockers);
  void CallEnded(std::uint32_t client, const Value& answer, const std::string& error, bool had_waited);
  // A call of its own that did not end the operation.
  void CallGoesOn(std::uint32_t client, const std::string& what);
  void TimerFired(std::uint32_t client);
  void Computed(std::uint32_t client, std::string text);
  void News(std::uint32_t client, std::string text, bool is_retry = false);

 private:
  SessionId SessionOf(std::uint32_t client) const;
  std::string TextOf(SessionId session) const;
  void Ended(SessionId session, const StatementResult& result);

  const RaceWorld& world_;
  const Program& program_;
  ChoiceReport* report_;
};

}  // namespace nextkey
