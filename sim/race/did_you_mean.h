// Which of the known words somebody probably meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nextkey::race {

// `Did you mean "read"?` where one is close; else `Known are "a", "b" and "c".`, or `none` where
// there are no known words at all.
std::string DidYouMean(std::string_view word, const std::vector<std::string>& known,
                       std::string_view none = {});

// Empty: none is close.
std::string Nearest(std::string_view word, const std::vector<std::string>& known);

// "a", "b" and 3 more
std::string ListOfNames(const std::vector<std::string>& names);

}  // namespace nextkey::race
