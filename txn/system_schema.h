// Which schemas are the server's own.
#pragma once

#include <string>
#include <string_view>

namespace nextkey {

// SHOW reads tables of this schema, which no statement of the user's can name.
inline constexpr std::string_view kShowSchema = "(show)";

// The schema in lower case when it is one of the server's own; else empty. information_schema is known
// in any case of letters.
std::string SystemSchemaNamed(std::string_view schema);

}  // namespace nextkey
