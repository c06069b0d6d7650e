// Cuts a statement into tokens.
//
// Comments and white space are left out; the content of `/*! ... */` is taken as if it stood there,
// up to the version that we speak (MySQL 8.0). Neighbouring texts are one text, and a character set
// before a text (_utf8mb4'x') goes with it.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "txn/sql/parser.h"
#include "txn/sql/token.h"

namespace nextkey::sql {

// The last token is always the end. Errors: a text, name or comment without an end (with the place
// where it begins), bytes that have no meaning.
std::variant<std::vector<Token>, ParseError> Tokenize(const std::string& text);

}  // namespace nextkey::sql
