// Work on several threads at once, each with its number.
#pragma once

#include <cstddef>
#include <thread>
#include <vector>

namespace nextkey {

// Calls `work(job)` for each job below `jobs`, each on a thread of its own, the first on the calling one, and
// waits for all. Requires: jobs > 0.
template <class Work>
void OnThreads(unsigned jobs, const Work& work) {
  std::vector<std::thread> threads;
  for (unsigned job = 1; job < jobs; ++job) threads.emplace_back([&work, job] { work(job); });
  work(0U);
  for (std::thread& thread : threads) thread.join();
}

// How many threads are worth their start for so many things.
inline unsigned JobsFor(std::size_t things, unsigned jobs) {
  constexpr std::size_t kWorthThreads = 1 << 15;
  return things < kWorthThreads ? 1 : jobs;
}

}  // namespace nextkey
