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

// The same, but one after the other where all of them together have to do with so few things that threads
// are not worth their start.
template <class Work>
void InParallel(unsigned jobs, std::size_t things, const Work& work) {
  constexpr std::size_t kWorthThreads = 1 << 15;
  if (things >= kWorthThreads) return OnThreads(jobs, work);
  for (unsigned job = 0; job < jobs; ++job) work(job);
}

}  // namespace nextkey
