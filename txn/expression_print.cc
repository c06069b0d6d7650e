// An expression as error messages show it: columns with schema and table, parentheses only around
// operands.
#include <fmt/format.h>

#include "txn/evaluator.h"

namespace nextkey {
namespace {

using sql::Op;

std::string_view SymbolOf(Op op) {
  switch (op) {
    case Op::kAdd:
      return "+";
    case Op::kSubtract:
      return "-";
    case Op::kMultiply:
      return "*";
    case Op::kDivide:
      return "/";
    case Op::kIntegerDivide:
      return "DIV";
    case Op::kModulo:
      return "MOD";
    case Op::kBitAnd:
      return "&";
    case Op::kBitOr:
      return "|";
    case Op::kBitXor:
      return "^";
    case Op::kShiftLeft:
      return "<<";
    case Op::kShiftRight:
      return ">>";
    case Op::kEqual:
      return "=";
    case Op::kNullSafeEqual:
      return "<=>";
    case Op::kNotEqual:
      return "<>";
    case Op::kLess:
      return "<";
    case Op::kLessEqual:
      return "<=";
    case Op::kGreater:
      return ">";
    case Op::kGreaterEqual:
      return ">=";
    case Op::kAnd:
      return "and";
    case Op::kOr:
      return "or";
    case Op::kXor:
      return "xor";
    case Op::kLike:
      return "like";
    default:  // Not a binary operator.
      return "";
  }
}

std::string PrintList(std::span<const BoundExpr> args, std::string_view schema) {
  std::string text;
  for (const BoundExpr& arg : args) {
    if (!text.empty()) text += ',';
    text += PrintExpression(arg, schema);
  }
  return text;
}

std::string PrintOperand(const BoundExpr& node, std::string_view schema) {
  // A folded constant remembers by `has_operand` that an operator made it.
  const bool is_binary = !SymbolOf(node.op).empty() || (node.op == Op::kLiteral && node.has_operand);
  return is_binary ? fmt::format("({})", PrintExpression(node, schema)) : PrintExpression(node, schema);
}

std::string PrintCast(const BoundExpr& node, std::string_view schema) {
  const ColumnType& type = node.cast_type;
  std::string name = "signed";
  switch (type.kind) {
    case TypeKind::kTinyInt:
    case TypeKind::kSmallInt:
    case TypeKind::kMediumInt:
    case TypeKind::kInt:
    case TypeKind::kBigInt:
      name = type.is_unsigned ? "unsigned" : "signed";
      break;
    case TypeKind::kDecimal:
      name = fmt::format("decimal({},{})", type.length == 0 ? 10 : type.length, type.scale);
      break;
    case TypeKind::kFloat:
      name = "float";
      break;
    case TypeKind::kDouble:
      name = "double";
      break;
    case TypeKind::kChar:
    case TypeKind::kVarchar:
    case TypeKind::kText:
      name = type.length == 0 ? "char" : fmt::format("char({})", type.length);
      break;
    case TypeKind::kDate:
      name = "date";
      break;
    case TypeKind::kDateTime:
    case TypeKind::kTimestamp:
      name = type.scale == 0 ? "datetime" : fmt::format("datetime({})", type.scale);
      break;
    case TypeKind::kTime:
      name = type.scale == 0 ? "time" : fmt::format("time({})", type.scale);
      break;
  }
  return fmt::format("cast({} as {})", PrintExpression(node.args[0], schema), name);
}

std::string PrintLiteral(const Value& value) {
  if (value.kind() == ValueKind::kText) return fmt::format("'{}'", value.AsText());
  if (value.IsTemporal()) return fmt::format("'{}'", value.ToText());
  return value.ToText();
}

}  // namespace

std::string PrintExpression(const BoundExpr& node, std::string_view schema) {
  switch (node.op) {
    case Op::kLiteral:
      return node.name.empty() ? PrintLiteral(node.literal) : node.name;
    case Op::kColumn:
      return fmt::format("`{}`.{}", schema, node.name);
    case Op::kUserVariable:
      return fmt::format("@`{}`", node.name);
    case Op::kAssignVariable:
      return fmt::format("@`{}`:={}", node.name, PrintExpression(node.args[0], schema));
    case Op::kSystemVariable:
      return fmt::format("@@{}", node.name);
    case Op::kNegate:
      return fmt::format("-{}", PrintOperand(node.args[0], schema));
    case Op::kNot:
      return fmt::format("!{}", PrintOperand(node.args[0], schema));
    case Op::kBitNot:
      return fmt::format("~{}", PrintOperand(node.args[0], schema));
    case Op::kFunction:
    case Op::kAggregate:
      return fmt::format("{}({})", node.name, PrintList(node.args, schema));
    case Op::kCast:
      return PrintCast(node, schema);
    case Op::kSubquery:
    case Op::kExists:
    case Op::kInSubquery:
      return "(subquery)";
    default: {  // Operators; the others can't overflow.
      const std::string_view symbol = SymbolOf(node.op);
      if (symbol.empty() || node.args.size() < 2) return fmt::format("({})", PrintList(node.args, schema));
      return fmt::format("{} {} {}", PrintOperand(node.args[0], schema), symbol,
                         PrintOperand(node.args[1], schema));
    }
  }
}

}  // namespace nextkey
