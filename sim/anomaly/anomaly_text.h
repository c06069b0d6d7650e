// An anomaly as a person reads it: its name, what cures it, and the cycle in plain words.
#pragma once

#include <string>
#include <vector>

#include "sim/anomaly/classification.h"
#include "sim/styled_text.h"

namespace nextkey {

// `P4 lost update, level-based: a stronger isolation level cures it`
std::string AnomalyHeadline(const Classification& classification);
// `buyer1 overwrote coupon (1), which buyer2 had changed`
std::string EdgeText(const CycleEdge& edge);
// The headline and, where there is one, the cycle: each edge with its statements.
std::vector<Line> AnomalyLines(const Classification& classification, std::size_t width, std::size_t indent);

}  // namespace nextkey
