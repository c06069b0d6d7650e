// Sums and products of fixed width against numbers of any size.
#include "sim/explore/fixed_whole.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>

namespace nextkey {
namespace {

template <class Number>
class FixedWholeTest : public testing::Test {};
using Widths = testing::Types<FixedWhole<1>, FixedWhole<2>, FixedWhole<3>, FixedWhole<4>>;
TYPED_TEST_SUITE(FixedWholeTest, Widths);

TYPED_TEST(FixedWholeTest, CountsAsNumbersOfAnySizeDo) {
  std::mt19937_64 random(7);
  const Whole limit = Whole(1) << static_cast<unsigned>(TypeParam::kBits);
  for (int round = 0; round < 200; ++round) {
    Whole whole = random();
    TypeParam fixed(whole);
    while (true) {
      const std::uint64_t factor = random() >> (random() % 64);
      const Whole summand = random();
      if (whole * factor + summand >= limit) break;
      whole = whole * factor + summand;
      fixed *= factor;
      fixed += TypeParam(summand);
      ASSERT_EQ(Whole(fixed), whole);
    }
  }
}

TYPED_TEST(FixedWholeTest, TakesTheLargestThatFits) {
  const Whole largest = (Whole(1) << static_cast<unsigned>(TypeParam::kBits)) - 1;
  TypeParam fixed(largest - 1);
  fixed += TypeParam(Whole(1));
  EXPECT_EQ(Whole(fixed), largest);
  EXPECT_EQ(Whole(TypeParam()), 0);
}

}  // namespace
}  // namespace nextkey
