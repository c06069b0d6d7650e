#include "txn/sql/unsupported.h"

#include <algorithm>

namespace nextkey::sql {
namespace {

constexpr UnsupportedFeature kFeatures[] = {
    {Feature::kShow,
     "SHOW of anything but PROCESSLIST, ENGINE INNODB STATUS, TABLES, COLUMNS, INDEX, CREATE TABLE, OPEN "
     "TABLES, DATABASES, VARIABLES, STATUS, WARNINGS and ERRORS",
     "^show"},
    {Feature::kExplain, "EXPLAIN with options, EXPLAIN FOR CONNECTION, and ANALYZE of a statement",
     "^explain|^explain ? =|^explain ? select|^describe|^desc|^analyze select|^analyze update|^analyze "
     "delete|^analyze format"},
    {Feature::kUnion, "UNION, INTERSECT and EXCEPT", "union|intersect|except|^values"},
    {Feature::kCommonTableExpression, "common table expressions (WITH)",
     "^with|with recursive|( with|select with|values with|) with"},
    {Feature::kWindowFunction, "window functions", "over (|over|row_number|window ? as"},
    {Feature::kDerivedTable, "subqueries in FROM", "lateral ("},
    {Feature::kRightJoin, "RIGHT JOIN", "right join|right outer join|full join|full outer join"},
    {Feature::kNaturalJoin, "NATURAL JOIN", "natural"},
    {Feature::kNestedJoin, "joined tables in parentheses", ""},
    {Feature::kRollup, "WITH ROLLUP", "with rollup|with cube"},
    {Feature::kReturning, "RETURNING", "returning"},
    {Feature::kIntoOutfile, "INTO OUTFILE and INTO DUMPFILE", "into outfile|into dumpfile"},
    {Feature::kSeveralLockingClauses, "several locking clauses in one query",
     "for update for|for share for|for update of ? for|for share of ? for"},
    {Feature::kQuantifiedComparison, "comparison with ANY, SOME or ALL of a subquery",
     "any ( select|some ( select"},
    {Feature::kRegularExpression, "REGEXP, RLIKE and SOUNDS LIKE", "not regexp|sounds like|sounds"},
    {Feature::kCollateExpression, "COLLATE in expressions, with a collation other than .._bin", ""},
    {Feature::kFullText, "full-text search (MATCH .. AGAINST)", "match ("},
    {Feature::kJson, "JSON", "json|->|->>|json_table"},
    {Feature::kStatisticalAggregate, "aggregates other than COUNT, SUM, MIN, MAX, AVG and GROUP_CONCAT", ""},
    {Feature::kGroupConcatOptions, "ORDER BY and SEPARATOR in GROUP_CONCAT", ""},
    {Feature::kTrimOptions, "TRIM with LEADING, TRAILING or BOTH", ""},
    {Feature::kRowAlias, "row aliases (VALUES (..) AS new)", ""},
    {Feature::kPartition, "partitions", "partition by|partition (|partitions|^alter table ? ? partition"},
    {Feature::kStoredProgram, "stored programs (PROCEDURE, FUNCTION, TRIGGER, EVENT) and CALL",
     "^create procedure|^create function|^create trigger|^create event|^create aggregate|^create package|"
     "^create or replace procedure|^create or replace function|^create or replace trigger|"
     "^create or replace event|^create or replace definer|^create definer|^drop procedure|^drop "
     "function|^drop trigger|^drop event|"
     "^drop package|^alter procedure|^alter function|^alter event|^call|^delimiter"},
    {Feature::kView, "views",
     "^create view|^create or replace view|^create or replace algorithm|^create algorithm|^create sql "
     "security|^drop view|^alter view"},
    {Feature::kPrepare, "PREPARE and EXECUTE", "^prepare|^execute|^deallocate|^drop prepare"},
    {Feature::kCompound, "compound statements and SIGNAL",
     "^signal|^resignal|^declare|^begin not atomic|^if|^case|^loop|^while|^repeat|^for|^get|^return|^leave|"
     "^iterate|^open|^fetch|^close"},
    {Feature::kXa, "XA transactions", "^xa"},
    {Feature::kLoadData, "LOAD DATA", "^load|^import"},
    {Feature::kAccount, "accounts and privileges (GRANT, REVOKE, CREATE USER, ROLE)",
     "^grant|^revoke|^create user|^drop user|^alter user|^rename user|^create role|^drop role|"
     "^set password|^set role|^set default role"},
    {Feature::kDatabase, "CREATE, ALTER and DROP DATABASE",
     "^create database|^create schema|^drop database|^drop schema|^alter database|^alter schema"},
    {Feature::kServerObject, "sequences, servers, tablespaces and log file groups",
     "^create sequence|^drop sequence|^alter sequence|^create server|^drop server|^alter server|"
     "^create tablespace|^drop tablespace|^alter tablespace|^create undo|^create logfile|^create resource|"
     "^alter instance"},
    {Feature::kAdministration, "server administration (RESET, SHUTDOWN, FLUSH of anything but tables)",
     "^kill user|^kill query id|^reset|^shutdown|^restart|^purge|^change|^start slave|^start "
     "replica|^stop|^install|^uninstall|^clone|^binlog|"
     "^cache|^backup|^flush ?|^help|^lock instance|^unlock instance|^set statement"},
    {Feature::kTableMaintenance, "OPTIMIZE, CHECK, CHECKSUM and REPAIR TABLE",
     "^optimize|^check|^checksum|^repair|^analyze table ? persistent|^analyze table ? update|"
     "^analyze table ? drop"},
    {Feature::kHandler, "HANDLER", "^handler"},
    {Feature::kPersistedVariable, "SET PERSIST", "^set persist ?|^set persist_only ?|@@persist"},
    {Feature::kTemporaryTable, "temporary tables and CREATE OR REPLACE TABLE",
     "^create temporary|^drop temporary|^create or replace"},
    {Feature::kCreateTableSelect, "CREATE TABLE .. SELECT", ""},
    {Feature::kUnsupportedType, "ENUM, SET, BIT, BLOB, BINARY, YEAR, UUID, INET and spatial types",
     "blob|tinyblob|mediumblob|longblob|varbinary|enum|enum (|bit|bit (|year|year (|geometry|point|"
     "linestring|polygon|multipoint|multilinestring|multipolygon|geometrycollection|uuid|inet4|inet6|"
     "long|nchar|nvarchar|national"},
    {Feature::kZerofill, "ZEROFILL", ""},
    {Feature::kGeneratedColumn, "generated columns", "generated always"},
    {Feature::kFullTextIndex, "FULLTEXT, SPATIAL and VECTOR indexes",
     "fulltext|spatial|vector index|vector key"},
    {Feature::kIndexPrefix, "indexes on a column's first characters (KEY (a(10)))", ""},
    {Feature::kFunctionalIndex, "indexes on expressions", ""},
    {Feature::kInvisible, "invisible columns and indexes", "invisible"},
    {Feature::kStorageEngine, "storage engines other than InnoDB and MyISAM", ""},
    {Feature::kCharacterSet,
     "character sets other than utf8mb4, utf8, latin1 and ascii, and their collations", ""},
    {Feature::kSetDefaultAction, "ON DELETE SET DEFAULT", ""},
    {Feature::kColumnPosition, "moving a column (MODIFY .. FIRST or AFTER)", ""},
    {Feature::kIfExistsElsewhere, "IF [NOT] EXISTS other than in CREATE TABLE and DROP TABLE",
     "if exists|if not exists"},
    {Feature::kAlterColumn, "ALTER TABLE .. ALTER COLUMN and RENAME COLUMN or INDEX", ""},
    {Feature::kAlterOther,
     "ALTER TABLE .. CONVERT TO, ORDER BY, DISABLE KEYS, DISCARD TABLESPACE and system versioning",
     "convert to|disable keys|enable keys|discard tablespace|import tablespace|with system versioning|"
     "without system versioning|with system"},
    {Feature::kRenameSeveral, "RENAME TABLE of several tables", ""},
};

// One pattern at one place: how many words it has if it is there, else 0.
std::size_t MatchedWords(std::string_view pattern, const std::vector<std::string_view>& words,
                         std::size_t begin) {
  std::size_t matched = 0;
  while (!pattern.empty()) {
    const std::size_t space = std::min(pattern.find(' '), pattern.size());
    const std::string_view wanted = pattern.substr(0, space);
    pattern.remove_prefix(std::min(space + 1, pattern.size()));
    if (begin + matched >= words.size()) return 0;
    if (wanted != "?" && wanted != words[begin + matched]) return 0;
    ++matched;
  }
  return matched;
}

bool Covers(std::string_view pattern, const std::vector<std::string_view>& words, std::size_t place) {
  constexpr std::size_t kLongestPattern = 6;
  const bool is_at_start = pattern.starts_with('^');
  if (is_at_start) pattern.remove_prefix(1);
  const std::size_t first = is_at_start || place < kLongestPattern ? 0 : place - kLongestPattern;
  const std::size_t last = is_at_start ? 0 : place;
  for (std::size_t begin = first; begin <= last; ++begin) {
    const std::size_t matched = MatchedWords(pattern, words, begin);
    if (matched > 0 && begin + matched > place) return true;
  }
  return false;
}

}  // namespace

std::span<const UnsupportedFeature> UnsupportedFeatures() { return kFeatures; }

std::string_view NameOf(Feature feature) {
  return std::find_if(std::begin(kFeatures), std::end(kFeatures),
                      [&](const UnsupportedFeature& known) { return known.feature == feature; })
      ->name;
}

std::optional<Feature> RecogniseUnsupported(const std::vector<std::string_view>& words,
                                            std::size_t unexpected) {
  for (const UnsupportedFeature& known : kFeatures) {
    std::string_view patterns = known.patterns;
    while (!patterns.empty()) {
      const std::size_t bar = std::min(patterns.find('|'), patterns.size());
      if (Covers(patterns.substr(0, bar), words, unexpected)) return known.feature;
      patterns.remove_prefix(std::min(bar + 1, patterns.size()));
    }
  }
  return std::nullopt;
}

}  // namespace nextkey::sql
