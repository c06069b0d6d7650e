// The rules of metadata lock modes: who may be granted beside whom, who may pass whom, who weighs how
// much. Source: MariaDB 10.11, sql/mdl.cc (the matrices of MDL_object_lock and MDL_backup_lock,
// MDL_ticket::has_stronger_or_equal_type, get_deadlock_weight).
#include "lockmgr/check.h"
#include "lockmgr/metadata_locks.h"

namespace nextkey {
namespace {

// A set of modes.
using Modes = std::uint32_t;

constexpr Modes Bit(MdlMode mode) { return Modes{1} << static_cast<unsigned>(mode); }

template <class... Mode>
constexpr Modes SetOf(Mode... modes) {
  return (Modes{0} | ... | Bit(modes));
}

using enum MdlMode;

// What another session must not hold for a request to be granted (mdl.cc, m_granted_incompatible).
constexpr Modes IncompatibleGranted(MdlMode wanted) {
  switch (wanted) {
    case kShared:
    case kSharedHighPriority:
      return SetOf(kExclusive);
    case kSharedRead:
      return SetOf(kSharedNoReadWrite, kExclusive);
    case kSharedWrite:
      return SetOf(kSharedReadOnly, kSharedNoWrite, kSharedNoReadWrite, kExclusive);
    case kSharedUpgradable:
      return SetOf(kSharedUpgradable, kSharedNoWrite, kSharedNoReadWrite, kExclusive);
    case kSharedReadOnly:
      return SetOf(kSharedWrite, kSharedNoReadWrite, kExclusive);
    case kSharedNoWrite:
      return SetOf(kSharedWrite, kSharedUpgradable, kSharedNoWrite, kSharedNoReadWrite, kExclusive);
    case kSharedNoReadWrite:
      return SetOf(kSharedRead, kSharedWrite, kSharedUpgradable, kSharedReadOnly, kSharedNoWrite,
                   kSharedNoReadWrite, kExclusive);
    case kExclusive:
      return SetOf(kShared, kSharedHighPriority, kSharedRead, kSharedWrite, kSharedUpgradable,
                   kSharedReadOnly, kSharedNoWrite, kSharedNoReadWrite, kExclusive);
    case kBackupFtwrl1:
      return SetOf(kBackupDml, kBackupTransDml, kBackupSysDml, kBackupDdl, kBackupAlterCopy);
    case kBackupFtwrl2:
      return SetOf(kBackupDml, kBackupTransDml, kBackupSysDml, kBackupDdl, kBackupAlterCopy, kBackupCommit);
    case kBackupDml:
    case kBackupTransDml:
    case kBackupSysDml:
    case kBackupDdl:
    case kBackupAlterCopy:
      return SetOf(kBackupFtwrl1, kBackupFtwrl2);
    case kBackupCommit:
      return SetOf(kBackupFtwrl2);
  }
  return 0;
}

// Behind which waiting requests a new one has to queue (mdl.cc, m_waiting_incompatible).
constexpr Modes QueuesBehind(MdlMode wanted) {
  switch (wanted) {
    case kShared:
    case kSharedUpgradable:
    case kSharedNoWrite:
    case kSharedNoReadWrite:
      return SetOf(kExclusive);
    case kSharedRead:
      return SetOf(kSharedNoReadWrite, kExclusive);
    case kSharedWrite:
      return SetOf(kSharedNoWrite, kSharedNoReadWrite, kExclusive);
    case kSharedReadOnly:
      return SetOf(kSharedWrite, kSharedNoReadWrite, kExclusive);
    case kSharedHighPriority:
    case kExclusive:
    case kBackupFtwrl1:
    case kBackupFtwrl2:
      return 0;
    case kBackupDml:
    case kBackupTransDml:
    case kBackupSysDml:
    case kBackupDdl:
    case kBackupAlterCopy:
      return SetOf(kBackupFtwrl1, kBackupFtwrl2);
    case kBackupCommit:
      return SetOf(kBackupFtwrl2);
  }
  return 0;
}

}  // namespace

std::uint32_t MdlWeight(MdlSpace space, MdlMode mode) {
  constexpr std::uint32_t kFlush = 0;
  constexpr std::uint32_t kRows = 1;
  constexpr std::uint32_t kDefinitions = 100;
  if (space == MdlSpace::kBackup) return mode == kBackupFtwrl1 ? kFlush : kDefinitions;
  return mode >= kSharedUpgradable ? kDefinitions : kRows;
}

bool IsMdlUpgradable(MdlSpace space, MdlMode mode, MdlMode to) {
  if (to == kSharedReadOnly) return mode == kSharedRead;  // LOCK TABLES .. READ.
  return space == MdlSpace::kBackup || (mode >= kSharedUpgradable && mode <= kExclusive);
}

bool IsMdlCompatible(MdlSpace, MdlMode wanted, MdlMode granted_to_other) {
  return (IncompatibleGranted(wanted) & Bit(granted_to_other)) == 0;
}

bool MayPassWaiting(MdlSpace, MdlMode wanted, MdlMode waiting) {
  return (QueuesBehind(wanted) & Bit(waiting)) == 0;
}

bool IsMdlAtLeast(MdlSpace, MdlMode held, MdlMode wanted) {
  return (IncompatibleGranted(wanted) & ~IncompatibleGranted(held)) == 0;
}

std::string_view WaitStateName(MdlSpace space) {
  switch (space) {
    case MdlSpace::kBackup:
      return "Waiting for backup lock";
    case MdlSpace::kTable:
      return "Waiting for table metadata lock";
    case MdlSpace::kUserLock:
      return "User lock";
  }
  RequireFact(false, "a space of metadata locks has one of the three values");
  return "";
}

}  // namespace nextkey
