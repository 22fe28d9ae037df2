#include "support/toy_frames.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "app/step.h"
#include "base/file.h"
#include "base/random.h"
#include "graph/builder.h"
#include "image/frame.h"
#include "support/toy_app.h"

namespace whyzero::toy {
namespace {

using nlohmann::json;

constexpr int kWidth = 24, kHeight = 16, kSide = 8, kClasses = 6, kSamples = 48;
constexpr double kContrast = 20, kNoise = 25;

double normal(Random& random) {
  const double u = 1 - random.uniform(), v = random.uniform();
  return std::sqrt(-2 * std::log(u)) * std::cos(2 * M_PI * v);
}

uint8_t byte(double level) { return static_cast<uint8_t>(std::clamp(std::lround(level), 0L, 255L)); }

/// Numbers of a class: for planes of light and chroma, or pixels of colours.
struct Pattern {
  std::vector<double> first, u, v;  // u and v at half the sides; empty for pixels of four bytes
};

bool is_yuv(const std::string& format) { return format != "rgba" && format != "bgra"; }

Pattern pattern_of(const std::string& format, Random& random) {
  const auto blocks = [&](size_t width, size_t height, size_t channels, double contrast) {
    std::vector<double> levels(4 * 4 * channels), plane;
    for (double& level : levels) level = 128 + contrast * normal(random);
    for (size_t y = 0; y < height; ++y)
      for (size_t x = 0; x < width; ++x)
        for (size_t c = 0; c < channels; ++c) plane.push_back(levels[(y * 4 / height * 4 + x * 4 / width) * channels + c]);
    return plane;
  };
  if (!is_yuv(format)) return {blocks(kWidth, kHeight, 4, kContrast / 4), {}, {}};
  return {blocks(kWidth, kHeight, 1, kContrast / 4), blocks(kWidth / 2, kHeight / 2, 1, kContrast), blocks(kWidth / 2, kHeight / 2, 1, kContrast)};
}

std::vector<uint8_t> frame_of(const CameraOptions& o, const Pattern& pattern, double noise, Random& random) {
  const auto noisy = [&](double level) { return byte(level + noise * normal(random)); };
  const bool yuv = is_yuv(o.format);
  const int tight = yuv ? kWidth : 4 * kWidth, row = o.row_bytes ? o.row_bytes : tight;
  std::vector<uint8_t> bytes;
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < tight; ++x) bytes.push_back(noisy(pattern.first[size_t(y * tight + x)]));
    bytes.resize(size_t(row) * size_t(y + 1));
  }
  if (!yuv) return bytes;
  const auto put = [&](const std::vector<double>& one, const std::vector<double>* other, int step) {
    for (int y = 0; y < kHeight / 2; ++y) {
      const size_t begin = bytes.size();
      for (int x = 0; x < kWidth / 2; ++x) {
        bytes.push_back(noisy(one[size_t(y * kWidth / 2 + x)]));
        if (other) bytes.push_back(noisy((*other)[size_t(y * kWidth / 2 + x)]));
      }
      bytes.resize(begin + size_t(step));
    }
  };
  if (o.format == "nv21") put(pattern.v, &pattern.u, row);
  if (o.format == "nv12") put(pattern.u, &pattern.v, row);
  if (o.format == "i420") put(pattern.u, nullptr, row / 2), put(pattern.v, nullptr, row / 2);
  return bytes;
}

std::vector<double> features_of(const CameraOptions& o, const std::vector<uint8_t>& frame, const json& pipeline) {
  const auto picture = image::decode_frame(frame, {*image::frame_format_from_name(o.format), kWidth, kHeight, o.row_bytes});
  EXPECT_TRUE(picture) << (picture ? "" : picture.error().text());
  app::Value value;
  value.shape = {kHeight, kWidth, 3};
  value.bytes = picture->data;
  EXPECT_TRUE(app::run_steps(value, pipeline, 0, pipeline.size(), {}));
  std::vector<double> features;
  for (size_t i = 0; i < value.elements(); ++i) features.push_back(value.as<float>()[i]);
  return features;
}

}  // namespace

Writer camera(const CameraOptions& options) {
  return [options](const Folder& folder) -> json {
    Random random(7);
    const json pipeline = json::array({resize(), normalize()});
    std::vector<Pattern> patterns;
    std::vector<std::vector<double>> means;
    double squares = 0;
    size_t count = 0;
    for (int c = 0; c < kClasses; ++c) {
      patterns.push_back(pattern_of(options.format, random));
      means.push_back(features_of(options, frame_of(options, patterns.back(), 0, random), pipeline));
      for (int i = 0; i < 8; ++i) {
        const std::vector<double> x = features_of(options, frame_of(options, patterns.back(), kNoise, random), pipeline);
        for (size_t j = 0; j < x.size(); ++j) squares += (x[j] - means.back()[j]) * (x[j] - means.back()[j]);
        count += x.size();
      }
    }
    std::vector<float> weights, bias;
    for (const auto& mean : means) {
      double square = 0;
      for (double m : mean) {
        square += m * m;
        weights.push_back(static_cast<float>(m * double(count) / squares));
      }
      bias.push_back(static_cast<float>(-square / 2 * double(count) / squares));
    }
    graph::ModelBuilder b;
    const int x = b.input("image", DType::kFloat32, {1, kSide, kSide, 3});
    const int w = b.constant<float>("w", {kClasses, kSide * kSide * 3}, weights), shift = b.constant<float>("b", {kClasses}, bias);
    const int logits = b.tensor("logits", DType::kFloat32, {1, kClasses}), y = b.tensor("y", DType::kFloat32, {1, kClasses});
    b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w, shift}, {logits}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
    b.node(schema::BuiltinOperator_SOFTMAX, {logits}, {y}, [](auto& f) { return schema::CreateSoftmaxOptions(f, 1.0f); });
    b.output(y);
    EXPECT_TRUE(write_file(folder / "model.tflite", b.bytes()));
    json files = json::array();
    std::string truth = "sample,label\n";
    for (int i = 0; i < kSamples; ++i) {
      const std::string name = std::to_string(100 + i) + ".yuv";
      EXPECT_TRUE(write_file(folder / name, frame_of(options, patterns[size_t(i % kClasses)], kNoise, random)));
      files.push_back(name);
      truth += name + "," + std::to_string(i % kClasses) + "\n";
    }
    EXPECT_TRUE(write_file(folder / "truth.csv", {reinterpret_cast<const uint8_t*>(truth.data()), truth.size()}));
    json frames = {{"files", files}, {"format", options.format}, {"width", kWidth}, {"height", kHeight}};
    if (options.row_bytes) frames["row_bytes"] = options.row_bytes;
    return {{"whyzero", 1}, {"model", "model.tflite"}, {"input", {{"frames", frames}, {"pipeline", pipeline}}}, {"output", {{"decode", json::array({{{"argmax", json::object()}}})}}}, {"truth", "truth.csv"}};
  };
}

}  // namespace whyzero::toy
