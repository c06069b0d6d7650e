// The beginning of a race: servers set up, clients connected, everybody before his first choice.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/explore/program_reads.h"
#include "sim/race/play.h"
#include "sim/race/player.h"

namespace nextkey {
namespace {

// The sessions of a replica are numbered from a place of their own, so that reports can tell them
// from the primary's.
constexpr std::uint32_t kSessionsAServer = 1'000'000;

class RaceOpener {
 public:
  explicit RaceOpener(const Program& program) : program_(program) {}

  std::variant<RaceWorld, std::vector<Mistake>> Open() {
    AddServers();
    for (const std::vector<PlacedStatement>& block : program_.setup) RunSetup(block);
    for (Server& server : world_.servers) server.AnalyzeTables();
    AddServices();
    for (std::uint32_t client = 0; client < program_.clients.size(); ++client) Connect(client);
    if (!mistakes_.empty()) return std::move(mistakes_);
    for (std::uint32_t i = 1; i < world_.servers.size(); ++i) {
      ReplicaState replica;
      replica.applier = world_.servers[i].Connect();
      world_.replicas.emplace_back(std::move(replica));
    }
    if (!world_.replicas.empty()) world_.servers.front().KeepCommits(true);
    world_.faults_left.assign(program_.faults.size(), true);
    const bool ticks =
        program_.options.timing == Timing::kAny && FindReads(program_, world_).scope.reads_clock;
    world_.ticks_left = ticks ? program_.options.ticks : 0;
    RacePlayer player(world_, program_, nullptr);
    for (std::uint32_t client = 0; client < program_.clients.size(); ++client) player.Advance(client);
    return std::move(world_);
  }

 private:
  void AddServers() {
    for (std::uint32_t i = 0; i < program_.servers.size(); ++i) {
      Server server(SessionId(i * kSessionsAServer + 1));
      server.SetPurgeMode(program_.options.purge);
      world_.servers.push_back(std::move(server));
    }
    for (const PlacedStatement& one : program_.server_variables) {
      Server& server = world_.servers[one.server];
      const SessionId session = server.Connect();
      Run(server, session, one);
      server.Disconnect(session);
    }
  }

  // A replica begins as a copy of the primary: the same set-up runs on each.
  void RunSetup(const std::vector<PlacedStatement>& block) {
    for (std::uint32_t i = 0; i < world_.servers.size(); ++i) {
      Server& server = world_.servers[i];
      const SessionId session = server.Connect();
      server.SetUserVariables(session, program_.parameters);
      for (const PlacedStatement& one : block) {
        if (one.server == 0 || one.server == i) Run(server, session, one);
      }
      server.Disconnect(session);
    }
  }

  void AddServices() {
    for (std::uint32_t i = 0; i < program_.services.size(); ++i) {
      const bool may_fail_over = std::any_of(
          program_.faults.begin(), program_.faults.end(),
          [&](const ProgramFault& fault) { return fault.kind == FaultKind::kFailOver && fault.target == i; });
      world_.services.emplace_back(FirstState(program_.services[i], may_fail_over));
    }
  }

  void Connect(std::uint32_t place) {
    UserVariables variables = program_.parameters;
    variables["me"] = Value::Int(program_.clients[place].number);
    ClientState client;
    for (Server& server : world_.servers) {
      client.sessions.push_back(server.Connect());
      server.SetUserVariables(client.sessions.back(), variables);
    }
    for (const PlacedStatement& one : program_.TemplateOf(place).setup) {
      Run(world_.servers[one.server], client.sessions[one.server], one);
    }
    for (std::uint32_t i = 0; i < world_.servers.size(); ++i) {
      if (!world_.servers[i].IsInTransaction(client.sessions[i])) continue;
      client.scopes.push_back({ClientScope::Kind::kTransaction, i});
    }
    if (program_.options.granularity == Granularity::kRow) {
      for (std::uint32_t i = 0; i < world_.servers.size(); ++i)
        world_.servers[i].SetYieldsBeforeLocks(client.sessions[i], true);
    }
    world_.first_variables.Write().push_back(world_.servers.front().user_variables(client.sessions.front()));
    world_.clients.emplace_back(std::move(client));
  }

  // Set-up has to work: an error or a wait is a mistake of the file.
  void Run(Server& server, SessionId session, const PlacedStatement& one) {
    if (server.IsWaiting(session)) return;
    for (const Event& event : server.Execute(session, one.statement)) {
      const auto* ended = std::get_if<StatementEnded>(&event);
      if (ended == nullptr || ended->session != session || !ended->result.error) continue;
      AddMistake(one, ErrorText(*ended->result.error), "The set-up has to run without an error.");
    }
    const std::optional<Wait> wait = server.WaitOf(session);
    if (wait && wait->kind != WaitKind::kSleep) {
      AddMistake(one, fmt::format("this statement would wait for {}", wait->what),
                 "What runs before the race must not wait.");
    } else if (wait) {
      AddMistake(one, "nothing sleeps before the race begins", "Use THINK or SLEEP in a step.");
    }
  }

  void AddMistake(const PlacedStatement& one, std::string message, std::string remedy) {
    const SourceFile& source = program_.file->source;
    mistakes_.push_back(
        MistakeAt(source.name, source.text, one.offset, std::move(message), std::move(remedy)));
  }

  const Program& program_;
  RaceWorld world_;
  std::vector<Mistake> mistakes_;
};

}  // namespace

std::variant<RaceWorld, std::vector<Mistake>> OpenRace(const Program& program) {
  return RaceOpener(program).Open();
}

}  // namespace nextkey
