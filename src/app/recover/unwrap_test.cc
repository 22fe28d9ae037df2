// Integers that wrapped around: turned back, they are the pixels again.
#include "app/recover/unwrap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "app/step.h"
#include "app/test_support.h"

namespace whyzero::recover {
namespace {

using nlohmann::json;

/// What the steps make of the 256 values of a pixel, as sights of one memory.
Sights seen_by(const json& steps, const app::TensorInfo& tensor) {
  app::Value ramp;
  ramp.shape = {256, 1, 1};
  for (int v = 0; v < 256; ++v) ramp.bytes.push_back(static_cast<uint8_t>(v));
  EXPECT_TRUE(app::run_steps(ramp, steps, 0, steps.size(), tensor));
  Sights sights;
  sights.reading.dtype = tensor.dtype;
  sights.by_exhibit.resize(1);
  for (size_t v = 0; v < 256; ++v) {
    sights.by_exhibit[0].numbers.push_back(app::number_at(tensor.dtype, ramp.bytes.data(), v));
    sights.by_exhibit[0].places.push_back(static_cast<uint32_t>(v));
  }
  return sights;
}

/// Pixels that share a number cannot be told apart: the first of them stands for all.
bool gives_pixels(const Sight& sight, const Sight& before) {
  std::map<double, double> first;
  for (size_t v = 0; v < 256; ++v) first.emplace(before.numbers[v], double(v));
  for (size_t v = 0; v < 256; ++v)
    if (sight.numbers[v] != first[before.numbers[v]]) return false;
  return true;
}

TEST(Unwrap, GivesThePixelsBack) {
  const struct {
    const char* steps;
    DType dtype;
    float scale;
    int zero_point;
  } cases[] = {
      {R"([{"normalize": {"scale": 1, "offset": -128}}, {"cast": "uint8"}])", DType::kUInt8, 1 / 128.0f, 128},
      {R"([{"cast": "int8"}])", DType::kInt8, 1 / 128.0f, 0},
      {R"([{"quantize": "truncate"}])", DType::kInt8, 1, 0},
      {R"([{"normalize": {"scale": 0.00392156862745098, "offset": 0}}, {"quantize": "truncate"}])", DType::kInt8, 1 / 255.0f, 0},
  };
  for (const auto& one : cases) {
    const app::TensorInfo tensor = app::tensor_of(one.dtype, {1, 16, 16, 1}, one.scale, one.zero_point);
    const Sights sights = seen_by(json::parse(one.steps), tensor);
    const auto found = unwrapped(sights, tensor, 1);
    EXPECT_TRUE(std::any_of(found.begin(), found.end(), [&](const Sights& s) { return gives_pixels(s.by_exhibit[0], sights.by_exhibit[0]); })) << one.steps << " of " << found.size();
    for (const Sights& s : found) EXPECT_EQ(s.by_exhibit[0].places, sights.by_exhibit[0].places);
  }
}

TEST(Unwrap, HasNothingToDoForRealNumbers) {
  const app::TensorInfo tensor = app::tensor_of(DType::kFloat32, {1, 16, 16, 1});
  EXPECT_TRUE(unwrapped(seen_by(json::parse(R"([{"cast": "float32"}])"), tensor), tensor, 1).empty());
}

/// Every convention that wraps stands once: sights are looked at one by one.
TEST(Unwrap, EveryTableOnce) {
  const app::TensorInfo tensor = app::tensor_of(DType::kInt8, {1, 16, 16, 3}, 1 / 255.0f, 0);
  const auto found = unwrapped(seen_by(json::parse(R"([{"cast": "int8"}])"), tensor), tensor, 3);
  for (size_t i = 0; i < found.size(); ++i)
    for (size_t j = 0; j < i; ++j) EXPECT_FALSE(found[i].by_exhibit[0].numbers == found[j].by_exhibit[0].numbers);
}

}  // namespace
}  // namespace whyzero::recover
