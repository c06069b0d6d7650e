// Storing a value into a column: conversion, rounding, and the errors of strict mode.
#pragma once

#include <string>
#include <variant>

#include "engine/schema.h"

namespace nextkey {

// Why a value does not fit; txn turns it into MySQL's error number and text.
enum class StoreError {
  kOutOfRange,        // 1264
  kTooLong,           // 1406
  kIncorrectInteger,  // 1366
  kTruncated,         // 1265: a number with something behind it
  kIncorrectTime,     // 1292
};

// The value as the column keeps it (the column's kind, padded or rounded), or why it can't be kept.
// NULL stays NULL.
std::variant<Value, StoreError> StoreInto(const ColumnType& type, const Value& value);

std::string TypeName(const ColumnType& type);  // `int(11)`, `varchar(20)`, `datetime(6)`.

// Text and times, both directions; nullopt where the text is none.
std::optional<Value> ParseDateTime(std::string_view text);  // A Date or a DateTime.
std::optional<Decimal> ParseDecimal(std::string_view text);
std::string DecimalToText(const Decimal& number);

}  // namespace nextkey
