# What has to be installed to build, test and measure nextkey: the one list, and the function that
# installs what is missing from it. Sourced by ./nextkey, tests/run and bench/run.
#
# Debian and Ubuntu (Debian 12, Ubuntu 24.04 or later) install by apt-get. Elsewhere nothing is
# installed: the packages are named, and the user's own package manager does the work.

packages_to_build=(g++ cmake ninja-build bison re2c
  libabsl-dev libfmt-dev libcli11-dev nlohmann-json3-dev libboost-dev libxxhash-dev libutf8proc-dev)
packages_to_test=("${packages_to_build[@]}" libgtest-dev libgmock-dev clang-format python3
  mariadb-server mariadb-test-data parallel python3-pymysql)
packages_to_sanitize=(clang libclang-rt-dev)
packages_to_bench=("${packages_to_build[@]}" libbenchmark-dev)

# note WORDS...: one line to the user, never on standard output.
note() { printf 'nextkey: %s\n' "$*" >&2; }

# missing_packages PACKAGE...: those of them that dpkg does not know as installed, one a line.
missing_packages() {
  local installed
  installed=" $(dpkg-query -W -f '${db:Status-Status}=${Package} ' "$@" 2>/dev/null) "
  local package
  for package in "$@"; do
    [[ $installed == *" installed=$package "* ]] || printf '%s\n' "$package"
  done
}

# require_packages PACKAGE...: installs what is missing, saying so; where it can't, names them and
# fails.
require_packages() {
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    require_tools "$@"
    return
  fi
  local missing=()
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0

  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      note "needs these packages, and there is no sudo to install them with. As root:"
      note "  apt-get update && apt-get install ${missing[*]}"
      return 1
    fi
    as_root=(sudo)
  fi
  note "installing what is missing (${as_root[*]:+${as_root[*]} }apt-get install ${missing[*]})"
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300) output
  if ! output=$("${apt[@]}" update 2>&1); then
    printf '%s\n' "$output" >&2
    note "apt-get update failed; going on with the package lists that are there"
  fi
  if ! output=$("${apt[@]}" install -y --no-install-recommends "${missing[@]}" 2>&1); then
    printf '%s\n' "$output" >&2
    note "apt-get could not install: ${missing[*]}"
    return 1
  fi
}

# require_tools PACKAGE...: without apt, checks the tools that can be seen. Libraries are CMake's to find.
require_tools() {
  local tool absent=()
  for tool in c++ cmake ninja bison re2c; do
    command -v "$tool" >/dev/null || absent+=("$tool")
  done
  [ ${#absent[@]} -gt 0 ] || return 0
  note "not found: ${absent[*]}. There is no apt-get here; please install, in Debian's names:"
  note "  $*"
  return 1
}

# forget_moved_build FOLDER: a copied or moved checkout brings build folders along that belong to
# the old place; CMake refuses them, so they go. Requires: the checkout's root is the current folder.
forget_moved_build() {
  local cache=$1/CMakeCache.txt
  [ -e "$cache" ] || return 0
  grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$(pwd -P)" "$cache" || rm -rf -- "$1"
}
