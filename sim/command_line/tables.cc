#include <cstdint>
#include <iostream>
#include <memory>
#include <string>

#include "sim/command_line/commands.h"
#include "sim/command_line/shared_options.h"
#include "sim/race/claims_command.h"
#include "sim/rules_command.h"

namespace nextkey {
namespace {

struct ClaimsOptions {
  std::uint32_t claim = 0;  // 0: all.
  PageOptions page;
};

void AddClaims(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<ClaimsOptions>();
  CLI::App& claims = *app.add_subcommand("claims", "Put twelve claims about locks on trial");
  claims.add_option("N", options->claim, "Show the replays of this one")->option_text(" ");
  options->page.AddTo(claims);
  claims.callback([options, &exit_code] {
    exit_code = RunClaims(options->claim, options->page.Width(), std::cout, std::cerr);
  });
}

struct RulesOptions {
  std::string format = "text";
  ServerOption server;
};

void AddRules(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<RulesOptions>();
  CLI::App& rules =
      *app.add_subcommand("rules", "Print which locks a statement takes: the table that replay follows");
  rules
      .add_option("--format", options->format,
                  "text (default): one server; markdown: all, with sources and proofs")
      ->check(CLI::IsMember({"text", "markdown"}))
      ->option_text("text|markdown");
  options->server.AddTo(rules);
  rules.callback([options, &exit_code] {
    std::cout << (options->format == "markdown" ? RulesMarkdown() : RulesText(options->server.Chosen()));
    exit_code = 0;
  });
}

}  // namespace

void AddTables(CLI::App& app, int& exit_code) {
  AddClaims(app, exit_code);
  AddRules(app, exit_code);
}

}  // namespace nextkey
