// Numbers of any size: what an exhaustive search counts is exact, however large.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>

namespace nextkey {

using Whole = boost::multiprecision::cpp_int;
using Fraction = boost::multiprecision::cpp_rational;

}  // namespace nextkey
