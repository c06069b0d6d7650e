// Makes the nodes of expressions for the grammar's actions: folds signs into numbers, flattens long
// AND and OR, tells functions from aggregates, and watches the depth of nesting.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "txn/sql/ast.h"
#include "txn/sql/parse_state.h"

namespace nextkey::sql {

// A node to fill in, before Finish.
Expr NodeOf(Op op, TextRange text);
// `expression` with its depth filled in; a plain NULL and a failure where that is too much.
ExprRef Finish(ParseState& state, Expr expression);

void FailTooDeep(ParseState& state, TextRange place);

ExprRef MakeOperation(ParseState& state, Op op, TextRange text, std::vector<ExprRef> args);
// a AND b AND c ...: left-deep as long as that is shallow, else balanced (AND and OR are associative).
ExprRef MakeChain(ParseState& state, Op op, std::vector<ExprRef> terms);
ExprRef MakeLiteral(ParseState& state, TextRange text, Value value);
ExprRef MakeNegation(ParseState& state, TextRange text, ExprRef operand);
ExprRef MakeColumn(ParseState& state, TextRange text, std::string qualifier, std::string name);
ExprRef MakeSystemVariable(ParseState& state, TextRange text, std::string_view name);
ExprRef MakeInterval(ParseState& state, TextRange text, ExprRef amount, std::string unit);
// A unit of INTERVAL, in lower case.
std::string UnitNamed(ParseState& state, TextRange place, std::string_view name);
ExprRef AddInterval(ParseState& state, TextRange text, ExprRef date, const ExprRef& interval,
                    bool is_negated);
ExprRef MakeNamed(ParseState& state, Op op, TextRange text, std::string name, std::vector<ExprRef> args = {});
ExprRef MakeSubquery(ParseState& state, Op op, TextRange text, std::shared_ptr<const SelectStatement> query,
                     std::vector<ExprRef> args = {});
ExprRef MakeCast(ParseState& state, TextRange text, ExprRef operand, ColumnType type);
ExprRef MakeCase(ParseState& state, TextRange text, ExprRef operand, std::vector<ExprRef> branches,
                 ExprRef otherwise);

// name(args): an aggregate, a function, or one of the forms that look like a function.
struct Call {
  TextRange name_place;
  TextRange open;  // The parenthesis.
  std::string name;
  std::vector<ExprRef> args;
  bool is_distinct = false;
};
ExprRef MakeCall(ParseState& state, TextRange text, Call call);
// CURRENT_TIMESTAMP(6) and its kind; `precision` is the number's place.
ExprRef MakeNow(ParseState& state, TextRange text, TextRange name, std::optional<TextRange> precision);
// SUBSTRING(text FROM a FOR b), EXTRACT(unit FROM date).
ExprRef MakeCallWithFrom(ParseState& state, TextRange text, Call call);

// --- Literals; `text` as it stands in the statement.
Value IntegerValue(ParseState& state, TextRange place);
Value DecimalValue(ParseState& state, TextRange place);
Value FloatValue(ParseState& state, TextRange place);
Value HexValue(ParseState& state, TextRange place);
Value BitValue(ParseState& state, TextRange place);
Value HexTextValue(ParseState& state, TextRange place);
enum class TemporalKind : std::uint8_t { kDate, kTime, kTimestamp };
Value TemporalValue(ParseState& state, TextRange place, TemporalKind kind, std::string_view text);
// An INTEGER token as a number; fails above `most`.
std::uint64_t SmallNumber(ParseState& state, TextRange place, std::uint64_t most);

// A column's heading: what a client shows above `expression` when the statement says no alias.
std::string HeadingOf(const ParseState& state, const Expr& expression, TextRange whole);

std::string ToLower(std::string_view text);

// Nodes on the longest way down; an absent expression has none.
inline std::uint16_t DepthOf(const ExprRef& expression) {
  return expression ? expression->depth : std::uint16_t{0};
}

}  // namespace nextkey::sql
