#include "engine/row.h"

#include <algorithm>
#include <memory>
#include <new>

namespace nextkey {

Row::Row(std::vector<Value> values) {
  static_assert(sizeof(Block) % alignof(Value) == 0);
  if (values.empty()) return;
  block_ = new (::operator new(sizeof(Block) + values.size() * sizeof(Value))) Block;
  block_->size = static_cast<std::uint32_t>(values.size());
  std::uninitialized_move(values.begin(), values.end(), ValuesOf(block_));
}

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
