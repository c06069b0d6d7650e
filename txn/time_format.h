// DATE_FORMAT and STR_TO_DATE: the `%` letters of the MySQL manual, with English names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/value.h"

namespace nextkey {

std::int32_t WeekdayOf(std::int32_t days);  // 0 is Monday.

// A letter without a meaning stands for itself. Weeks (%U %u %V %v %X %x) are not known.
std::string FormatMoment(std::int64_t microseconds, std::string_view format);

// Date, DateTime or Time, as the format asks for; nullopt where the text does not follow it.
std::optional<Value> ParseMoment(std::string_view text, std::string_view format);

}  // namespace nextkey
