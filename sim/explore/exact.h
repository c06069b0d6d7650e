// Numbers of any size: what an exhaustive search counts is exact, however large.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <string>

namespace nextkey {

using Whole = boost::multiprecision::cpp_int;
using Fraction = boost::multiprecision::cpp_rational;

// `1,234,567`; very long ones by their first digits: `1.234e30`.
std::string WholeText(const Whole& number);
// A probability: `0.2500`, `1.23e-07`; `0` and `1` are exact.
std::string ShareText(const Fraction& share);

}  // namespace nextkey
