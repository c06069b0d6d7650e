#include "sim/race/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "sim/race/shipped_races.h"
#include "sim/text.h"

namespace nextkey {
namespace {

constexpr std::size_t kDigits = 6;
constexpr std::uint32_t kLetters = 26;
constexpr std::size_t kMostRepeats = 10'000'000;

std::string LettersOf(std::uint32_t place) {
  std::string text(1, static_cast<char>('a' + place % kLetters));
  for (std::uint32_t rest = place / kLetters; rest > 0; rest = (rest - 1) / kLetters) {
    text.insert(text.begin(), static_cast<char>('A' + (rest - 1) % kLetters));
  }
  return text;
}

std::string TextOf(const Choice& choice) {
  switch (choice.kind) {
    case ChoiceKind::kClient:
      return LettersOf(choice.actor);
    case ChoiceKind::kTimer:
      return (choice.target == 0 ? "." : ",") + LettersOf(choice.actor);
    case ChoiceKind::kReplica:
      return "=" + LettersOf(choice.actor);
    case ChoiceKind::kFault:
      return fmt::format("_{}{}", choice.actor + 1, LettersOf(choice.target));
    case ChoiceKind::kPurge:
      return "%" + LettersOf(choice.actor);
    case ChoiceKind::kTick:
      return "+" + LettersOf(choice.actor);
  }
  return "";
}

std::string DigitsOf(const Fingerprint& fingerprint) { return fingerprint.ToHex().substr(0, kDigits); }

std::string HeadOf(const Program& program) {
  const std::string& title = program.file->title.text;
  const std::string& fix = program.options.fix;
  return fmt::format("{}{}-{}", title.empty() ? "spec" : title, fix.empty() ? "" : "+" + fix,
                     DigitsOf(program.fingerprint));
}

// The options that say in which steps a race goes, as the command line spells them.
std::string HowText(const RaceOptions& options) {
  std::string text;
  if (options.granularity == Granularity::kRow) text += " --granularity row";
  if (options.timing == Timing::kAny) text += " --any-timing";
  if (options.timing == Timing::kAny && options.ticks != RaceOptions{}.ticks)
    text += fmt::format(" --ticks {}", options.ticks);
  if (options.purge != PurgeMode::kEager) text += fmt::format(" --purge {}", PurgeName(options.purge));
  return text;
}

// With which of these options the program has those digits; nullopt: with none.
std::optional<std::string> HowItWasMade(const Program& program, const std::string& digits) {
  for (const Granularity granularity : {Granularity::kStatement, Granularity::kRow}) {
    for (const Timing timing : {Timing::kMaximalProgress, Timing::kAny}) {
      for (const PurgeMode purge : {PurgeMode::kEager, PurgeMode::kOff, PurgeMode::kChoice}) {
        RaceOptions options = program.options;
        options.granularity = granularity;
        options.timing = timing;
        options.purge = purge;
        if (DigitsOf(FingerprintOf(program, options)) == digits) return HowText(options);
      }
    }
  }
  return std::nullopt;
}

// Why a token is not the program's: the first thing that differs, as far as it can be told.
std::string WhatDiffers(const Program& program, const TokenHead& head, const std::string& token_head) {
  const std::string start =
      fmt::format("the schedule belongs to {}, this is {}: ", token_head, HeadOf(program));
  const std::string& title = program.file->title.text;
  if (head.race != (title.empty() ? "spec" : title)) return start + "the race differs";
  if (head.fix != program.options.fix) return start + "the fix differs";
  if (const auto how = HowItWasMade(program, head.digits)) {
    const auto said = [](const std::string& text) {
      return text.empty() ? std::string("without options for steps, time and purge") : "with" + text;
    };
    return fmt::format("{}it was made {}, and this is {}", start, said(*how), said(HowText(program.options)));
  }
  return start + "the file, the number of clients, a parameter, the faults or --ticks differ";
}

class TokenReader {
 public:
  explicit TokenReader(std::string_view text) : text_(text) {}

  std::variant<Schedule, std::string> Read() {
    Schedule schedule;
    while (at_ < text_.size()) {
      const std::size_t begin = at_;
      const std::optional<Choice> choice = ReadChoice();
      if (!choice) return fmt::format("\"{}\" is no choice", text_.substr(begin, 8));
      std::uint32_t times = 1;
      if (at_ < text_.size() && IsDigit(text_[at_])) {
        const std::optional<std::uint32_t> number = ReadNumber();
        if (!number || *number == 0 || *number > kMostRepeats - schedule.choices.size()) {
          return fmt::format("\"{}\" is no number of choices", text_.substr(begin, 12));
        }
        times = *number;
      }
      schedule.choices.insert(schedule.choices.end(), times, *choice);
    }
    return schedule;
  }

 private:
  std::optional<Choice> ReadChoice() {
    switch (text_[at_]) {
      case '.':
        return ReadMarked(ChoiceKind::kTimer);
      case ',':
        return ReadMarked(ChoiceKind::kTimer, 1);
      case '=':
        return ReadMarked(ChoiceKind::kReplica);
      case '%':
        return ReadMarked(ChoiceKind::kPurge);
      case '+':
        return ReadMarked(ChoiceKind::kTick);
      case '_': {
        ++at_;
        const std::optional<std::uint32_t> fault = ReadNumber();
        const std::optional<std::uint32_t> target = ReadLetters();
        if (!fault || *fault == 0 || !target) return std::nullopt;
        return Choice{ChoiceKind::kFault, *fault - 1, *target};
      }
      default:
        break;
    }
    const std::optional<std::uint32_t> client = ReadLetters();
    if (!client) return std::nullopt;
    return Choice{ChoiceKind::kClient, *client, 0};
  }

  std::optional<Choice> ReadMarked(ChoiceKind kind, std::uint32_t target = 0) {
    ++at_;
    const std::optional<std::uint32_t> actor = ReadLetters();
    if (!actor) return std::nullopt;
    return Choice{kind, *actor, target};
  }

  std::optional<std::uint32_t> ReadLetters() {
    std::uint32_t rest = 0;
    for (; at_ < text_.size() && text_[at_] >= 'A' && text_[at_] <= 'Z'; ++at_) {
      if (rest > kMostRepeats) return std::nullopt;
      rest = rest * kLetters + static_cast<std::uint32_t>(text_[at_] - 'A') + 1;
    }
    if (at_ == text_.size() || text_[at_] < 'a' || text_[at_] > 'z') return std::nullopt;
    return rest * kLetters + static_cast<std::uint32_t>(text_[at_++] - 'a');
  }

  std::optional<std::uint32_t> ReadNumber() {
    std::uint32_t number = 0;
    const std::size_t begin = at_;
    for (; at_ < text_.size() && IsDigit(text_[at_]); ++at_) {
      if (number > kMostRepeats) return std::nullopt;
      number = number * 10 + static_cast<std::uint32_t>(text_[at_] - '0');
    }
    if (at_ == begin) return std::nullopt;
    return number;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string TargetName(const Program& program, const Choice& choice) {
  const ProgramFault& fault = program.faults[choice.actor];
  const bool is_of_client = fault.kind == FaultKind::kPause || fault.kind == FaultKind::kDie;
  if (!is_of_client) return fmt::format("node {}", choice.target + 1);
  return choice.target < program.clients.size() ? program.clients[choice.target].name : "a client";
}

std::string WhatIsPossible(const Program& program, const std::vector<Choice>& choices) {
  if (choices.empty()) return "the race is over";
  std::string text = "possible: ";
  for (std::size_t i = 0; i < choices.size(); ++i) {
    text += (i == 0 ? "" : ", ") + ChoiceName(program, choices[i]);
  }
  return text;
}

}  // namespace

std::string TokenOf(const Program& program, const Schedule& schedule) {
  std::string token = HeadOf(program) + ":";
  for (std::size_t i = 0; i < schedule.choices.size();) {
    std::size_t end = i;
    while (end < schedule.choices.size() && schedule.choices[end] == schedule.choices[i]) ++end;
    token += TextOf(schedule.choices[i]);
    if (end - i > 1) token += std::to_string(end - i);
    i = end;
  }
  return token;
}

std::string ReplayLine(const Program& program, const Schedule& schedule) {
  const SourceFile& source = program.file->source;
  const ShippedRace* shipped = FindShippedRace(program.file->title.text);
  const bool ships = shipped != nullptr && shipped->text == source.text;
  const RaceOptions& options = program.options;
  std::string line = "nextkey replay " + (ships ? std::string(shipped->name) : source.name);
  for (const auto& [name, count] : options.clients) line += fmt::format(" --clients {}={}", name, count);
  for (const auto& [name, value] : options.parameters) line += fmt::format(" --set {}={}", name, value);
  for (const std::string& fault : options.faults) line += fmt::format(" --fault {}", fault);
  if (options.uses_load_values) line += " --load";
  return line + HowText(options) + " --schedule " + TokenOf(program, schedule);
}

std::variant<ReadToken, std::string> ParseToken(std::string_view token) {
  token = Trim(token);
  const std::size_t colon = token.find(':');
  const std::size_t dash = token.substr(0, colon).rfind('-');
  if (colon == token.npos || dash == token.npos) {
    return std::string("a schedule looks like coupon-1f3a5b:a2b2");
  }
  ReadToken read;
  const std::vector<std::string_view> names = Split(token.substr(0, dash), "+");
  read.head.race = std::string(names.front());
  if (names.size() > 1) read.head.fix = std::string(names[1]);
  read.head.digits = std::string(token.substr(dash + 1, colon - dash - 1));
  auto schedule = TokenReader(token.substr(colon + 1)).Read();
  if (auto* message = std::get_if<std::string>(&schedule)) return std::move(*message);
  read.schedule = std::get<Schedule>(std::move(schedule));
  return read;
}

std::variant<Schedule, std::string> ScheduleFor(const Program& program, std::string_view token) {
  auto parsed = ParseToken(token);
  if (auto* message = std::get_if<std::string>(&parsed)) return std::move(*message);
  auto& read = std::get<ReadToken>(parsed);
  const std::string own = HeadOf(program);
  const std::string head = std::string(Trim(token)).substr(0, Trim(token).find(':'));
  if (head != own) {
    return WhatDiffers(program, read.head, head);
  }
  return std::move(read.schedule);
}

std::string ChoiceName(const Program& program, const Choice& choice) {
  const auto client = [&](std::uint32_t place) {
    return place < program.clients.size() ? program.clients[place].name : "client " + LettersOf(place);
  };
  switch (choice.kind) {
    case ChoiceKind::kClient:
      return client(choice.actor);
    case ChoiceKind::kTimer:
      return "the timer of " + client(choice.actor) + (choice.target == 0 ? "" : ", early");
    case ChoiceKind::kReplica:
      return choice.actor < program.servers.size() ? program.servers[choice.actor] : "a server";
    case ChoiceKind::kPurge:
      return "purge";
    case ChoiceKind::kTick:
      return choice.actor == Choice::kTickOfASecond ? "a second that passes" : "time until a key expires";
    case ChoiceKind::kFault:
      if (choice.actor >= program.faults.size()) return fmt::format("fault {}", choice.actor + 1);
      return fmt::format("the fault {} at {}", program.faults[choice.actor].name,
                         TargetName(program, choice));
  }
  return "";
}

std::variant<RaceWorld, ScheduleMismatch> PlaySchedule(RaceWorld world, const Program& program,
                                                       const Schedule& schedule,
                                                       std::vector<ChoiceReport>* reports) {
  for (std::size_t i = 0; i < schedule.choices.size(); ++i) {
    const std::vector<Choice> choices = ChoicesOf(world, program);
    if (std::find(choices.begin(), choices.end(), schedule.choices[i]) == choices.end()) {
      return ScheduleMismatch{
          i, fmt::format("choice {} of the schedule is {}, which can't happen there; {}", i + 1,
                         ChoiceName(program, schedule.choices[i]), WhatIsPossible(program, choices))};
    }
    ChoiceReport* report = nullptr;
    if (reports != nullptr) report = &reports->emplace_back();
    PlayChoice(world, program, schedule.choices[i], report);
    if (report != nullptr) report->step.number = static_cast<std::uint32_t>(i + 1);
  }
  return world;
}

}  // namespace nextkey
