#include "sim/explore/checkpoint.h"

#include <bit>
#include <cstring>
#include <exception>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <vector>

namespace nextkey {
namespace {

using CheckpointJson = nlohmann::ordered_json;

constexpr const char* kCheckpointFormat = "nextkey checkpoint 1";
static_assert(std::endian::native == std::endian::little, "numbers are written as they stand in memory");

template <class Number>
void Append(std::string& bytes, Number number) {
  bytes.append(reinterpret_cast<const char*>(&number), sizeof(number));
}

// What is missing is 0; whether all was there stands in the file's digest.
class NumberReader {
 public:
  explicit NumberReader(std::string_view bytes) : bytes_(bytes) {}

  template <class Number>
  Number Next() {
    Number number = 0;
    if (bytes_.size() < sizeof(number)) return 0;
    std::memcpy(&number, bytes_.data(), sizeof(number));
    bytes_.remove_prefix(sizeof(number));
    return number;
  }

 private:
  std::string_view bytes_;
};

std::string DigestText(std::string_view bytes) {
  Canonical canonical;
  canonical.PutText(bytes);
  return canonical.Digest().ToHex();
}

std::string NumbersOf(const SearchSoFar& so_far) {
  constexpr std::size_t kBytesPerState = 24;
  constexpr std::size_t kBytesPerEdge = 8;
  const StateGraph& graph = so_far.graph;
  std::string bytes;
  bytes.reserve(graph.state_count() * kBytesPerState + graph.edge_count() * kBytesPerEdge);
  for (StateIndex state = 0; state < graph.state_count(); ++state) {
    Append(bytes, so_far.fingerprints[state].high);
    Append(bytes, so_far.fingerprints[state].low);
    Append(bytes, static_cast<std::uint32_t>(graph.EdgesOf(state).size()));
    Append(bytes, graph.OutcomeOf(state));
  }
  for (StateIndex state = 0; state < graph.state_count(); ++state) {
    for (const StateEdge& edge : graph.EdgesOf(state)) {
      Append(bytes, edge.target);
      Append(bytes, edge.actor.position);
      Append(bytes, edge.actor_after.position);
    }
  }
  return bytes;
}

// nullopt: an edge leads nowhere.
std::optional<SearchSoFar> SoFarOf(std::string_view bytes, StateIndex start, std::size_t states) {
  SearchSoFar so_far;
  NumberReader numbers(bytes);
  StateGraph::Part all;
  for (StateIndex state = 0; state < states; ++state) {
    Fingerprint& fingerprint = so_far.fingerprints.emplace_back();
    fingerprint.high = numbers.Next<std::uint64_t>();
    fingerprint.low = numbers.Next<std::uint64_t>();
    const auto edges = numbers.Next<std::uint32_t>();
    const auto outcome = numbers.Next<std::uint32_t>();
    if (edges == 0 && outcome == kNoOutcome) continue;
    all.expansions.push_back({state, edges, outcome});
  }
  for (const StateGraph::Expansion& expansion : all.expansions) {
    std::vector<StateEdge>& edges = all.edges.RoomFor(expansion.edge_count);
    for (std::uint32_t i = 0; i < expansion.edge_count; ++i) {
      StateEdge& edge = edges.emplace_back();
      edge.target = numbers.Next<std::uint32_t>();
      edge.actor.position = numbers.Next<std::uint16_t>();
      edge.actor_after.position = numbers.Next<std::uint16_t>();
      if (edge.target >= states) return std::nullopt;
    }
  }
  if (start >= states) return std::nullopt;
  std::vector<StateGraph::Part> parts;
  parts.push_back(std::move(all));
  so_far.graph = StateGraph({start}, states, std::move(parts));
  return so_far;
}

Mistake Damaged(const std::string& path, std::string message) {
  Mistake mistake;
  mistake.file = path;
  mistake.message = std::move(message);
  mistake.remedy = "`nextkey explore --checkpoint FILE` writes one when the search is stopped.";
  return mistake;
}

}  // namespace

bool WriteCheckpoint(const std::string& path, const Checkpoint& checkpoint) {
  const StateGraph& graph = checkpoint.so_far.graph;
  const std::string numbers = NumbersOf(checkpoint.so_far);
  CheckpointJson head = {
      {"format", kCheckpointFormat},   {"race", CheckpointJson::parse(ToJson(checkpoint.race))},
      {"most_switches", nullptr},      {"start", graph.starts().front()},
      {"states", graph.state_count()}, {"bytes", numbers.size()},
      {"digest", DigestText(numbers)}};
  if (checkpoint.most_switches) head["most_switches"] = *checkpoint.most_switches;
  std::ofstream file(path, std::ios::binary);
  file << head.dump() << "\n" << numbers;
  file.close();
  return !file.fail();
}

std::variant<Checkpoint, Mistake> ReadCheckpoint(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Damaged(path, "the file can't be read");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const std::size_t end = text.find('\n');
  const CheckpointJson head = CheckpointJson::parse(text.substr(0, end), nullptr, false);
  if (end == text.npos || !head.is_object() || head.value("format", CheckpointJson()) != kCheckpointFormat)
    return Damaged(path, "this is no checkpoint of a search");
  try {
    const std::string_view numbers = std::string_view(text).substr(end + 1);
    if (numbers.size() != head.at("bytes").get<std::size_t>() ||
        DigestText(numbers) != head.at("digest").get<std::string>())
      return Damaged(path, "the checkpoint is damaged: its numbers are not those that were written");
    auto so_far = SoFarOf(numbers, head.at("start").get<StateIndex>(), head.at("states").get<std::size_t>());
    if (!so_far) return Damaged(path, "the checkpoint is damaged: a way leads nowhere");
    Checkpoint checkpoint{ReadSearchedRace(head.at("race").dump()), std::nullopt, *std::move(so_far)};
    if (!head.at("most_switches").is_null())
      checkpoint.most_switches = head.at("most_switches").get<std::uint32_t>();
    return checkpoint;
  } catch (const std::exception& error) {
    return Damaged(path, std::string("the checkpoint is damaged: ") + error.what());
  }
}

}  // namespace nextkey
