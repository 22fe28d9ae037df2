// Dumps as consoles save them: prefixes, other messages in between, lost lines, and what hexdump and xxd print.
#include "app/hex_dump.h"

#include <gtest/gtest.h>

namespace whyzero::app {
namespace {

using Bytes = std::vector<uint8_t>;

// Adler-32 of 1, 2, 3, 4 is 0x0018000b, by hand: a = 1 + 10 = 11; b = 2 + 4 + 7 + 11 = 24.
constexpr char kDump[] =
    "boot v1.2\r\n"
    "11-27 12:00:00.000  99  99 D cam : WHYZERO begin in 0000 i1 1,4\r\n"
    "wifi: connected\r\n"
    "11-27 12:00:00.001  99  99 D cam : WHYZERO 00000000 0102\r\n"
    "11-27 12:00:00.001  99  99 D cam : WHYZERO 00000002 0304\r\n"
    "11-27 12:00:00.001  99  99 D cam : WHYZERO end in 0000 0018000b\r\n";

TEST(HexDump, ReadsThroughNoise) {
  const auto arrays = parse_dump(std::string("WHYZERO 00000040 ffff\n") + kDump + "WHYZERO begin in 0001 i1 1,4\nWHYZERO 00000000 0102\n" + kDump);
  ASSERT_TRUE(arrays) << arrays.error().text();
  ASSERT_EQ(arrays->size(), 2u) << "what was cut off at either side does not count";
  EXPECT_EQ((*arrays)[0].name, "in");
  EXPECT_EQ((*arrays)[0].sample, "0000");
  EXPECT_EQ((*arrays)[0].array.dtype, DType::kInt8);
  EXPECT_EQ((*arrays)[0].array.shape, (std::vector<int64_t>{1, 4}));
  EXPECT_EQ((*arrays)[0].array.data, (Bytes{1, 2, 3, 4}));
}

TEST(HexDump, BigEndianNumbersAreTurned) {
  const auto arrays = parse_dump("WHYZERO begin in 0000 >i2 2\nWHYZERO 00000000 01020304\nWHYZERO end in 0000 0018000b\n");
  ASSERT_TRUE(arrays) << arrays.error().text();
  EXPECT_EQ((*arrays)[0].array.data, (Bytes{2, 1, 4, 3}));
}

TEST(HexDump, LossIsSeen) {
  const auto error_of = [](std::string from, std::string to) {
    std::string log = kDump;
    log.replace(log.find(from), from.size(), to);
    const auto arrays = parse_dump(log);
    return arrays ? "none" : arrays.error().text();
  };
  EXPECT_NE(error_of("WHYZERO 00000000 0102", "WHYZ").find("line 5"), std::string::npos) << "a lost line";
  EXPECT_NE(error_of("0304", "0305").find("checksum"), std::string::npos);
  EXPECT_NE(error_of("0304", "03").find("3 of 4 bytes"), std::string::npos);
  EXPECT_NE(error_of("0304", "030405").find("hex digits"), std::string::npos);
  EXPECT_NE(error_of("i1 1,4", "q9 1,4").find("q9"), std::string::npos);
  EXPECT_NE(error_of("1,4", "1,-4").find("no shape"), std::string::npos);
  EXPECT_NE(error_of("i1 1,4", "i8 2147483647,2147483647,2147483647").find("too many"), std::string::npos);
}

TEST(HexDump, ALineShownTwiceAndColours) {
  const std::string once = "WHYZERO begin in 0000 i1 2,32\nWHYZERO 00000000 " + std::string(64, '0') + "\n";
  const std::string rest = "\x1b[0;32mI (7) cam: WHYZERO 00000020 " + std::string(64, '0') + "\x1b[0m\nWHYZERO end in 0000 00400001\n";
  const std::string line = "WHYZERO 00000000 " + std::string(64, '0') + "\n";
  const auto arrays = parse_dump(once + line + rest);
  ASSERT_TRUE(arrays) << arrays.error().text();
  ASSERT_EQ(arrays->size(), 1u);
  EXPECT_EQ(arrays->front().array.data, std::vector<uint8_t>(64, 0));
  EXPECT_FALSE(parse_dump(once + "WHYZERO 00000000 " + std::string(63, '0') + "1\n" + rest));
}

}  // namespace
}  // namespace whyzero::app
