#!/usr/bin/env bash
# Every C++ source is formatted as .clang-format says, to clang-format 14 (Debian 12's): other
# versions break lines elsewhere. Exit code 77, "skipped", where that one is not installed.
set -u
cd -- "$1" || exit 2
formatter=$(command -v clang-format-14 || command -v clang-format)
if ! "${formatter:-false}" --version 2>/dev/null | grep -q 'version 14\.'; then
  echo "SKIPPED: clang-format 14 is not installed; nobody has looked at the formatting"
  exit 77
fi
unformatted=$(find engine lockmgr txn sim tests bench \( -name '*.cc' -o -name '*.h' \) -print0 |
  xargs -0 "$formatter" --dry-run 2>&1 | sed -nE 's/^([^:]+):[0-9]+:[0-9]+: warning: code should be.*/\1/p' | sort -u)
[ -n "$unformatted" ] || exit 0
printf 'clang-format -i %s\n' $unformatted
exit 1
