// A state's canonical form: what all actors share, and what belongs to each one alone.
//
// The shared part names nobody. Where an actor stands in it (who owns a lock, who waits in a queue,
// who wrote a row) is a numbered place, and the actor keeps the numbers of its places beside its own
// part. So two states in which actors have changed roles have the same shared part and the same own
// parts in another order: to sort these is all that symmetry takes.
//
// An actor's own part comes in two pieces, its locks and the rest, because a step of somebody else may
// number its locks anew. The rest stays out of everybody else's sight and reach, but for what `exposed`
// repeats of it, as long as the actor is not bound.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/fingerprint.h"

namespace nextkey {

// A text in two pieces.
struct TextPieces {
  std::string_view first;
  std::string_view second;
};
// As the whole texts compare.
std::strong_ordering ComparePieces(const TextPieces& a, const TextPieces& b);

class StateForm {
 public:
  struct Actor {
    Canonical locks;                    // Its structures: they stand in front of the rest.
    Canonical own;                      // The rest.
    Canonical exposed;                  // Of the rest: what steps of others look at.
    bool is_bound = false;              // It waits, or is in the middle of something: others may move it on.
    std::vector<std::uint32_t> places;  // In the shared part, ascending.

    friend bool operator==(const Actor& a, const Actor& b) {
      return a.locks.bytes() == b.locks.bytes() && a.own.bytes() == b.own.bytes() && a.places == b.places;
    }
    friend bool operator<(const Actor& a, const Actor& b) {
      const auto order = ComparePieces({a.locks.bytes(), a.own.bytes()}, {b.locks.bytes(), b.own.bytes()});
      return order != 0 ? order < 0 : a.places < b.places;
    }
  };

  // Empty, for so many actors. Room that was used before is used again.
  void Reset(std::size_t actors) {
    shared_.Clear();
    actors_.resize(actors);
    for (Actor& actor : actors_) {
      actor.locks.Clear();
      actor.own.Clear();
      actor.exposed.Clear();
      actor.is_bound = false;
      actor.places.clear();
    }
    next_place_ = 0;
  }

  Canonical& shared() { return shared_; }
  const Canonical& shared() const { return shared_; }
  Canonical& LocksOf(std::uint32_t actor) { return actors_[actor].locks; }
  Canonical& OwnOf(std::uint32_t actor) { return actors_[actor].own; }
  Canonical& ExposedOf(std::uint32_t actor) { return actors_[actor].exposed; }
  void Bind(std::uint32_t actor) { actors_[actor].is_bound = true; }
  const std::vector<Actor>& actors() const { return actors_; }

  // One actor stands here.
  void Mention(std::uint32_t actor) {
    ++next_place_;
    MentionToo(actor);
  }
  // A set stands here: NewPlace once, then MentionToo for each member, in any order.
  void NewPlace() { ++next_place_; }
  void MentionToo(std::uint32_t actor) { actors_[actor].places.push_back(next_place_); }

 private:
  Canonical shared_;
  std::vector<Actor> actors_;
  std::uint32_t next_place_ = 0;
};

}  // namespace nextkey
