// A user's test: no order of two bookings may sell the seat twice.
#include <gtest/gtest.h>

#include "sim/explore/expect_schedules.h"

namespace {

const char* const kBooking = R"(race booking "One seat, many who want it"
setup { CREATE TABLE seat (id INT PRIMARY KEY, sold INT); INSERT INTO seat VALUES (1, 0); }
client buyer 2
step begin { BEGIN; }
step look { SELECT sold INTO @sold FROM seat WHERE id = 1 FOR UPDATE; }
step buy { IF @sold = 0 THEN UPDATE seat SET sold = sold + 1 WHERE id = 1; END IF; }
step commit { COMMIT; }
invariant "the seat is sold once" { SELECT sold = 1 FROM seat WHERE id = 1 }
)";

TEST(Booking, SellsTheSeatOnce) {
  EXPECT_HOLDS_FOR_ALL_SCHEDULES({.race = kBooking, .clients = {{"buyer", 3}}});
}

}  // namespace
