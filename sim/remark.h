// The remarks in Hermitage's files: what a sentence behind a session's tag claims.
//
// `BLOCKS`, `This unblocks T2`, `Shows 1 => 10, 2 => 20`, `Returns nothing`, `prints "ERROR 1213
// (40001): ..."`, `causes T1 to print "..."`, `BLOCKS (eventually shows 1 => 10)`: one remark may
// hold several claims. What is not understood is a claim of its own, so that it is never passed over in
// silence; only what begins with `despite` or `because` explains and claims nothing.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace nextkey {

struct ClaimBlocks {};
// An earlier statement of each session comes to its end in this step.
struct ClaimUnblocks {
  std::vector<std::string> sessions;
};
// Each pair is a row of the result: its first two columns. Other rows may be there.
struct ClaimShows {
  std::vector<std::pair<std::string, std::string>> pairs;
  bool is_eventual = false;  // Of a statement that blocks: what it returns in the end.
};
struct ClaimShowsNothing {
  bool is_eventual = false;
};
// The row that the last INSERT of the case gave is among the rows.
struct ClaimShowsInsertedRow {};
struct ClaimChangesNothing {};
// The error, as a MySQL client prints it or the beginning of that. Empty session: the step's own.
struct ClaimError {
  std::string session;
  std::string text;
};
struct NotUnderstood {};

struct Claim {
  std::variant<ClaimBlocks, ClaimUnblocks, ClaimShows, ClaimShowsNothing, ClaimShowsInsertedRow,
               ClaimChangesNothing, ClaimError, NotUnderstood>
      what;
  std::string words;  // As the remark has them.
};

// Empty for an empty remark.
std::vector<Claim> ReadRemark(std::string_view remark);

}  // namespace nextkey
