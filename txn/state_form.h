// A state's canonical form: what all actors share, and what belongs to each one alone.
//
// The shared part names nobody. Where an actor stands in it (who owns a lock, who waits in a queue,
// who wrote a row) is a numbered place, and the actor keeps the numbers of its places beside its own
// part. So two states in which actors have changed roles have the same shared part and the same own
// parts in another order: to sort these is all that symmetry takes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/fingerprint.h"

namespace nextkey {

class StateForm {
 public:
  struct Actor {
    Canonical own;
    std::vector<std::uint32_t> places;  // In the shared part, ascending.

    friend bool operator==(const Actor& a, const Actor& b) {
      return a.own.bytes() == b.own.bytes() && a.places == b.places;
    }
    friend bool operator<(const Actor& a, const Actor& b) {
      if (a.own.bytes() != b.own.bytes()) return a.own.bytes() < b.own.bytes();
      return a.places < b.places;
    }
  };

  // Empty, for so many actors. Room that was used before is used again.
  void Reset(std::size_t actors) {
    shared_.Clear();
    actors_.resize(actors);
    for (Actor& actor : actors_) {
      actor.own.Clear();
      actor.places.clear();
    }
    next_place_ = 0;
  }

  Canonical& shared() { return shared_; }
  const Canonical& shared() const { return shared_; }
  Canonical& OwnOf(std::uint32_t actor) { return actors_[actor].own; }
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
