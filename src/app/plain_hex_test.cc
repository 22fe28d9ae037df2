#include "app/plain_hex.h"

#include <gtest/gtest.h>

namespace whyzero::app {
namespace {

using Bytes = std::vector<uint8_t>;

TEST(PlainHex, WhatToolsPrint) {
  const Bytes expected = {0x7f, 0x80, 0x00, 0xff, 0x10, 0x20};
  for (const char* text : {"7f 80 00 ff 10 20\n", "7f8000ff1020", "0x7f, 0x80, 0x00,\n0xff, 0x10, 0x20};", "00000000: 7f80 00ff  ....\n00000004: 1020       . \n",
                           "00000000  7f 80 00 ff 10 20                                 |..... |\n00000006\n"}) {
    const auto bytes = parse_plain_hex(text);
    ASSERT_TRUE(bytes) << text << bytes.error().text();
    EXPECT_EQ(*bytes, expected) << text;
  }
  EXPECT_FALSE(parse_plain_hex("7f 8"));
  EXPECT_FALSE(parse_plain_hex("hello world"));
}

/// 40 bytes that count from 0x70, as tools print them. The texts are what the tools named print for such a file.
Bytes counted() {
  Bytes bytes;
  for (uint8_t i = 0; i < 40; ++i) bytes.push_back(static_cast<uint8_t>(0x70 + i));
  return bytes;
}

TEST(PlainHex, WhatLogsAddToTheRows) {
  const std::string rows[] = {"70 71 72 73 74 75 76 77 78 79 7a 7b 7c 7d 7e 7f", "80 81 82 83 84 85 86 87 88 89 8a 8b 8c 8d 8e 8f", "90 91 92 93 94 95 96 97"};
  const auto log = [&](std::string a, std::string b, std::string c) { return a + rows[0] + "\n" + b + rows[1] + "\n" + c + rows[2] + "\n"; };
  const std::string logs[] = {
      log("12:34:56.789 -> ", "12:34:56.790 -> ", "12:34:56.791 -> "),                       // Arduino's serial monitor
      log("[2026-11-28 10:00:00] ", "[2026-11-28 10:00:00] ", "[2026-11-28 10:00:01] "),
      log("I (1234) cam: ", "I (1235) cam: ", "I (1236) cam: "),                                // ESP_LOG_BUFFER_HEX
      log("11-28 10:00:00.003  4242  4243 D Classifier: ", "", "D/Classifier( 4242): "),          // logcat
      log("0x0000: ", "0x0010: ", "0x0020: "),
      log("0x3ffb4000   ", "0x3ffb4010   ", "0x3ffb4020   "),
      log("0000: ", "0016: ", "0032: "),                                                          // counted in decimal
      log("booting 7 of 12\n", "W wifi: beacon timeout, code 4242\n", "") + "done.\n",
      log("\xEF\xBB\xBF", "\x1b[0;32m", ""),
  };
  for (const std::string& text : logs) {
    const auto bytes = parse_plain_hex(text);
    ASSERT_TRUE(bytes) << text << bytes.error().text();
    EXPECT_EQ(*bytes, counted()) << text;
  }
}

TEST(PlainHex, OtherTools) {
  const Bytes expected = {0x7f, 0x80, 0x00, 0xff, 0x10, 0x20};
  for (const char* text : {"const unsigned char in[] = {\n  0x7f, 0x80, 0x00, 0xff, 0x10, 0x20\n};\nunsigned int in_len = 6;\n", "{0x7f,0x80,0x00,0xff,0x10,0x20}",
                           "\"\\x7f\\x80\\x00\\xff\\x10\\x20\"", "7f:80:00:ff:10:20", "7F-80-00-FF-10-20\r\n", "7Fh 80h 00h FFh 10h 20h",
                           "0000000 807f ff00 2010\n0000006\n",         // hexdump, od -x
                           "0000000 7f 80 00 ff 10 20\n0000006\n"}) {  // od -t x1
    const auto bytes = parse_plain_hex(text);
    ASSERT_TRUE(bytes) << text << bytes.error().text();
    EXPECT_EQ(*bytes, expected) << text;
  }
}

TEST(PlainHex, RowsThatAreLeftOut) {
  const auto repeated = parse_plain_hex("00000000  01 02\n00000002  03 04\n*\n00000008  05 06\n0000000a\n");
  ASSERT_TRUE(repeated) << repeated.error().text();
  EXPECT_EQ(*repeated, (Bytes{1, 2, 3, 4, 3, 4, 3, 4, 5, 6}));
  const auto message = [](std::string_view text) {
    const auto bytes = parse_plain_hex(text);
    return bytes ? std::string("read") : bytes.error().text();
  };
  EXPECT_NE(message("0000: 01 02\n0002: 03 04\n0006: 05 06\n").find("line 3: bytes 4 to 6 are missing"), std::string::npos);
  EXPECT_NE(message("0000: 01 02\n0002: 03 04\n0000: 05 06\n").find("a file of its own"), std::string::npos);
  EXPECT_NE(message("01 02 03 04 0x 06").find("\"0x\" is no pair"), std::string::npos) << message("01 02 03 04 0x 06");
  EXPECT_NE(message("12, 10, 34, 56, -7, 12").find("%02x"), std::string::npos);
  EXPECT_NE(message("").find("no rows of hex digits"), std::string::npos);
  EXPECT_EQ(parse_plain_hex("00000000  01 02\n*\nffffffff  05 06\n")->size(), 4u);  // no memory for what only an address claims
}

}  // namespace
}  // namespace whyzero::app
