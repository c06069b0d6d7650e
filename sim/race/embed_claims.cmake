# Writes a source file that holds the claims' scripts: cmake -D output=FILE -D folder=DIR -P embed_claims.cmake
file(GLOB scripts ${folder}/*.sql)
list(SORT scripts)
set(entries "")
set(count 0)
foreach(script ${scripts})
  get_filename_component(name ${script} NAME_WE)
  file(READ ${script} text)
  string(APPEND entries "    {\"${name}\", R\"claim_script(${text})claim_script\"},\n")
  math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${output} "// Made by embed_claims.cmake of the files in sim/claims.
#include <algorithm>
#include <array>

#include \"sim/race/claims.h\"

namespace nextkey {
namespace {

constexpr std::array<ClaimScript, ${count}> kScripts = {{
${entries}}};

}  // namespace

const ClaimScript* FindClaimScript(std::string_view name) {
  const auto found = std::find_if(kScripts.begin(), kScripts.end(),
                                  [&](const ClaimScript& script) { return script.name == name; });
  return found == kScripts.end() ? nullptr : &*found;
}

}  // namespace nextkey
")
