#include "sim/step_report.h"

#include <fmt/format.h>

namespace nextkey {

std::string_view NameOf(const StepReport& report, SessionId session) {
  const auto found = report.names.find(session);
  return found == report.names.end() ? std::string_view("?") : std::string_view(found->second);
}

std::string ErrorText(const SqlError& error) {
  return fmt::format("ERROR {} ({}): {}", error.number, error.sqlstate, error.message);
}

}  // namespace nextkey
