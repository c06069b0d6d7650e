// A mistake in what the user gave us: where it stands, what is wrong, what would be right.
//
// Printed as `file:line:column: message`, then the line, then a caret below the place, then the
// remedy. Columns count characters from 1. The shown line is made safe for a terminal: tabs become
// spaces, control characters `?`, and of a very long line only the neighbourhood of the place is
// shown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nextkey {

struct TextPlace {
  std::uint32_t line = 1;    // From 1.
  std::uint32_t column = 1;  // Characters, from 1.

  friend bool operator==(const TextPlace&, const TextPlace&) = default;
};

struct Mistake {
  std::string file;
  std::optional<TextPlace> place;  // Absent where the file as a whole is the trouble.
  std::string message;
  std::string shown_line;  // Empty: none is shown.
  std::string caret_line;  // Spaces and the caret.
  std::string remedy;      // A sentence; may be empty.
};

// `offset` counts bytes from the beginning of `text`; one behind the end is allowed.
TextPlace PlaceOf(std::string_view text, std::size_t offset);
Mistake MistakeAt(std::string_view file, std::string_view text, std::size_t offset, std::string message,
                  std::string remedy);

// Ends with a newline.
std::string ToText(const Mistake& mistake);
// At most ten, then how many more there are.
std::string ToText(const std::vector<Mistake>& mistakes);

}  // namespace nextkey
