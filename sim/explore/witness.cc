#include "sim/explore/witness.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace nextkey {
namespace {

// A state, and who made the last choice: what the next choice costs depends on both.
struct Stand {
  StateIndex state = kNoState;
  ActorLabel last;

  friend bool operator==(const Stand&, const Stand&) = default;
  template <typename H>
  friend H AbslHashValue(H hash, const Stand& place) {
    return H::combine(std::move(hash), place.state, place.last.position);
  }
};

constexpr std::uint32_t kNoArrival = UINT32_MAX;

struct Arrival {
  std::uint32_t from = kNoArrival;  // Stand in `arrivals`; none for a start.
  std::uint32_t edge = 0;           // Of a start: its place among the ways.
  std::uint32_t switches = 0;
  Stand place;
};

// Places are taken in the order of (switches, choices, first different choice). Within one number of
// switches a layer holds those of one number of choices in that order, because every choice costs the
// same; those that cost a switch wait for the next round.
class WitnessFinder {
 public:
  WitnessFinder(const StateGraph& graph, std::size_t outcome_count, const std::vector<WayToStart>& ways)
      : graph_(graph), ways_(ways), witnesses_(outcome_count), missing_(outcome_count) {}

  std::vector<std::optional<Witness>> Find() {
    if (graph_.state_count() == 0) return std::move(witnesses_);
    AddStarts();
    for (std::size_t round = 0; round < rounds_.size() && missing_ > 0; ++round) Play(round);
    return std::move(witnesses_);
  }

 private:
  struct Waiting {
    std::uint32_t from = kNoArrival;
    std::uint32_t edge = 0;
    std::size_t choices = 0;
    Stand place;
  };
  // Each in the order of (choices, first different choice).
  struct Round {
    std::vector<Waiting> starts;
    std::vector<Waiting> after_switch;
  };

  void AddStarts() {
    std::vector<std::uint32_t> order(ways_.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(),
                     [&](auto a, auto b) { return IsSimpler(ways_[a].way, ways_[b].way); });
    for (const std::uint32_t number : order) {
      const WayToStart& start = ways_[number];
      RoundOf(start.way.switches)
          .starts.push_back(
              {kNoArrival, number, start.way.edges.size(), {graph_.starts()[start.start], start.last}});
    }
  }

  Round& RoundOf(std::size_t switches) {
    if (rounds_.size() <= switches) rounds_.resize(switches + 1);
    return rounds_[switches];
  }

  // Takes those with this number of choices from the front.
  static std::vector<Waiting> TakeLayer(const std::vector<Waiting>& queue, std::size_t& next,
                                        std::size_t choices) {
    std::vector<Waiting> layer;
    for (; next < queue.size() && queue[next].choices == choices; ++next) layer.push_back(queue[next]);
    return layer;
  }

  void Play(std::size_t round) {
    const Round queued = std::move(rounds_[round]);
    std::vector<Waiting> layer;
    std::size_t next_start = 0, next_switch = 0;
    while (missing_ > 0) {
      std::size_t choices = SIZE_MAX;
      if (!layer.empty()) choices = layer.front().choices;
      if (next_start < queued.starts.size()) choices = std::min(choices, queued.starts[next_start].choices);
      if (next_switch < queued.after_switch.size())
        choices = std::min(choices, queued.after_switch[next_switch].choices);
      if (choices == SIZE_MAX) return;
      // What follows a layer has one choice more: a layer is never behind its queues.
      layer = Merge(layer, TakeLayer(queued.after_switch, next_switch, choices));
      layer = Merge(layer, TakeLayer(queued.starts, next_start, choices));
      std::vector<Waiting> following;
      for (const Waiting& waiting : layer) Arrive(waiting, round, following);
      layer = std::move(following);
    }
  }

  std::vector<Waiting> Merge(std::vector<Waiting>& a, std::vector<Waiting> b) const {
    if (b.empty()) return std::move(a);
    if (a.empty()) return b;
    std::vector<Waiting> merged;
    merged.reserve(a.size() + b.size());
    std::merge(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(merged),
               [this](const Waiting& x, const Waiting& y) { return ComesFirst(x, y); });
    return merged;
  }

  // Requires: both have made the same number of choices. Goes back from the ends of both ways to where
  // they part.
  bool ComesFirst(const Waiting& a, const Waiting& b) const {
    bool is_first = false;
    std::uint32_t edge_a = a.edge, edge_b = b.edge, from_a = a.from, from_b = b.from;
    while (from_a != kNoArrival && from_b != kNoArrival) {
      if (edge_a != edge_b) is_first = edge_a < edge_b;
      if (from_a == from_b) return is_first;
      edge_a = arrivals_[from_a].edge;
      edge_b = arrivals_[from_b].edge;
      from_a = arrivals_[from_a].from;
      from_b = arrivals_[from_b].from;
    }
    return EdgesTo(a.from, a.edge) < EdgesTo(b.from, b.edge);
  }

  std::vector<std::uint32_t> EdgesTo(std::uint32_t from, std::uint32_t edge) const {
    std::vector<std::uint32_t> backwards;
    for (; from != kNoArrival; from = arrivals_[from].from) {
      backwards.push_back(edge);
      edge = arrivals_[from].edge;
    }
    std::vector<std::uint32_t> edges = ways_[edge].way.edges;
    edges.insert(edges.end(), backwards.rbegin(), backwards.rend());
    return edges;
  }

  void Arrive(const Waiting& waiting, std::size_t round, std::vector<Waiting>& following) {
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
      const Waiting next = {index, i, waiting.choices + 1, {edge.target, edge.actor_after}};
      if (seen_.contains(next.place)) continue;
      if (is_switch) {
        RoundOf(round + 1).after_switch.push_back(next);
      } else {
        following.push_back(next);
      }
    }
  }

  void Keep(std::uint32_t arrival) {
    const Arrival& end = arrivals_[arrival];
    std::optional<Witness>& witness = witnesses_[graph_.OutcomeOf(end.place.state)];
    if (witness) return;
    witness = Witness{end.switches, EdgesTo(end.from, end.edge)};
    --missing_;
  }

  const StateGraph& graph_;
  const std::vector<WayToStart>& ways_;
  std::vector<std::optional<Witness>> witnesses_;
  std::size_t missing_;
  std::vector<Round> rounds_;  // By the number of switches.
  std::vector<Arrival> arrivals_;
  absl::flat_hash_map<Stand, std::uint32_t> seen_;
};

}  // namespace

std::vector<std::optional<Witness>> FindWitnesses(const StateGraph& graph, std::size_t outcome_count,
                                                  const std::vector<WayToStart>& ways) {
  return WitnessFinder(graph, outcome_count, ways).Find();
}

std::string SwitchesText(std::uint32_t switches) {
  return std::to_string(switches) + (switches == 1 ? " context switch" : " context switches");
}

bool IsSimpler(const Witness& a, const Witness& b) {
  if (a.switches != b.switches) return a.switches < b.switches;
  if (a.edges.size() != b.edges.size()) return a.edges.size() < b.edges.size();
  return a.edges < b.edges;
}

}  // namespace nextkey
