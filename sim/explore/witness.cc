#include "sim/explore/witness.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace nextkey {
namespace {

// A state, and who made the last choice: what the next choice costs depends on both.
struct Place {
  StateIndex state = kNoState;
  ActorLabel last;

  friend bool operator==(const Place&, const Place&) = default;
  template <typename H>
  friend H AbslHashValue(H hash, const Place& place) {
    return H::combine(std::move(hash), place.state, place.last.position);
  }
};

struct Arrival {
  std::uint32_t from = UINT32_MAX;  // Place in `arrivals`; none for the root.
  std::uint32_t edge = 0;
  std::uint32_t switches = 0;
  Place place;
};

// Places are taken in the order of (switches, choices, first different choice). Within one number of
// switches a queue keeps that order, because every choice costs the same; those that cost a switch
// wait for the next round.
class WitnessFinder {
 public:
  WitnessFinder(const StateGraph& graph, std::size_t outcome_count)
      : graph_(graph), witnesses_(outcome_count), missing_(outcome_count) {}

  std::vector<std::optional<Witness>> Find() {
    if (graph_.state_count() == 0) return std::move(witnesses_);
    rounds_.resize(1);
    rounds_[0].push_back({.place = {graph_.root(), ActorLabel{}}});
    for (std::size_t round = 0; round < rounds_.size() && missing_ > 0; ++round) Play(round);
    return std::move(witnesses_);
  }

 private:
  // Those of one number of switches by their number of choices: queue[i] leads to more of them.
  void Play(std::size_t round) {
    std::vector<Waiting> queue = std::move(rounds_[round]);
    std::stable_sort(queue.begin(), queue.end(),
                     [](const Waiting& a, const Waiting& b) { return a.choices < b.choices; });
    std::vector<Waiting> layer;
    std::size_t next = 0;
    std::uint32_t choices = queue.empty() ? 0 : queue.front().choices;
    while ((next < queue.size() || !layer.empty()) && missing_ > 0) {
      if (layer.empty()) choices = queue[next].choices;
      std::vector<Waiting> following;
      for (const Waiting& waiting : layer) Arrive(waiting, round, choices, following);
      for (; next < queue.size() && queue[next].choices == choices; ++next)
        Arrive(queue[next], round, choices, following);
      layer = std::move(following);
      ++choices;
    }
  }

  struct Waiting {
    std::uint32_t from = UINT32_MAX;
    std::uint32_t edge = 0;
    std::uint32_t choices = 0;
    Place place;
  };

  void Arrive(const Waiting& waiting, std::size_t round, std::uint32_t choices,
              std::vector<Waiting>& following) {
    const auto index = static_cast<std::uint32_t>(arrivals_.size());
    if (!seen_.emplace(waiting.place, index).second) return;
    arrivals_.push_back({waiting.from, waiting.edge, static_cast<std::uint32_t>(round), waiting.place});
    const StateIndex state = waiting.place.state;
    if (graph_.IsEnd(state)) Keep(index);
    const std::span<const StateEdge> edges = graph_.EdgesOf(state);
    const bool last_could_go_on =
        waiting.place.last.IsClient() && std::any_of(edges.begin(), edges.end(), [&](const StateEdge& edge) {
          return edge.actor == waiting.place.last;
        });
    for (std::uint32_t i = 0; i < edges.size(); ++i) {
      const StateEdge& edge = edges[i];
      const bool is_switch = last_could_go_on && edge.actor.IsClient() && edge.actor != waiting.place.last;
      const Waiting next = {index, i, choices + 1, {edge.target, edge.actor_after}};
      if (seen_.contains(next.place)) continue;
      if (!is_switch) {
        following.push_back(next);
        continue;
      }
      if (rounds_.size() <= round + 1) rounds_.resize(round + 2);
      rounds_[round + 1].push_back(next);
    }
  }

  void Keep(std::uint32_t arrival) {
    std::optional<Witness>& witness = witnesses_[graph_.OutcomeOf(arrivals_[arrival].place.state)];
    if (witness) return;
    witness.emplace();
    witness->switches = arrivals_[arrival].switches;
    for (std::uint32_t at = arrival; arrivals_[at].from != UINT32_MAX; at = arrivals_[at].from) {
      const StateIndex before = arrivals_[arrivals_[at].from].place.state;
      witness->edges.push_back(arrivals_[at].edge);
      witness->actors.push_back(graph_.EdgesOf(before)[arrivals_[at].edge].actor);
    }
    std::reverse(witness->edges.begin(), witness->edges.end());
    std::reverse(witness->actors.begin(), witness->actors.end());
    --missing_;
  }

  const StateGraph& graph_;
  std::vector<std::optional<Witness>> witnesses_;
  std::size_t missing_;
  std::vector<std::vector<Waiting>> rounds_;  // By the number of switches.
  std::vector<Arrival> arrivals_;
  absl::flat_hash_map<Place, std::uint32_t> seen_;
};

}  // namespace

std::vector<std::optional<Witness>> FindWitnesses(const StateGraph& graph, std::size_t outcome_count) {
  return WitnessFinder(graph, outcome_count).Find();
}

}  // namespace nextkey
