#include "engine/row.h"

#include <algorithm>
#include <memory>
#include <new>

namespace nextkey {

Row::Block* Row::NewBlock(std::size_t size) {
  static_assert(sizeof(Block) % alignof(Value) == 0);
  auto* block = new (::operator new(sizeof(Block) + size * sizeof(Value))) Block;
  block->size = static_cast<std::uint32_t>(size);
  return block;
}

Row::Row(std::vector<Value>&& values) {
  if (values.empty()) return;
  block_ = NewBlock(values.size());
  std::uninitialized_move(values.begin(), values.end(), ValuesOf(block_));
}

Row::Row(std::span<const Value> values) : Row(Of(values.size(), [&](std::size_t i) { return values[i]; })) {}

void Row::Destroy(Block* block) {
  std::destroy_n(ValuesOf(block), block->size);
  block->~Block();
  ::operator delete(block);
}

bool operator==(const Row& a, const Row& b) {
  return a.block_ == b.block_ || std::ranges::equal(a.values(), b.values());
}

void Row::PutInto(Canonical& canonical) const {
  canonical.Put(size());
  for (const Value& value : values()) value.PutInto(canonical);
}

}  // namespace nextkey
