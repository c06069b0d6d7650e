// Storing a value into a column: conversion, rounding, and the errors of strict mode.
//
// As MariaDB 10.11 stores with STRICT_TRANS_TABLES: decimals and numbers in texts are rounded half
// away from zero, doubles into whole numbers half to even; digits of the second that the column
// does not keep are cut off (MySQL 8 rounds them). Zero dates are refused.
#pragma once

#include <string>
#include <variant>

#include "engine/decimal.h"  // ParseDecimal, DecimalToText
#include "engine/schema.h"
#include "engine/temporal.h"  // ParseDateTime

namespace nextkey {

// Why a value does not fit; txn turns it into MySQL's error number and text.
enum class StoreError {
  kOutOfRange,        // 1264
  kTooLong,           // 1406
  kIncorrectInteger,  // 1366: a text that is no number, for any numeric column
  kTruncated,         // 1265: a number with something behind it
  kIncorrectTime,     // 1292
};

// The value as the column keeps it, or why it can't be kept. NULL stays NULL. Kinds: whole numbers
// are Int, or Unsigned in UNSIGNED columns; TIMESTAMP is DateTime; CHAR loses trailing spaces.
std::variant<Value, StoreError> StoreInto(const ColumnType& type, const Value& value);

std::string TypeName(
    const ColumnType& type);  // `int(11)`, `varchar(20)`, `datetime(6)`, as SHOW CREATE TABLE.

}  // namespace nextkey
