#include "sim/race/isolation_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "sim/race/isolation_plan.h"
#include "sim/race/isolation_text.h"
#include "sim/step_report.h"

namespace nextkey {
namespace {

// A step that a session was told to do, until it is reported as completed.
struct ActiveStep {
  std::size_t step = 0;  // Place in its session.
  std::size_t next_statement = 0;
  std::vector<StatementResult> results;
  std::vector<SpecMarker> markers;  // Their warnings count from the session's first.
  bool has_ended = false;
};

struct PlayedSession {
  SessionId id;
  std::optional<ActiveStep> active;
  std::size_t warnings = 0;  // Had so far.
};

class SpecPlayer {
 public:
  SpecPlayer(const SourceFile& source, const IsolationPlan& plan, const IsolationOptions& options)
      : source_(source), plan_(plan), sessions_(plan.sessions.size()) {
    server_.SetPurgeMode(options.purge);
  }

  std::variant<std::string, std::vector<Mistake>> Play() {
    out_ = fmt::format("Parsed test spec with {} sessions\n", sessions_.size());
    control_ = server_.Connect();
    for (PlayedSession& session : sessions_) session.id = server_.Connect();
    for (const SpecOrder& order : plan_.orders) {
      PlayOrder(order);
      if (mistake_) return std::vector{std::move(*mistake_)};
    }
    return std::move(out_);
  }

 private:
  void Complain(std::size_t offset, std::string message, std::string remedy) {
    mistake_ = MistakeAt(source_.name, source_.text, offset, std::move(message), std::move(remedy));
  }

  // --- Playing -----------------------------------------------------------------------------------------
  void PlayOrder(const SpecOrder& order) {
    out_ += "\nstarting permutation:";
    for (const SpecEntry& entry : order) out_ += " " + StepOf(entry).name;
    out_ += "\n";
    if (!SetUp()) return;
    waiting_.clear();
    for (const SpecEntry& entry : order) {
      if (!PlayEntry(entry)) return;
    }
    while (!waiting_.empty()) {
      if (!Finish(waiting_.front())) return;
    }
    for (std::size_t i = 0; i < sessions_.size(); ++i)
      RunOutside(sessions_[i].id, plan_.sessions[i].teardown, std::nullopt, "");
    RunOutside(control_, plan_.teardown, std::nullopt, "");
  }

  bool SetUp() {
    for (const SpecBlock& block : plan_.setup) {
      if (!RunOutside(control_, block.statements, block.offset, "the set-up")) return false;
    }
    server_.AnalyzeTables();
    for (std::size_t i = 0; i < sessions_.size(); ++i) {
      const SpecSession& session = plan_.sessions[i];
      if (!RunOutside(sessions_[i].id, session.setup.statements, session.setup.offset,
                      fmt::format("the set-up of session {}", session.name)))
        return false;
    }
    return true;
  }

  // Set-up must work, and has a place; teardown may fail.
  bool RunOutside(SessionId session, const std::vector<sql::StatementRef>& statements,
                  std::optional<std::size_t> offset, std::string_view what) {
    for (const sql::StatementRef& statement : statements) {
      std::optional<StatementResult> result;
      Keep(session, server_.Execute(session, statement), result);
      while (!result && PassTime(session, result)) {
      }
      if (!result || result->error) {
        if (!offset) continue;
        Complain(*offset,
                 result ? fmt::format("{} fails: {}", what, ErrorText(*result->error))
                        : fmt::format("{} waits for ever", what),
                 "What runs before the steps has to work.");
        return false;
      }
      out_ += IsolationResult(*result);
    }
    return true;
  }

  void Keep(SessionId session, std::vector<Event> events, std::optional<StatementResult>& result) {
    for (Event& event : events) {
      auto* ended = std::get_if<StatementEnded>(&event);
      if (ended != nullptr && ended->session == session) result = std::move(ended->result);
    }
  }

  bool PassTime(SessionId session, std::optional<StatementResult>& result) {
    const std::optional<std::int64_t> deadline = server_.NextDeadline();
    if (!deadline) return false;
    Keep(session, server_.AdvanceTime(std::max<std::int64_t>(0, *deadline - server_.now_us())), result);
    return true;
  }

  bool PlayEntry(const SpecEntry& entry) {
    PlayedSession& session = sessions_[entry.session];
    while (session.active) {
      if (!Finish(entry.session)) return false;
      LookAtWaiting();
    }
    session.active.emplace();
    session.active->step = entry.step;
    session.active->markers = MarkersOf(entry);
    Send(entry.session);
    LetSleepersWake();
    const bool completes = TryToComplete(entry.session, true);
    LookAtWaiting();
    if (!completes) waiting_.push_back(entry.session);
    return true;
  }

  std::vector<SpecMarker> MarkersOf(const SpecEntry& entry) const {
    std::vector<SpecMarker> markers = entry.markers;
    for (SpecMarker& marker : markers) marker.warnings += sessions_[marker.session].warnings;
    return markers;
  }

  // The next statement of a session's step; whoever that lets go does the rest of its own behind it.
  void Send(std::size_t sender) {
    std::deque<std::size_t> can_go_on = {sender};
    while (!can_go_on.empty()) {
      const std::size_t place = can_go_on.front();
      PlayedSession& session = sessions_[place];
      const std::vector<sql::StatementRef>& statements =
          plan_.sessions[place].steps[session.active->step].statements;
      if (session.active->next_statement == statements.size()) {
        session.active->has_ended = true;
        can_go_on.pop_front();
        continue;
      }
      const std::vector<std::size_t> ended =
          Note(server_.Execute(session.id, statements[session.active->next_statement++]));
      const bool goes_on = std::find(ended.begin(), ended.end(), place) != ended.end();
      if (!goes_on || session.active->has_ended) can_go_on.pop_front();
      for (const std::size_t other : ended) {
        if (other != place && !sessions_[other].active->has_ended) can_go_on.push_back(other);
      }
    }
  }

  // Whose statements ended, in order.
  std::vector<std::size_t> Note(std::vector<Event> events) {
    std::vector<std::size_t> who;
    for (Event& event : events) {
      auto* ended = std::get_if<StatementEnded>(&event);
      if (ended == nullptr) continue;
      const auto found = std::find_if(sessions_.begin(), sessions_.end(), [&](const PlayedSession& session) {
        return session.id == ended->session;
      });
      if (found == sessions_.end() || !found->active) continue;
      const auto place = static_cast<std::size_t>(found - sessions_.begin());
      out_ += IsolationWarnings(plan_.sessions[place].name, ended->result);
      found->warnings += CountWarnings(ended->result);
      if (ended->result.error) found->active->has_ended = true;
      found->active->results.push_back(std::move(ended->result));
      who.push_back(place);
    }
    return who;
  }

  // To the next deadline. False: there is none.
  bool PassTime() {
    const std::optional<std::int64_t> deadline = server_.NextDeadline();
    if (!deadline) return false;
    for (const std::size_t session :
         Note(server_.AdvanceTime(std::max<std::int64_t>(0, *deadline - server_.now_us())))) {
      if (!sessions_[session].active->has_ended) Send(session);
    }
    return true;
  }

  // Sleep is no lock wait: isolationtester waits for its end.
  void LetSleepersWake() {
    const auto sleeps = [this](const PlayedSession& session) {
      const std::optional<Wait> wait = server_.WaitOf(session.id);
      return wait && wait->kind == WaitKind::kSleep;
    };
    while (std::any_of(sessions_.begin(), sessions_.end(), sleeps) && PassTime()) {
    }
  }

  // --- Reporting ---------------------------------------------------------------------------------------
  const SpecStep& StepOf(const SpecEntry& entry) const {
    return plan_.sessions[entry.session].steps[entry.step];
  }

  bool IsBlocked(const ActiveStep& active) const {
    return std::any_of(active.markers.begin(), active.markers.end(), [this](const SpecMarker& marker) {
      const PlayedSession& other = sessions_[marker.session];
      if (marker.kind == StepMarker::Kind::kAfterStep)
        return other.active && other.active->step == marker.step;
      return marker.kind == StepMarker::Kind::kAfterNotices && other.warnings < marker.warnings;
    });
  }

  // Reports the step as completed, if it is; a new one that is not, as waiting.
  bool TryToComplete(std::size_t place, bool is_new) {
    PlayedSession& session = sessions_[place];
    const ActiveStep& active = *session.active;
    const SpecStep& step = plan_.sessions[place].steps[active.step];
    const bool is_held =
        is_new && std::any_of(active.markers.begin(), active.markers.end(), [](const SpecMarker& marker) {
          return marker.kind == StepMarker::Kind::kStar;
        });
    if (is_held || !active.has_ended || IsBlocked(active)) {
      if (is_new) out_ += StepWaitsLine(step.name, step.sql);
      return false;
    }
    out_ += is_new ? StepDoneLine(step.name, step.sql) : StepCompletedLine(step.name);
    for (const StatementResult& result : active.results) out_ += IsolationResult(result);
    session.active.reset();
    return true;
  }

  // Those that wait, in the order in which they began to; again as long as one completes that another's
  // marker may have been about.
  void LookAtWaiting() {
    const auto complete = [this](std::size_t session) { return TryToComplete(session, false); };
    while (std::erase_if(waiting_, complete) > 0) {
    }
  }

  // Lets time pass until the session's step is completed.
  bool Finish(std::size_t place) {
    const std::size_t offset = plan_.sessions[place].steps[sessions_[place].active->step].offset;
    while (sessions_[place].active) {
      if (TryToComplete(place, false)) {
        std::erase(waiting_, place);
        return true;
      }
      LookAtWaiting();
      if (!sessions_[place].active) return true;
      if (sessions_[place].active->has_ended || !PassTime()) {
        Complain(offset, "this step is never completed: steps of the permutation block each other",
                 "Change the order of the steps, or a marker.");
        return false;
      }
    }
    return true;
  }

  const SourceFile& source_;
  const IsolationPlan& plan_;
  Server server_;
  SessionId control_;
  std::vector<PlayedSession> sessions_;  // As in the plan.
  std::vector<std::size_t> waiting_;     // Those whose steps wait, in the order in which they began to.
  std::string out_;
  std::optional<Mistake> mistake_;
};

}  // namespace

bool IsIsolationSpec(const RaceFile& file) {
  return file.title.text.empty() &&
         std::all_of(file.clients.begin(), file.clients.end(),
                     [](const ClientTemplate& client) { return client.is_session; });
}

std::variant<std::string, std::vector<Mistake>> PlayIsolationSpec(const RaceFile& spec,
                                                                  const IsolationOptions& options) {
  auto planned = PlanIsolationSpec(spec);
  if (auto* mistakes = std::get_if<std::vector<Mistake>>(&planned)) return std::move(*mistakes);
  return SpecPlayer(spec.source, std::get<IsolationPlan>(planned), options).Play();
}

}  // namespace nextkey
