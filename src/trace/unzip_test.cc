// Zips in memory: what is in them, and what is refused.
#include "trace/unzip.h"

#include <gtest/gtest.h>

#include "support/toy_metadata.h"

namespace whyzero::trace {
namespace {

using Bytes = std::vector<uint8_t>;

TEST(Unzip, GivesTheFiles) {
  const auto files = unzip(toy::with_zip({}, {{"a.txt", "one\ntwo\n"}, {"b", ""}}));
  ASSERT_TRUE(files) << files.error().text();
  ASSERT_EQ(files->size(), 2u);
  EXPECT_EQ(files->at("a.txt"), Bytes({'o', 'n', 'e', '\n', 't', 'w', 'o', '\n'}));
  EXPECT_TRUE(files->at("b").empty());
}

TEST(Unzip, RefusesWhatPassesTheLimits) {
  const Bytes zip = toy::with_zip({}, {{"a", std::string(100, 'x')}, {"b", std::string(100, 'y')}});
  EXPECT_TRUE(unzip(zip, {.entries = 2, .entry_bytes = 100, .total_bytes = 200}));
  for (const UnzipLimits& limits : {UnzipLimits{1, 100, 200}, UnzipLimits{2, 99, 200}, UnzipLimits{2, 100, 199}}) {
    const auto files = unzip(zip, limits);
    ASSERT_FALSE(files);
    EXPECT_EQ(files.error().code, ErrorCode::kOutOfMemory) << files.error().text();
  }
}

TEST(Unzip, RefusesWhatIsNoZip) {
  for (const Bytes& bytes : {Bytes{}, Bytes(100, 0), Bytes{'P', 'K', 3, 4}}) EXPECT_FALSE(unzip(bytes)) << bytes.size();
  Bytes zip = toy::with_zip({}, {{"a", "content"}});
  zip[32] ^= 1;  // the checksum of the content no longer fits
  EXPECT_FALSE(unzip(zip));
}

}  // namespace
}  // namespace whyzero::trace
