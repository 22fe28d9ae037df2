// Random pipelines of the steps that photos can take, for the tests of recover.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "app/recover/geometry.h"
#include "app/test_support.h"
#include "base/random.h"

namespace whyzero::recover {

/// Draws pipelines as apps have them: every step of the spec that photos can take.
class Draw {
 public:
  explicit Draw(uint64_t seed) : random_(seed) {}

  app::TensorInfo tensor() {
    using app::tensor_of;
    const int height = pick({24, 32, 40, 48, 64, 96}), width = chance(0.2) ? pick({24, 32, 56, 80}) : height;
    channels_ = chance(0.1) ? 1 : chance(0.1) ? 4 : 3;
    height_ = height, width_ = width;
    const double kind = random_.uniform();
    const std::vector<int32_t> shape = {1, height, width, channels_};
    if (kind < 0.6) return tensor_of(DType::kFloat32, shape);
    const bool sign = kind < 0.8;
    const float scale = chance(0.5) ? 1 / 127.5f : chance(0.5) ? 1 / 255.0f : 0.0186f;
    return tensor_of(sign ? DType::kInt8 : DType::kUInt8, shape, scale, (scale == 1 / 255.0f ? 0 : 128) - (sign ? 128 : 0));
  }

  nlohmann::json pipeline(const app::TensorInfo& tensor) {
    nlohmann::json steps = nlohmann::json::array();
    if (chance(0.1)) steps.push_back({{"decode", {{"like", "tensorflow"}}}});
    const Resizer resizer = all_resizers()[random_.below(all_resizers().size())];
    append(steps, with_method(geometry(), resizer.method, resizer.library));
    if (chance(0.3)) append(steps, turn());
    if (channels_ == 1) steps.push_back({{"channels", "gray"}});
    if (channels_ == 4) steps.push_back({{"channels", word({"rgba", "bgra", "argb"})}});
    if (channels_ == 3 && chance(0.4)) steps.push_back({{"channels", word({"bgr", "bgr", "gray3"})}});
    const bool real = resizer.library.starts_with("tensorflow") && resizer.method != "nearest";
    const double memory = random_.uniform();
    const int row = width_ * channels_;
    if (memory < 0.06 && !real) {
      if (tensor.dtype == DType::kFloat32) {
        steps.push_back({{"reinterpret", "float32"}});
        return steps;
      }
      steps.push_back({{"normalize", {{"scale", 1 / 255.0}, {"offset", 0}}}});
      steps.push_back({{"reinterpret", dtype_name(tensor.dtype)}});
      return steps;
    }
    if (memory < 0.14 && !real) steps.push_back({{"stride_bug", {{"row_bytes", row + channels_ * pick({1, 2, 4, 8})}}}});
    numbers(steps, tensor);
    if (memory > 0.92) steps.push_back({{"layout", "nchw"}});
    else if (memory > 0.87 && tensor.dtype == DType::kFloat32) steps.push_back({{"byte_order", "big"}});
    else if (memory > 0.82) steps.push_back({{"stride_bug", {{"row_bytes", static_cast<int>(dtype_size(tensor.dtype)) * (row + pick({4, 16}))}}}});
    return steps;
  }

 private:
  bool chance(double p) { return random_.uniform() < p; }
  int pick(std::vector<int> list) { return list[random_.below(list.size())]; }
  std::string word(std::vector<std::string> list) { return list[random_.below(list.size())]; }
  double decimals(double low, double high, double unit) { return std::round((low + (high - low) * random_.uniform()) / unit) * unit; }
  static void append(nlohmann::json& steps, const nlohmann::json& more) {
    for (const nlohmann::json& step : more) steps.push_back(step);
  }

  nlohmann::json geometry() {
    const nlohmann::json size = {{"resize", {{"width", width_}, {"height", height_}}}}, square = {{"crop", {{"square", true}}}};
    const auto central = [](double f) { return nlohmann::json{{"crop", {{"central", f}}}}; };
    const int side = std::max(width_, height_);
    switch (random_.below(11)) {
      case 0: return nlohmann::json::array({square, size});
      case 1: return nlohmann::json::array({square, central(0.875), size});
      case 2: return nlohmann::json::array({central(0.875), size});
      case 3: return nlohmann::json::array({central(std::round((0.45 + 0.5 * random_.uniform()) * 100) / 100), size});
      case 4: return nlohmann::json::array({{{"letterbox", {{"width", width_}, {"height", height_}, {"fill", pick({0, 114, 128, 255, 37})}}}}});
      case 5: return nlohmann::json::array({{{"resize", {{"shorter", side + pick({0, 4, 8, 14})}}}}, {{"crop", {{"center", {width_, height_}}}}}});
      case 6: {
        const int k = side + pick({4, 8, 16});
        return nlohmann::json::array({{{"resize", {{"width", k}, {"height", k}}}}, {{"crop", {{"box", {pick({0, 1, 4}), pick({0, 2, 4}), width_, height_}}}}}});
      }
      case 7: return nlohmann::json::array({{{"crop", {{"box", {pick({0, 7, 20}), pick({0, 3, 13}), 97 + pick({0, 5}), 96 + pick({0, 3})}}}}}, size});
      default: return nlohmann::json::array({size});
    }
  }

  nlohmann::json turn() {
    const std::vector<nlohmann::json> turns = {{{"flip", "horizontal"}}, {{"flip", "vertical"}}, {{"rotate", 180}}, {{"rotate", 90}}, {{"rotate", 270}}};
    return nlohmann::json::array({turns[random_.below(width_ == height_ ? 5 : 3)]});
  }

  nlohmann::json list(double low, double high, double unit) {
    nlohmann::json numbers = nlohmann::json::array();
    for (int c = 0; c < channels_; ++c) numbers.push_back(decimals(low, high, unit));
    return numbers;
  }

  void numbers(nlohmann::json& steps, const app::TensorInfo& tensor) {
    const bool real = tensor.dtype == DType::kFloat32;
    switch (random_.below(real ? 9 : 5)) {
      case 0: steps.push_back({{"normalize", {{"scale", 1 / 255.0}, {"offset", 0}}}}); break;
      case 1: steps.push_back({{"normalize", {{"scale", 1 / 127.5}, {"offset", -1}}}}); break;
      case 2: steps.push_back({{"normalize", {{"mean", 127.5}, {"std", 127.5}}}}); break;
      case 3: steps.push_back({{"normalize", {{"scale", 1}, {"offset", -128}}}}); break;
      case 5: steps.push_back({{"normalize", {{"mean", list(90, 140, 0.001)}, {"std", list(40, 80, 0.001)}}}}); break;
      case 6: steps.push_back({{"normalize", {{"scale", decimals(0.002, 0.03, 0.0001)}, {"offset", decimals(-3, 3, 0.01)}}}}); break;
      case 7:
        steps.push_back({{"normalize", {{"scale", 1 / 255.0}, {"offset", 0}}}});
        steps.push_back({{"normalize", {{"mean", list(0.3, 0.6, 0.001)}, {"std", list(0.2, 0.3, 0.001)}}}});
        break;
      case 8: steps.push_back({{"normalize", {{"mean", list(90, 140, 0.001)}, {"std", 1}}}}); break;
      default: break;
    }
    if (real) steps.push_back({{"cast", "float32"}});
    else if (chance(0.5)) steps.push_back({{"quantize", word({"affine", "affine", "truncate"})}});
    else if (steps.back() == nlohmann::json{{"normalize", {{"scale", 1}, {"offset", -128}}}} || !steps.back().contains("normalize"))
      steps.push_back({{"cast", dtype_name(tensor.dtype)}});  // a cast of -1…1 would leave nothing of the photo
    else steps.push_back({{"quantize", "affine"}});
  }

  Random random_;
  int height_ = 0, width_ = 0, channels_ = 3;
};

}  // namespace whyzero::recover
