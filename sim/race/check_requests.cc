// What each request does from its first to its last step, with each fix: variables that nobody sets,
// locks that nobody lets go, loops that never end, statements that are never reached.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "sim/race/check.h"
#include "sim/race/did_you_mean.h"
#include "sim/race/request_plan.h"
#include "sim/race/services.h"
#include "sim/race/variables.h"
#include "sim/text.h"

namespace nextkey::race {
namespace {

using Names = std::set<std::string>;

// Where something was taken, and whether it is given back.
struct Held {
  std::size_t offset = 0;
  bool is_taken = false;
  bool is_released = false;
  std::size_t released_at = 0;
};

class RequestChecker {
 public:
  RequestChecker(const RaceFile& file, std::vector<Problem>& problems) : file_(file), problems_(problems) {}

  void Run() {
    for (const Block& block : file_.setup) CheckReads({&block}, {}, "");
    for (const Invariant& invariant : file_.invariants) CheckQuery(invariant.query, "invariant");
    for (const ResultQuery& result : file_.results) CheckQuery(result.query, "result");
    CheckVariant(nullptr);
    for (const Fix& fix : file_.fixes) CheckVariant(&fix);
  }

 private:
  // A mistake that the race has without a fix is told once.
  void Complain(std::size_t offset, std::string message, std::string remedy) {
    if (told_.insert(offset).second) problems_.push_back({offset, std::move(message), std::move(remedy)});
  }

  Names Parameters() const {
    Names names;
    for (const Parameter& parameter : file_.parameters) names.insert(ToLower(parameter.name.text));
    return names;
  }

  static std::string With(const Fix* fix) {
    return fix == nullptr ? std::string() : fmt::format("with fix \"{}\" ", fix->name.text);
  }

  void CheckVariant(const Fix* fix) {
    std::vector<Problem> known_already;
    const std::vector<PlannedRequest> requests = PlanRequests(file_, fix, known_already);
    if (fix != nullptr) CheckFixSetup(*fix);
    if (fix != nullptr) CheckReasonsOf(*fix, requests);
    for (std::size_t i = 0; i < requests.size(); ++i) CheckRequest(file_.clients[i], requests[i], fix);
  }

  void CheckFixSetup(const Fix& fix) {
    for (const FixItem& item : fix.items) {
      if (const auto* setup = std::get_if<MoreSetup>(&item)) CheckReads({&setup->block}, {}, With(&fix));
    }
  }

  static std::vector<const Block*> BlocksOf(const PlannedRequest& request) {
    std::vector<const Block*> blocks;
    for (const PlannedStep& step : request.steps) blocks.push_back(step.block);
    for (const PlannedScope& scope : request.scopes) {
      blocks.push_back(scope.enter);
      blocks.push_back(scope.leave);
    }
    return blocks;
  }

  void CheckRequest(const ClientTemplate& client, const PlannedRequest& request, const Fix* fix) {
    std::vector<const Block*> blocks = BlocksOf(request);
    std::map<std::string, Held> held;
    for (const Block* block : blocks) {
      CheckFlow(block->actions);
      if (!client.is_session) CollectLocks(block->actions, held);
    }
    CheckLocks(held, fix);
    if (client.setup) blocks.push_back(&*client.setup);
    if (client.teardown) blocks.push_back(&*client.teardown);
    CheckReads(blocks, {std::string(kClientNumber)}, With(fix));
    if (fix == nullptr && client.retry) CheckReasons(*client.retry, blocks, fix);
  }

  // --- Variables -----------------------------------------------------------------------------------

  void CheckReads(const std::vector<const Block*>& blocks, Names known, const std::string& with) {
    known.merge(Parameters());
    std::vector<Name> read;
    for (const Block* block : blocks) {
      VariableUse use = UseOf(block->actions);
      known.merge(use.set);
      read.insert(read.end(), use.read.begin(), use.read.end());
    }
    for (const Name& variable : read) {
      if (known.contains(variable.text)) continue;
      Complain(variable.offset, fmt::format("{}nobody sets @{}", with, variable.text),
               RemedyFor(variable.text, known));
    }
  }

  std::string RemedyFor(const std::string& variable, const Names& known) const {
    const std::string nearest = Nearest(variable, {known.begin(), known.end()});
    if (!nearest.empty()) return fmt::format("Did you mean \"@{}\"?", nearest);
    if (variable == kClientNumber) return "Only clients have a number.";
    if (IsCount(variable)) return "How requests ended is known to invariants and expectations alone.";
    return fmt::format("Set it first: SELECT .. INTO @{0}, SET @{0} = .., or `parameter {0} = ..`.",
                       variable);
  }

  void CheckQuery(const SqlAction& query, std::string_view item) {
    Names known = Parameters();
    for (const std::string_view count : kCounts) known.emplace(count);
    for (const Name& variable : UseOf(query).read) {
      if (known.contains(variable.text)) continue;
      const std::string nearest =
          IsOfAClient(variable.text) ? std::string() : Nearest(variable.text, {known.begin(), known.end()});
      Complain(variable.offset, fmt::format("this {} can't see @{}", item, variable.text),
               nearest.empty()
                   ? "It sees the tables, the parameters, and how requests ended (@succeeded, @refused ..)."
                   : fmt::format("Did you mean \"@{}\"?", nearest));
    }
  }

  bool IsOfAClient(const std::string& variable) const {
    return std::any_of(file_.clients.begin(), file_.clients.end(), [&](const ClientTemplate& client) {
      return std::any_of(client.steps.begin(), client.steps.end(),
                         [&](const Step& step) { return UseOf(step.block.actions).set.contains(variable); });
    });
  }

  // --- Locks ---------------------------------------------------------------------------------------

  void CollectLocks(const Actions& actions, std::map<std::string, Held>& held) {
    for (const Action& action : actions) {
      if (const auto* call = std::get_if<CallAction>(&action.what)) CollectCall(*call, held);
      if (const auto* sql = std::get_if<SqlAction>(&action.what)) CollectNamedLock(*sql, held);
      if (const auto* loop = std::get_if<WhileAction>(&action.what)) CollectLocks(loop->actions, held);
      if (const auto* branches = std::get_if<IfAction>(&action.what)) {
        for (const IfAction::Branch& branch : branches->branches) CollectLocks(branch.actions, held);
      }
    }
  }

  void CollectCall(const CallAction& call, std::map<std::string, Held>& held) {
    for (const Service& service : file_.services) {
      if (service.name.text != call.service.text) continue;
      const OperationRule* rule = FindOperation(service.kind, call.operation.text);
      if (rule == nullptr) return;
      const bool takes =
          rule->operation == ServiceOperation::kLock || rule->operation == ServiceOperation::kAcquire;
      const bool gives =
          rule->operation == ServiceOperation::kUnlock || rule->operation == ServiceOperation::kRelease;
      if (takes) Take(held[service.name.text], call.service.offset);
      if (gives) Release(held[service.name.text], call.service.offset);
    }
  }

  static void CollectNamedLock(const SqlAction& sql, std::map<std::string, Held>& held) {
    const VariableUse use = UseOf(sql);
    if (use.functions.contains("get_lock")) Take(held[kNamedLock], sql.offset);
    if (use.functions.contains("release_lock") || use.functions.contains("release_all_locks")) {
      Release(held[kNamedLock], sql.offset);
    }
  }

  static void Take(Held& held, std::size_t offset) {
    if (!held.is_taken) held.offset = offset;
    held.is_taken = true;
  }
  static void Release(Held& held, std::size_t offset) {
    if (!held.is_released) held.released_at = offset;
    held.is_released = true;
  }

  void CheckLocks(const std::map<std::string, Held>& held, const Fix* fix) {
    for (const auto& [name, lock] : held) {
      const bool is_named = name == kNamedLock;
      const std::string what = is_named ? "the lock of GET_LOCK" : fmt::format("\"{}\"", name);
      const std::string remedy =
          is_named ? "RELEASE_LOCK(..)" : fmt::format("CALL {}.{}", name, GivingWord(name));
      if (lock.is_taken && !lock.is_released) {
        Complain(
            lock.offset, fmt::format("{}{} is taken here and never let go", With(fix), what),
            fmt::format("Let it go in the same request: {} in a step, or in the `finally` of an `around`.",
                        remedy));
      } else if (lock.is_released && !lock.is_taken) {
        Complain(lock.released_at, fmt::format("{}{} is let go here, and nobody takes it", With(fix), what),
                 "");
      }
    }
  }

  std::string GivingWord(std::string_view service) const {
    for (const Service& known : file_.services) {
      if (known.name.text == service && known.kind == ServiceKind::kPool) return "release()";
    }
    return "unlock(..)";
  }

  // --- Flow ----------------------------------------------------------------------------------------

  void CheckFlow(const Actions& actions) {
    for (std::size_t i = 0; i < actions.size(); ++i) {
      const Action& action = actions[i];
      if (AlwaysFails(action) && i + 1 < actions.size()) {
        Complain(actions[i + 1].offset, "this can never run: the request has failed before it",
                 "FAIL ends the request. Put what belongs to it in front, or into a `finally`.");
      }
      if (const auto* loop = std::get_if<WhileAction>(&action.what)) CheckLoop(*loop);
      if (const auto* branches = std::get_if<IfAction>(&action.what)) {
        for (const IfAction::Branch& branch : branches->branches) CheckFlow(branch.actions);
      }
    }
  }

  static bool AlwaysFails(const Action& action) {
    if (std::holds_alternative<FailAction>(action.what)) return true;
    const auto* branches = std::get_if<IfAction>(&action.what);
    if (branches == nullptr || branches->branches.back().condition) return false;
    return std::all_of(branches->branches.begin(), branches->branches.end(),
                       [](const IfAction::Branch& branch) {
                         return std::any_of(branch.actions.begin(), branch.actions.end(), AlwaysFails);
                       });
  }

  void CheckLoop(const WhileAction& loop) {
    CheckFlow(loop.actions);
    const VariableUse condition = UseOf(loop.condition);
    const VariableUse body = UseOf(loop.actions);
    const bool can_change =
        std::any_of(condition.read.begin(), condition.read.end(),
                    [&](const Name& variable) { return body.set.contains(variable.text); });
    if (can_change || !condition.functions.empty() || !condition.set.empty() || CanFail(loop.actions)) return;
    Complain(loop.condition.offset,
             fmt::format("nothing in this loop changes its condition: {}", loop.condition.text),
             condition.read.empty()
                 ? "Count a variable in it: SET @i = @i + 1;"
                 : fmt::format("Set @{} in it, or leave it by FAIL.", condition.read[0].text));
  }

  static bool CanFail(const Actions& actions) {
    return std::any_of(actions.begin(), actions.end(), [](const Action& action) {
      if (std::holds_alternative<FailAction>(action.what)) return true;
      if (const auto* loop = std::get_if<WhileAction>(&action.what)) return CanFail(loop->actions);
      const auto* branches = std::get_if<IfAction>(&action.what);
      return branches != nullptr &&
             std::any_of(branches->branches.begin(), branches->branches.end(),
                         [](const IfAction::Branch& branch) { return CanFail(branch.actions); });
    });
  }

  // --- Retry ---------------------------------------------------------------------------------------

  static void CollectReasons(const Actions& actions, std::vector<std::string>& reasons) {
    for (const Action& action : actions) {
      if (const auto* fail = std::get_if<FailAction>(&action.what)) reasons.push_back(fail->reason);
      if (const auto* loop = std::get_if<WhileAction>(&action.what)) CollectReasons(loop->actions, reasons);
      if (const auto* branches = std::get_if<IfAction>(&action.what)) {
        for (const IfAction::Branch& branch : branches->branches) CollectReasons(branch.actions, reasons);
      }
    }
  }

  // Services fail with words of their own: then any reason may be right.
  bool HasFailingService() const {
    return std::any_of(file_.services.begin(), file_.services.end(), [](const Service& service) {
      return service.kind == ServiceKind::kPool || service.kind == ServiceKind::kRedissonLock;
    });
  }

  void CheckReasons(const Retry& retry, const std::vector<const Block*>& blocks, const Fix* fix) {
    if (HasFailingService()) return;
    std::vector<std::string> reasons;
    for (const Block* block : blocks) CollectReasons(block->actions, reasons);
    for (const std::string& reason : retry.reasons) {
      if (std::find(reasons.begin(), reasons.end(), reason) != reasons.end()) continue;
      Complain(retry.offset, fmt::format("{}no request ever fails with '{}'", With(fix), reason),
               DidYouMean(reason, reasons, "Nothing says FAIL."));
    }
  }

  // A fix's retry is for all clients.
  void CheckReasonsOf(const Fix& fix, const std::vector<PlannedRequest>& requests) {
    std::vector<const Block*> blocks;
    for (const PlannedRequest& request : requests) {
      const std::vector<const Block*> more = BlocksOf(request);
      blocks.insert(blocks.end(), more.begin(), more.end());
    }
    std::vector<Problem> known_already;
    for (const FixItem* item : ItemsOf(file_, fix, known_already)) {
      if (const auto* set = std::get_if<SetRetry>(item)) CheckReasons(set->retry, blocks, &fix);
    }
  }

  static constexpr const char* kNamedLock = "GET_LOCK()";  // No service can be called so.

  const RaceFile& file_;
  std::vector<Problem>& problems_;
  std::set<std::size_t> told_;
};

}  // namespace

void CheckRequests(const RaceFile& file, std::vector<Problem>& problems) {
  RequestChecker(file, problems).Run();
}

}  // namespace nextkey::race
