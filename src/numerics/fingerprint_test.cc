#include "numerics/fingerprint.h"

#include <gtest/gtest.h>

#include <string>

namespace whyzero {
namespace {

uint64_t of(const std::string& text) { return fingerprint64({reinterpret_cast<const uint8_t*>(text.data()), text.size()}); }

/// Values that others publish for the same function (FARM_FINGERPRINT of BigQuery's manual).
TEST(FingerprintTest, PublishedValues) {
  EXPECT_EQ(static_cast<int64_t>(of("1footrue")), -1541654101129638711);
  EXPECT_EQ(static_cast<int64_t>(of("2applefalse")), 2794438866806483259);
  EXPECT_EQ(static_cast<int64_t>(of("3true")), -4880158226897771312);
  EXPECT_EQ(of(""), 0x9ae16a3b2f90404fu);
}

/// Every range of lengths has code of its own: neighbours and prefixes must not collide.
TEST(FingerprintTest, EveryByteCounts) {
  for (size_t n : {1u, 4u, 7u, 8u, 16u, 17u, 32u, 33u, 64u, 65u, 128u, 200u}) {
    const std::string text(n, 'a');
    for (size_t k = 0; k < n; ++k) {
      std::string other = text;
      other[k] = 'b';
      EXPECT_NE(of(text), of(other)) << n << " bytes, byte " << k;
    }
    EXPECT_NE(of(text), of(text + "a")) << n;
  }
}

}  // namespace
}  // namespace whyzero
