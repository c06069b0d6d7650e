// std::erase_if for the containers that it does not know, absl::InlinedVector for one.
#pragma once

#include <algorithm>
#include <cstddef>

namespace nextkey {

// Removes the elements for which `is_gone` holds, keeps the order of the others; returns how many went.
template <class Container, class Predicate>
std::size_t EraseIf(Container& container, Predicate is_gone) {
  const auto rest = std::remove_if(container.begin(), container.end(), is_gone);
  const auto count = static_cast<std::size_t>(container.end() - rest);
  container.erase(rest, container.end());
  return count;
}

}  // namespace nextkey
