#include "sim/source_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utf8proc.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

namespace nextkey {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Mistake WholeFile(std::string name, std::string message, std::string remedy) {
  return Mistake{.file = std::move(name),
                 .place = std::nullopt,
                 .message = std::move(message),
                 .shown_line = "",
                 .caret_line = "",
                 .remedy = std::move(remedy)};
}

std::string Megabytes(std::size_t bytes) { return fmt::format("{} MiB", bytes >> 20); }

Mistake TooBig(std::string name) {
  return WholeFile(std::move(name), fmt::format("the file is larger than {}", Megabytes(kMostSourceBytes)),
                   "Scripts are read whole: split it, or give a part of it.");
}

Mistake CannotOpen(const std::string& path, int error) {
  if (error == ENOENT) {
    return WholeFile(path, "there is no such file", "Check the name and the folder that it is relative to.");
  }
  return WholeFile(path, fmt::format("the file can't be read: {}", std::strerror(error)), "");
}

// The first byte that begins no UTF-8 character; nullopt when there is none.
std::optional<std::size_t> FirstBadByte(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const unsigned char first = static_cast<unsigned char>(text[at]);
    if (first < 0x80) {
      if (first == 0) return at;
      ++at;
      continue;
    }
    utf8proc_int32_t code_point = 0;
    const std::size_t left = text.size() - at;
    const utf8proc_ssize_t bytes =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at),
                         static_cast<utf8proc_ssize_t>(left < 4 ? left : 4), &code_point);
    if (bytes <= 0) return at;
    at += static_cast<std::size_t>(bytes);
  }
  return std::nullopt;
}

std::size_t BytesOfCharacter(unsigned char first) {
  if (first >= 0xF0) return 4;
  if (first >= 0xE0) return 3;
  return 2;
}

Mistake BadByte(const std::string& name, const std::string& text, std::size_t at) {
  const unsigned char byte = static_cast<unsigned char>(text[at]);
  if (byte == 0) {
    return MistakeAt(name, text, at, fmt::format("a NUL byte (byte {} of the file)", at),
                     "This is no text file, or it is UTF-16: save it as UTF-8.");
  }
  if (byte >= 0xC2 && byte <= 0xF4 && at + BytesOfCharacter(byte) > text.size()) {
    return MistakeAt(name, text, at, fmt::format("the file ends in the middle of a character (byte {})", at),
                     "It looks cut short: copy it again.");
  }
  return MistakeAt(name, text, at, fmt::format("byte 0x{:02X} (byte {} of the file) is not UTF-8", byte, at),
                   "Save the file as UTF-8.");
}

}  // namespace

std::variant<SourceFile, Mistake> CheckSource(std::string name, std::string text) {
  if (text.size() > kMostSourceBytes) return TooBig(std::move(name));
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    return WholeFile(std::move(name), "the file is UTF-16", "Save it as UTF-8.");
  }
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  if (const std::optional<std::size_t> bad = FirstBadByte(text)) return BadByte(name, text, *bad);
  return SourceFile{std::move(name), std::move(text)};
}

std::variant<SourceFile, Mistake> ReadSourceFile(const std::string& path) {
  const bool is_standard_input = path == "-";
  const std::string name = is_standard_input ? "<stdin>" : path;
  const int descriptor = is_standard_input ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return CannotOpen(name, errno);

  struct stat status {};
  if (fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) {
    if (!is_standard_input) close(descriptor);
    return WholeFile(name, "this is a folder, not a file",
                     fmt::format("Name the scripts in it, for example {}/*.sql", path));
  }
  std::string text;
  std::string buffer(1 << 16, '\0');
  int error = 0;
  while (text.size() <= kMostSourceBytes) {
    const ssize_t count = read(descriptor, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) error = errno;
    if (count <= 0) break;
    text.append(buffer, 0, static_cast<std::size_t>(count));
  }
  if (!is_standard_input) close(descriptor);
  if (error != 0) return CannotOpen(name, error);
  return CheckSource(name, std::move(text));
}

}  // namespace nextkey
