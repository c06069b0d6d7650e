#include "sim/race/fix_text.h"

#include <fmt/format.h>

#include <string_view>

#include "sim/text.h"

namespace nextkey {
namespace {

std::string RangeText(const RaceFile& file, const Block& block) {
  return std::string(Trim(std::string_view(file.source.text).substr(block.begin, block.end - block.begin)));
}

std::string Indented(std::string_view text, std::string_view mark) {
  std::string out;
  for (const std::string_view line : Split(text, "\n")) out += fmt::format("{} {}\n", mark, line);
  return out;
}

std::string StepText(const StepRef& ref) {
  return ref.client.text.empty() ? ref.step.text : ref.client.text + "." + ref.step.text;
}

const Step* FindStep(const RaceFile& file, const StepRef& ref) {
  for (const ClientTemplate& client : file.clients) {
    if (!ref.client.text.empty() && client.name.text != ref.client.text) continue;
    for (const Step& step : client.steps) {
      if (step.name.text == ref.step.text) return &step;
    }
  }
  return nullptr;
}

std::string IsolationName(sql::IsolationLevel level) {
  switch (level) {
    case sql::IsolationLevel::kReadUncommitted:
      return "read uncommitted";
    case sql::IsolationLevel::kReadCommitted:
      return "read committed";
    case sql::IsolationLevel::kRepeatableRead:
      return "repeatable read";
    case sql::IsolationLevel::kSerializable:
      return "serializable";
  }
  return "";
}

class FixPrinter {
 public:
  explicit FixPrinter(const RaceFile& file) : file_(file) {}

  std::string Print(const Fix& fix) {
    std::string out;
    for (const FixItem& item : fix.items)
      out += std::visit([this](const auto& one) { return Item(one); }, item);
    return out;
  }

 private:
  std::string Old(const StepRef& ref) {
    const Step* step = FindStep(file_, ref);
    return step == nullptr ? "" : Indented(RangeText(file_, step->block), "-");
  }

  std::string Item(const ReplaceStep& item) {
    return fmt::format("@ step {}\n", StepText(item.step)) + Old(item.step) +
           Indented(RangeText(file_, item.block), "+");
  }
  std::string Item(const RemoveStep& item) {
    return fmt::format("@ step {}\n", StepText(item.step)) + Old(item.step);
  }
  std::string Item(const InsertBeside& item) {
    return fmt::format("@ {} step {}: step {}\n", item.is_before ? "before" : "behind", StepText(item.step),
                       item.inserted.name.text) +
           Indented(RangeText(file_, item.inserted.block), "+");
  }
  std::string Item(const WrapSteps& item) {
    return fmt::format("@ before step {}\n", StepText(item.first)) +
           Indented(RangeText(file_, item.enter), "+") +
           fmt::format("@ behind step {}, and when the request fails before that\n", StepText(item.last)) +
           Indented(RangeText(file_, item.leave), "+");
  }
  std::string Item(const MoreSetup& item) {
    return "@ setup\n" + Indented(RangeText(file_, item.block), "+");
  }
  std::string Item(const SetIsolation& item) {
    return fmt::format("@ every client\n+ SET SESSION TRANSACTION ISOLATION LEVEL {}\n",
                       IsolationName(item.level));
  }
  std::string Item(const SetRetry& item) {
    std::string on;
    for (const int error : item.retry.errors) on += fmt::format("{}{}", on.empty() ? "" : ", ", error);
    for (const std::string& reason : item.retry.reasons)
      on += fmt::format("{}'{}'", on.empty() ? "" : ", ", reason);
    return fmt::format("@ every client\n+ retry {} on {}\n", item.retry.times.text, on);
  }
  std::string Item(const SetServer& item) {
    return fmt::format("@ server\n+ {} = {}\n", item.variable.text, item.value);
  }
  std::string Item(const SetProcesses& item) {
    return fmt::format("@ the application\n+ processes {}\n", item.count.text);
  }
  std::string Item(const UseFix& item) {
    for (const Fix& fix : file_.fixes) {
      if (fix.name.text == item.fix.text) return Print(fix);
    }
    return "";
  }

  const RaceFile& file_;
};

}  // namespace

std::string FixText(const RaceFile& file, const Fix& fix) { return FixPrinter(file).Print(fix); }

}  // namespace nextkey
