#include "sim/explore/explore_watch.h"

#include <fmt/format.h>

#include <csignal>

namespace nextkey {
namespace {

constexpr std::chrono::milliseconds kPause{50};
constexpr std::chrono::milliseconds kBetweenLines{500};
constexpr std::string_view kClearLine = "\r\033[K";

volatile std::sig_atomic_t was_interrupted = 0;

// Whoever asks twice means it.
void NoteInterrupt(int signal) {
  was_interrupted = 1;
  std::signal(signal, SIG_DFL);
}

std::string Grouped(std::uint64_t number) {
  std::string digits = fmt::format("{}", number);
  for (std::size_t place = digits.size(); place > 3;) {
    place -= 3;
    digits.insert(place, ",");
  }
  return digits;
}

}  // namespace

std::string ProgressText(const SearchProgress& progress, double states_per_second) {
  return fmt::format("{} states, {}/s, depth {}, {} waiting, {} MB", Grouped(progress.states),
                     Grouped(static_cast<std::uint64_t>(states_per_second)), progress.depth.load(),
                     Grouped(progress.frontier), Grouped(progress.Bytes() >> 20));
}

bool ExploreWatch::WasInterrupted() { return was_interrupted != 0; }

ExploreWatch::ExploreWatch(const WatchOptions& options, std::ostream& err) : options_(options), err_(err) {
  if (options_.minds_interrupts) {
    was_interrupted = 0;
    handler_before_ = std::signal(SIGINT, NoteInterrupt);
  }
  thread_ = std::thread([this] { Run(); });
}

ExploreWatch::~ExploreWatch() {
  {
    const std::lock_guard guard(mutex_);
    has_ended_ = true;
  }
  ended_.notify_one();
  thread_.join();
  if (options_.minds_interrupts) std::signal(SIGINT, handler_before_);
}

void ExploreWatch::Run() {
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, kPause, [this] { return has_ended_; })) {
    const Clock::time_point now = Clock::now();
    if (options_.minds_interrupts && was_interrupted != 0) interrupt_.store(true);
    if (options_.seconds && now - begin_ >= std::chrono::duration<double>(*options_.seconds))
      interrupt_.store(true);
    if (options_.shows_progress && now - shown_ >= kBetweenLines) ShowProgress(now);
  }
  if (options_.shows_progress && shown_ != begin_) err_ << kClearLine << std::flush;
}

void ExploreWatch::ShowProgress(Clock::time_point now) {
  const std::uint64_t states = progress_.states;
  const double seconds = std::chrono::duration<double>(now - shown_).count();
  // A new search begins from nothing again.
  const std::uint64_t more = states < states_before_ ? states : states - states_before_;
  err_ << kClearLine << ProgressText(progress_, static_cast<double>(more) / seconds) << std::flush;
  states_before_ = states;
  shown_ = now;
}

}  // namespace nextkey
