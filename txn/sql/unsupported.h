// What MySQL understands and we don't (yet): one list, for the parser's messages and for the manual.
//
// Some are met by the grammar, which names them; the others are recognised by their words when the
// grammar stumbles over one of them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace nextkey::sql {

enum class Feature : std::uint8_t {
  kShow,
  kExplain,
  kUnion,
  kCommonTableExpression,
  kWindowFunction,
  kDerivedTable,
  kRightJoin,
  kNaturalJoin,
  kNestedJoin,
  kRollup,
  kReturning,
  kIntoOutfile,
  kSeveralLockingClauses,
  kQuantifiedComparison,
  kRegularExpression,
  kCollateExpression,
  kFullText,
  kJson,
  kStatisticalAggregate,
  kGroupConcatOptions,
  kTrimOptions,
  kRowAlias,
  kPartition,
  kStoredProgram,
  kView,
  kPrepare,
  kCompound,
  kXa,
  kLoadData,
  kAccount,
  kDatabase,
  kServerObject,
  kAdministration,
  kTableMaintenance,
  kHandler,
  kPersistedVariable,
  kTemporaryTable,
  kCreateTableSelect,
  kUnsupportedType,
  kZerofill,
  kGeneratedColumn,
  kFullTextIndex,
  kIndexPrefix,
  kFunctionalIndex,
  kInvisible,
  kStorageEngine,
  kCharacterSet,
  kSetDefaultAction,
  kColumnPosition,
  kIfExistsElsewhere,
  kAlterColumn,
  kAlterOther,
  kRenameSeveral,
};

struct UnsupportedFeature {
  Feature feature;
  std::string_view name;  // As in `not supported yet: window functions`.
  // Word patterns, separated by `|`; `^`: at the statement's beginning, `?`: any one token. Empty
  // for what the grammar itself recognises.
  std::string_view patterns;
};

std::span<const UnsupportedFeature> UnsupportedFeatures();
std::string_view NameOf(Feature feature);

// Is the word at `unexpected` part of a feature's pattern? `words`: the statement's tokens in lower
// case, as written.
std::optional<Feature> RecogniseUnsupported(const std::vector<std::string_view>& words,
                                            std::size_t unexpected);

}  // namespace nextkey::sql
