#include "sim/anomaly/script_anomaly.h"

#include <utility>

#include "sim/anomaly/history_recorder.h"
#include "sim/replay.h"

namespace nextkey {

History HistoryOf(World world, const ScriptCase& script) {
  HistoryRecorder recorder;
  while (!IsFinished(world, script)) {
    if (!script.steps[world.next_step].is_setup) world.server.SetReportsHistory(true);
    const StepReport report = PlayStep(world, script, LockListing::kNone);
    if (report.status == StepStatus::kScriptError) break;
    const SessionId session = world.FindSession(report.session)->id;
    recorder.Introduce(session, report.session, 0);
    recorder.Begin(session, report.sql);
    recorder.NoteTables(world.server.state().catalog);
    recorder.Add(report.history);
  }
  return std::move(recorder).Finish();
}

}  // namespace nextkey
