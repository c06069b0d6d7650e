// The verdict on a Hermitage file: a case after the other with its remarks, then the summary line
// `26 of 26 cases as documented; 57 remarks checked, 0 missed`.
#pragma once

#include <cstdint>
#include <string>

#include "sim/hermitage_check.h"

namespace nextkey {

struct CaseTextOptions {
  std::size_t width = 100;
  bool with_colour = false;
};

// `number` counts the cases of the file from 1.
std::string CaseText(const CheckedCase& checked, std::size_t number, const CaseTextOptions& options);
// What was missed alone, a line each with its place; for standard error.
std::string MissedText(const CheckedCase& checked, const std::string& file);

struct HermitageTally {
  std::uint64_t cases = 0;
  std::uint64_t as_documented = 0;
  std::uint64_t remarks = 0;
  std::uint64_t missed = 0;

  void Add(const CheckedCase& checked);
};
std::string SummaryLine(const HermitageTally& tally);

}  // namespace nextkey
