// What one choice did, in the words of a replay's step, so that the same reports print both.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/step_report.h"

namespace nextkey {

// A request that ended in this choice, or began anew.
struct RequestNews {
  std::uint32_t client = 0;
  std::string text;  // `refused: all gone`, `tries again: ERROR 1213 ..`
  bool is_retry = false;
};

// A SET that a client computed by itself, or what a service's answer put into a variable.
struct LocalComputing {
  std::uint32_t client = 0;
  std::string text;  // `SET @order = LAST_INSERT_ID()`
};

struct ChoiceReport {
  // The client's name stands for its session; a service's call is written as the race file's, and its
  // wait as a lock's. `number` counts choices, and is the caller's to fill in.
  StepReport step;
  std::vector<RequestNews> news;
  std::vector<LocalComputing> computed;  // In order, by whomever.
};

}  // namespace nextkey
