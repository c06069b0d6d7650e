// Looks after a running search from outside: its time, Ctrl-C, and a line that says how far it is.
//
// The search itself knows no clock: it is asked to stop. What it has found by then is its answer.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>
#include <thread>

#include "sim/explore/search.h"

namespace nextkey {

struct WatchOptions {
  std::optional<double> seconds;  // Of all searches together.
  bool shows_progress = false;
  bool minds_interrupts = false;  // Ctrl-C stops the search; a second one ends the program.
};

class ExploreWatch {
 public:
  ExploreWatch(const WatchOptions& options, std::ostream& err);
  ~ExploreWatch();
  ExploreWatch(const ExploreWatch&) = delete;
  ExploreWatch& operator=(const ExploreWatch&) = delete;

  const std::atomic<bool>& interrupt() const { return interrupt_; }
  static bool WasInterrupted();  // By Ctrl-C, since the last one that minds it began.
  SearchProgress& progress() { return progress_; }

 private:
  using Clock = std::chrono::steady_clock;

  void Run();
  void ShowProgress(Clock::time_point now);

  WatchOptions options_;
  std::ostream& err_;
  Clock::time_point begin_ = Clock::now();
  SearchProgress progress_;
  std::atomic<bool> interrupt_ = false;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool has_ended_ = false;
  std::uint64_t states_before_ = 0;
  Clock::time_point shown_ = begin_;
  void (*handler_before_)(int) = nullptr;
  std::thread thread_;
};

// `1,204,311 states, 310,000/s, depth 24, 310 waiting, 92 MB`
std::string ProgressText(const SearchProgress& progress, double states_per_second);

}  // namespace nextkey
