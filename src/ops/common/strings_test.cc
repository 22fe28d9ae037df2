#include "ops/common/strings.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

namespace whyzero::ops {
namespace {

TEST(StringsTest, BufferIsThatOfTheFormat) {
  std::vector<uint8_t> buffer;
  ASSERT_TRUE(write_strings(std::vector<std::string>{"ab", "", "c"}, buffer));
  const int32_t head[] = {3, 20, 22, 22, 23};  // count, offsets from the start, end
  ASSERT_EQ(buffer.size(), sizeof head + 3);
  EXPECT_EQ(std::memcmp(buffer.data(), head, sizeof head), 0);
  EXPECT_EQ(std::memcmp(buffer.data() + sizeof head, "abc", 3), 0);
  auto read = read_strings(buffer);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, (std::vector<std::string_view>{"ab", "", "c"}));
}

TEST(StringsTest, CountMustFitTheShape) {
  std::vector<uint8_t> buffer;
  ASSERT_TRUE(write_strings(std::vector<std::string>{"ab", "c"}, buffer));
  Tensor tensor;
  tensor.dtype = DType::kString;
  tensor.data = buffer.data();
  tensor.bytes = buffer.size();
  tensor.shape = {2, 1};
  EXPECT_TRUE(read_strings(tensor));
  tensor.shape = {3};
  ASSERT_FALSE(read_strings(tensor));
  EXPECT_EQ(read_strings(tensor).error().code, ErrorCode::kMalformed);
}

TEST(StringsTest, DamagedBuffersAreRefusedOrStayInside) {
  std::vector<uint8_t> sound;
  ASSERT_TRUE(write_strings(std::vector<std::string>{"abc", "defg", ""}, sound));
  for (size_t length = 1; length < sound.size(); ++length) EXPECT_FALSE(read_strings(std::span(sound).first(length))) << length;
  std::mt19937 random(3);
  for (int turn = 0; turn < 20000; ++turn) {
    std::vector<uint8_t> damaged = sound;
    for (int k = 0; k < 2; ++k) damaged[random() % 20] = static_cast<uint8_t>(random());
    const auto read = read_strings(damaged);
    if (!read) continue;
    for (const std::string_view text : *read) {
      const auto* begin = reinterpret_cast<const uint8_t*>(text.data());
      EXPECT_TRUE(begin >= damaged.data() && begin + text.size() <= damaged.data() + damaged.size());
    }
  }
}

}  // namespace
}  // namespace whyzero::ops
