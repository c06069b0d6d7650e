#include "sim/explore/state_graph.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "sim/explore/in_parallel.h"

namespace nextkey {

std::vector<StateEdge>& StateGraph::Edges::RoomFor(std::size_t count) {
  constexpr std::size_t kBlock = 8192;
  if (blocks_.empty() || blocks_.back().capacity() - blocks_.back().size() < count)
    blocks_.emplace_back().reserve(std::max(kBlock, count));
  return blocks_.back();
}

std::size_t StateGraph::Edges::size() const {
  return std::accumulate(blocks_.begin(), blocks_.end(), std::size_t{0},
                         [](std::size_t sum, const auto& block) { return sum + block.size(); });
}

StateGraph::StateGraph(std::vector<StateIndex> starts, std::size_t state_count, std::vector<Part> parts)
    : starts_(std::move(starts)), nodes_(state_count) {
  std::size_t expanded = 0;
  for (Part& part : parts) {
    expanded += part.expansions.size();
    edges_.push_back(std::move(part.edges));
  }
  is_complete_ = expanded == state_count;
  const auto take = [&](std::size_t part) {
    auto block = edges_[part].blocks().begin();
    std::size_t next = 0;
    for (const Expansion& expansion : parts[part].expansions) {
      const std::uint32_t count = expansion.edge_count;
      if (count > 0 && next + count > block->size()) {
        ++block;
        next = 0;
      }
      nodes_[expansion.state] = {count == 0 ? nullptr : block->data() + next, count, expansion.outcome};
      next += count;
    }
  };
  const unsigned jobs = JobsFor(state_count, static_cast<unsigned>(parts.size()));
  OnThreads(jobs, [&](unsigned job) {
    for (std::size_t part = job; part < parts.size(); part += jobs) take(part);
  });
}

std::size_t StateGraph::edge_count() const {
  return std::accumulate(edges_.begin(), edges_.end(), std::size_t{0},
                         [](std::size_t sum, const Edges& edges) { return sum + edges.size(); });
}

}  // namespace nextkey
