#include "sim/remark.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "sim/text.h"

namespace nextkey {
namespace {

enum class WordKind { kWord, kArrow, kQuoted, kComma, kStop, kOpen, kClose };

struct Word {
  WordKind kind = WordKind::kWord;
  std::string text;   // A quoted text without its quotes.
  std::string lower;  // Of a word.
  std::size_t begin = 0;
  std::size_t end = 0;
};

bool IsWordCharacter(char c) {
  return !IsSpace(c) && std::string_view(",.;:()\"=").find(c) == std::string_view::npos;
}

// A dot between two digits belongs to a number.
bool ContinuesWord(std::string_view text, std::size_t at) {
  if (IsWordCharacter(text[at])) return true;
  return text[at] == '.' && at > 0 && at + 1 < text.size() && IsDigit(text[at - 1]) && IsDigit(text[at + 1]);
}

Word PunctuationAt(std::string_view text, std::size_t at) {
  Word token;
  token.begin = at;
  token.end = at + 1;
  token.text = std::string(text.substr(at, 1));
  switch (text[at]) {
    case ',':
      token.kind = WordKind::kComma;
      break;
    case '(':
      token.kind = WordKind::kOpen;
      break;
    case ')':
      token.kind = WordKind::kClose;
      break;
    case '.':
    case ';':
    case ':':
      token.kind = WordKind::kStop;
      break;
    default:
      token.lower = token.text;
      break;
  }
  return token;
}

Word QuotedAt(std::string_view text, std::size_t at) {
  std::size_t close = text.find('"', at + 1);
  Word token{WordKind::kQuoted, "", "", at, text.size()};
  if (close != text.npos) token.end = close + 1;
  if (close == text.npos) close = text.size();
  token.text = std::string(text.substr(at + 1, close - at - 1));
  return token;
}

std::vector<Word> Tokenize(std::string_view text) {
  std::vector<Word> tokens;
  for (std::size_t at = 0; at < text.size();) {
    if (IsSpace(text[at])) {
      ++at;
      continue;
    }
    Word token;
    if (text.substr(at, 2) == "=>") {
      token = {WordKind::kArrow, "=>", "", at, at + 2};
    } else if (text[at] == '"') {
      token = QuotedAt(text, at);
    } else if (!IsWordCharacter(text[at])) {
      token = PunctuationAt(text, at);
    } else {
      std::size_t end = at + 1;
      while (end < text.size() && ContinuesWord(text, end)) ++end;
      const std::string_view word = text.substr(at, end - at);
      token = {WordKind::kWord, std::string(word), ToLower(word), at, end};
    }
    at = token.end;
    tokens.push_back(std::move(token));
  }
  return tokens;
}

class RemarkReader {
 public:
  explicit RemarkReader(std::string_view remark) : remark_(remark), tokens_(Tokenize(remark)) {}

  std::vector<Claim> Read() {
    while (!AtEnd()) {
      if (TakeSeparator() || TakeExplanation()) continue;
      const std::size_t begin = at_;
      std::optional<Claim> claim = ReadClaim();
      // A claim has to be followed by its end; a sentence that goes on means something else.
      if (claim && !AtEnd() && !IsSeparator(tokens_[at_])) claim.reset();
      if (!claim) {
        at_ = begin;
        SkipSentence();
        claim = Claim{NotUnderstood{}, ""};
      }
      claim->words =
          std::string(remark_.substr(tokens_[begin].begin, tokens_[at_ - 1].end - tokens_[begin].begin));
      claims_.push_back(std::move(*claim));
    }
    return std::move(claims_);
  }

 private:
  bool AtEnd() const { return at_ >= tokens_.size(); }
  bool IsWord(std::string_view word) const {
    return !AtEnd() && tokens_[at_].kind == WordKind::kWord && tokens_[at_].lower == word;
  }
  bool Is(WordKind kind, std::size_t ahead = 0) const {
    return at_ + ahead < tokens_.size() && tokens_[at_ + ahead].kind == kind;
  }
  bool Take(std::string_view word) {
    if (!IsWord(word)) return false;
    ++at_;
    return true;
  }
  bool Take(WordKind kind) {
    if (!Is(kind)) return false;
    ++at_;
    return true;
  }
  // All of the words or none.
  bool TakeAll(std::initializer_list<std::string_view> words) {
    const std::size_t begin = at_;
    for (const std::string_view word : words) {
      if (Take(word)) continue;
      at_ = begin;
      return false;
    }
    return true;
  }
  bool TakeAny(std::initializer_list<std::string_view> words) {
    for (const std::string_view word : words) {
      if (Take(word)) return true;
    }
    return false;
  }

  static bool IsSeparator(const Word& token) {
    return token.kind == WordKind::kComma || token.kind == WordKind::kStop || token.kind == WordKind::kOpen ||
           token.kind == WordKind::kClose || (token.kind == WordKind::kWord && token.lower == "and");
  }
  bool TakeSeparator() {
    if (!IsSeparator(tokens_[at_])) return false;
    ++at_;
    return true;
  }

  // The explicit rule for words that claim nothing: they explain, to the end of their sentence.
  bool TakeExplanation() {
    if (!IsWord("despite") && !IsWord("because") && !IsWord("since")) return false;
    SkipSentence();
    return true;
  }

  void SkipSentence() {
    while (!AtEnd() && tokens_[at_].kind != WordKind::kStop && tokens_[at_].kind != WordKind::kClose) ++at_;
  }

  std::optional<Claim> ReadClaim() {
    while (TakeAny({"this", "which", "it"})) {
    }
    const bool is_eventual = Take("eventually");
    const bool has_adverb = is_eventual || TakeAny({"now", "still", "again", "also"});
    if (TakeAny({"shows", "returns"})) return ReadShown(is_eventual);
    if (has_adverb) return std::nullopt;
    if (TakeAny({"blocks", "waits"})) return Claim{ClaimBlocks{}, ""};
    if (TakeAny({"unblocks"})) return ReadUnblocked();
    if (Take("doesn't") || TakeAll({"does", "not"})) return ReadUnchanged();
    if (Take("causes")) return ReadCaused();
    return ReadError("");
  }

  std::optional<Claim> ReadUnblocked() {
    if (!Is(WordKind::kWord)) return std::nullopt;
    ClaimUnblocks unblocks{{tokens_[at_++].text}};
    while ((IsWord("and") || Is(WordKind::kComma)) && IsSessionAt(1)) {
      unblocks.sessions.push_back(tokens_[at_ + 1].text);
      at_ += 2;
    }
    return Claim{std::move(unblocks), ""};
  }

  // `T2`, as it stands in `unblocks T1 and T2`.
  bool IsSessionAt(std::size_t ahead) const {
    if (!Is(WordKind::kWord, ahead)) return false;
    const std::string& word = tokens_[at_ + ahead].lower;
    return word.size() >= 2 && word[0] == 't' && std::all_of(word.begin() + 1, word.end(), IsDigit);
  }

  std::optional<Claim> ReadUnchanged() {
    if (!TakeAny({"delete", "update", "change", "insert"}) || !Take("anything")) return std::nullopt;
    return Claim{ClaimChangesNothing{}, ""};
  }

  std::optional<Claim> ReadCaused() {
    if (!Is(WordKind::kWord)) return std::nullopt;
    const std::string session = tokens_[at_++].text;
    if (!Take("to")) return std::nullopt;
    return ReadError(session);
  }

  std::optional<Claim> ReadError(const std::string& session) {
    if (TakeAny({"print", "prints"})) {
      if (!Is(WordKind::kQuoted)) return std::nullopt;
      return Claim{ClaimError{session, tokens_[at_++].text}, ""};
    }
    if (!TakeAny({"abort", "aborts"}) || !Take("with")) return std::nullopt;
    TakeAny({"a", "the"});
    if (!TakeAll({"deadlock", "error"})) return std::nullopt;
    return Claim{ClaimError{session, "ERROR 1213"}, ""};
  }

  std::optional<Claim> ReadShown(bool is_eventual) {
    std::optional<Claim> claim;
    if (Take("nothing") || TakeAll({"no", "rows"})) {
      claim = Claim{ClaimShowsNothing{is_eventual}, ""};
    } else if (TakeAll({"the", "newly", "inserted", "row"})) {
      claim = Claim{ClaimShowsInsertedRow{}, ""};
    } else {
      ClaimShows shows{ReadPairs(), is_eventual};
      if (!shows.pairs.empty()) claim = Claim{std::move(shows), ""};
    }
    TakeAny({"again", "now", "still"});
    return claim;
  }

  bool IsPairAt(std::size_t ahead) const {
    const auto is_value = [&](std::size_t i) { return Is(WordKind::kWord, i) || Is(WordKind::kQuoted, i); };
    return is_value(ahead) && Is(WordKind::kArrow, ahead + 1) && is_value(ahead + 2);
  }

  std::vector<std::pair<std::string, std::string>> ReadPairs() {
    std::vector<std::pair<std::string, std::string>> pairs;
    while (IsPairAt(0)) {
      pairs.emplace_back(tokens_[at_].text, tokens_[at_ + 2].text);
      at_ += 3;
      if ((Is(WordKind::kComma) || IsWord("and")) && IsPairAt(1)) ++at_;
    }
    return pairs;
  }

  std::string_view remark_;
  std::vector<Word> tokens_;
  std::size_t at_ = 0;
  std::vector<Claim> claims_;
};

}  // namespace

std::vector<Claim> ReadRemark(std::string_view remark) { return RemarkReader(remark).Read(); }

}  // namespace nextkey
