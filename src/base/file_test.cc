// Files in and out: every byte, no half-written file, errors that say which kind.
#include "base/file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "support/folder.h"

namespace whyzero {
namespace {

namespace fs = std::filesystem;

TEST(File, ReadsWhatWasWritten) {
  const toy::Folder folder;
  std::vector<uint8_t> bytes(200'000);  // several blocks
  std::iota(bytes.begin(), bytes.end(), uint8_t{0});
  const fs::path path = folder / "deep/er/bytes.bin";
  ASSERT_TRUE(write_file(path, bytes));
  EXPECT_EQ(*read_file(path), bytes);
  ASSERT_TRUE(write_text(path, std::string_view("a\0\r\n", 4)));
  EXPECT_EQ(*read_text(path), std::string("a\0\r\n", 4));
  ASSERT_TRUE(write_text(path, ""));
  EXPECT_TRUE(read_file(path)->empty());
  EXPECT_EQ(std::distance(fs::directory_iterator(path.parent_path()), {}), 1) << "a temporary was left behind";
}

TEST(File, SaysWhyItCannotRead) {
  const toy::Folder folder;
  const auto none = read_file(folder / "none");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kNotFound);
  EXPECT_NE(none.error().message.find("none"), std::string::npos);
  EXPECT_EQ(read_text(folder.path()).error().code, ErrorCode::kIo);
}

TEST(File, WaitsForNoPipeAndReadsNoDevice) {
  const auto device = read_file("/dev/zero");
  ASSERT_FALSE(device);
  EXPECT_NE(device.error().message.find("/dev/zero is a pipe or a device"), std::string::npos);
}

TEST(File, AFailedWriteLeavesTheOldFile) {
  const toy::Folder folder;
  ASSERT_TRUE(write_text(folder / "plain", "old"));
  EXPECT_FALSE(write_text(folder / "plain" / "below", "new"));
  EXPECT_EQ(*read_text(folder / "plain"), "old");
  ASSERT_TRUE(fs::create_directory(folder / "busy"));
  ASSERT_TRUE(write_text(folder / "busy/file", "x"));
  EXPECT_FALSE(write_text(folder / "busy", "new")) << "a folder that is not empty cannot be replaced";
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 2) << "a temporary was left behind";
}

}  // namespace
}  // namespace whyzero
