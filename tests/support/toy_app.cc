#include "support/toy_app.h"

#include <gtest/gtest.h>
#include <png.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "app/app.h"
#include "app/evaluate.h"
#include "app/step.h"
#include "base/file.h"
#include "base/random.h"
#include "diagnosis/diagnose.h"
#include "evidence/search.h"
#include "graph/builder.h"
#include "graph/tflite_reader.h"

namespace whyzero::toy {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;
using graph::ModelBuilder;

struct Picture {
  int width, height;
  std::vector<uint8_t> rgb;
};

double normal(Random& random) {
  const double u = 1 - random.uniform(), v = random.uniform();
  return std::sqrt(-2 * std::log(u)) * std::cos(2 * M_PI * v);
}

/// 8 by 8 blocks of colours around gray.
std::vector<double> pattern_of(const Options& o, Random& random) {
  std::vector<double> blocks(8 * 8 * 3);
  for (double& block : blocks) block = 128 + o.contrast * normal(random);
  std::vector<double> pattern;
  for (int y = 0; y < o.height; ++y)
    for (int x = 0; x < o.width; ++x)
      for (int c = 0; c < 3; ++c) pattern.push_back(blocks[static_cast<size_t>((y * 8 / o.height * 8 + x * 8 / o.width) * 3 + c)]);
  return pattern;
}

Picture photo_of(const Options& o, const std::vector<double>& pattern, double noise, Random& random) {
  Picture picture{o.width, o.height, {}};
  for (double level : pattern)
    picture.rgb.push_back(static_cast<uint8_t>(std::clamp(std::lround(level + noise * normal(random)), 0L, 255L)));
  for (size_t i = 0; o.deep && i < picture.rgb.size(); i += 3) picture.rgb[i + 1] = picture.rgb[i + 2] = picture.rgb[i];
  return picture;
}

void append(std::vector<uint8_t>& bytes, uint32_t value, int count) {
  for (int i = 0; i < count; ++i) bytes.push_back(static_cast<uint8_t>(value >> 8 * i));
}

std::vector<uint8_t> bmp_of(const Picture& p) {
  const auto row = static_cast<uint32_t>((p.width * 3 + 3) / 4 * 4), size = row * static_cast<uint32_t>(p.height);
  std::vector<uint8_t> bytes = {'B', 'M'};
  for (uint32_t value : {54 + size, 0u, 54u, 40u, static_cast<uint32_t>(p.width), static_cast<uint32_t>(p.height)}) append(bytes, value, 4);
  append(bytes, 1, 2);
  append(bytes, 24, 2);
  for (uint32_t value : {0u, size, 2835u, 2835u, 0u, 0u}) append(bytes, value, 4);
  for (int y = p.height - 1; y >= 0; --y) {
    for (int x = 0; x < p.width; ++x)
      for (int c = 2; c >= 0; --c) bytes.push_back(p.rgb[static_cast<size_t>((y * p.width + x) * 3 + c)]);
    bytes.resize(54 + row * static_cast<uint32_t>(p.height - y));
  }
  return bytes;
}

/// The picture turned by 90 degrees against the clock, with the EXIF orientation that says so (6: turn clockwise to show).
std::vector<uint8_t> sideways_png_of(const Picture& p) {
  std::vector<uint8_t> turned;
  for (int y = 0; y < p.width; ++y)
    for (int x = 0; x < p.height; ++x)
      for (int c = 0; c < 3; ++c) turned.push_back(p.rgb[static_cast<size_t>((x * p.width + p.width - 1 - y) * 3 + c)]);
  std::vector<uint8_t> bytes, exif = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(png, &bytes, [](png_structp writer, png_bytep data, png_size_t size) {
    auto* out = static_cast<std::vector<uint8_t>*>(png_get_io_ptr(writer));
    out->insert(out->end(), data, data + size);
  }, nullptr);
  png_set_IHDR(png, info, static_cast<uint32_t>(p.height), static_cast<uint32_t>(p.width), 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_eXIf_1(png, info, static_cast<uint32_t>(exif.size()), exif.data());
  png_write_info(png, info);
  for (int y = 0; y < p.width; ++y) png_write_row(png, &turned[static_cast<size_t>(y * p.height * 3)]);
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return bytes;
}

/// The first channel as a gray picture of 16 bits; its low bytes repeat the high ones.
std::vector<uint8_t> deep_png_of(const Picture& p) {
  std::vector<uint8_t> bytes, gray;
  for (size_t i = 0; i < p.rgb.size(); i += 3) gray.insert(gray.end(), 2, p.rgb[i]);
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(png, &bytes, [](png_structp writer, png_bytep data, png_size_t size) {
    auto* out = static_cast<std::vector<uint8_t>*>(png_get_io_ptr(writer));
    out->insert(out->end(), data, data + size);
  }, nullptr);
  png_set_IHDR(png, info, static_cast<uint32_t>(p.width), static_cast<uint32_t>(p.height), 16, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  for (int y = 0; y < p.height; ++y) png_write_row(png, &gray[static_cast<size_t>(y * p.width * 2)]);
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return bytes;
}

/// What the model's first FULLY_CONNECTED sees of a photo: the healthy pipeline and what the graph does before.
std::vector<double> features_of(const Options& o, const Picture& picture) {
  app::Value value;
  value.shape = {picture.height, picture.width, 3};
  value.bytes = picture.rgb;
  app::TensorInfo tensor;
  tensor.dtype = o.dtype;
  tensor.shape = o.shape;
  tensor.scale = o.scale;
  tensor.zero_point = o.zero_point;
  json pipeline = json::array();
  for (const json& step : o.pipeline)
    if (!step.contains("exif") && !step.contains("decode")) pipeline.push_back(step);  // the picture is upright here
  const auto run = app::run_steps(value, pipeline, 0, pipeline.size(), tensor);
  EXPECT_TRUE(run) << run.error().text();
  std::vector<double> features;
  for (size_t i = 0; i < value.elements(); ++i) {
    double x = app::number_at(value.dtype, value.bytes.data(), i);
    if (o.dtype != DType::kFloat32) x = (x - o.zero_point) * o.scale;
    features.push_back(o.rescales_inside ? x / 127.5 - 1 : x);
  }
  return features;
}

struct Linear {
  std::vector<float> weights, bias;
};

/// log p(x | class) up to a constant, for noise of equal variance around each class's mean: (m·x - m²/2) / variance.
Linear fitted(const Options& o, const std::vector<std::vector<double>>& patterns, Random& random) {
  std::vector<std::vector<double>> means;
  double squares = 0;
  size_t count = 0;
  for (const auto& pattern : patterns) {
    means.push_back(features_of(o, photo_of(o, pattern, 0, random)));
    for (int i = 0; i < 8; ++i) {
      const std::vector<double> x = features_of(o, photo_of(o, pattern, o.noise, random));
      for (size_t j = 0; j < x.size(); ++j) squares += (x[j] - means.back()[j]) * (x[j] - means.back()[j]);
      count += x.size();
    }
  }
  const double variance = squares / static_cast<double>(count);
  Linear linear;
  for (const auto& mean : means) {
    double square = 0;
    for (double m : mean) {
      square += m * m;
      linear.weights.push_back(static_cast<float>(m / variance));
    }
    linear.bias.push_back(static_cast<float>(-square / 2 / variance));
  }
  if (!o.one_unit) return linear;
  const size_t n = means[0].size();
  for (size_t j = 0; j < n; ++j) linear.weights[j] = linear.weights[n + j] - linear.weights[j];
  linear.weights.resize(n);
  linear.bias = {linear.bias[1] - linear.bias[0]};
  return linear;
}

std::vector<uint8_t> model_of(const Options& o, const Linear& linear) {
  const auto outputs = static_cast<int32_t>(linear.bias.size()), inputs = static_cast<int32_t>(linear.weights.size()) / outputs;
  ModelBuilder b;
  int x = b.input("image", o.dtype, o.shape, o.scale > 0 ? graph::quantized(o.scale, o.zero_point) : graph::Quantization{});
  const auto next = [&](const char* name) { return b.tensor(name, DType::kFloat32, o.shape); };
  if (o.dtype != DType::kFloat32) {
    const int real = next("image/real");
    b.node(schema::BuiltinOperator_DEQUANTIZE, {x}, {real}, [](auto& f) { return schema::CreateDequantizeOptions(f); });
    x = real;
  }
  if (o.rescales_inside) {
    const int scaled = next("rescaling/mul"), shifted = next("rescaling/add");
    b.node(schema::BuiltinOperator_MUL, {x, b.constant<float>("rescaling/scale", {1}, {1 / 127.5f})}, {scaled},
           [](auto& f) { return schema::CreateMulOptions(f); });
    b.node(schema::BuiltinOperator_ADD, {scaled, b.constant<float>("rescaling/offset", {1}, {-1})}, {shifted},
           [](auto& f) { return schema::CreateAddOptions(f); });
    x = shifted;
  }
  const int weights = b.constant<float>("dense/kernel", {outputs, inputs}, linear.weights);
  const int bias = b.constant<float>("dense/bias", {outputs}, linear.bias);
  const int logits = b.tensor("dense/logits", DType::kFloat32, {1, outputs});
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, weights, bias}, {logits},
         [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  int last = logits;
  if (o.one_unit) {
    last = b.tensor("probability", DType::kFloat32, {1, 1});
    b.node(schema::BuiltinOperator_LOGISTIC, {logits}, {last});
  }
  b.output(last);
  return b.bytes();
}

std::string label_of(int k) { return std::string(1, static_cast<char>('a' + k)) + "-thing"; }

}  // namespace

json resize(const char* method, const char* library, int size) {
  return {{"resize", {{"width", size}, {"height", size}, {"method", method}, {"library", library}}}};
}

json normalize(double scale, double offset) { return {{"normalize", {{"scale", scale}, {"offset", offset}}}}; }

App::App(Options options) : options_(std::move(options)) {
  Random random(options_.seed);
  std::vector<std::vector<double>> patterns;
  json labels = json::array();
  for (int k = 0; k < options_.classes; ++k) {
    patterns.push_back(pattern_of(options_, random));
    labels.push_back(label_of(k));
  }
  const Linear linear = fitted(options_, patterns, random);
  EXPECT_TRUE(write_file(folder_ / "model.tflite", model_of(options_, linear)));
  std::string truth = "sample,label\n";
  for (int i = 0; i < options_.samples; ++i) {
    const int k = i % options_.classes;
    const Picture photo = photo_of(options_, patterns[static_cast<size_t>(k)], options_.noise, random);
    const std::string name = "photos/" + std::to_string(100 + i) + (options_.exif || options_.deep ? ".png" : ".bmp");
    EXPECT_TRUE(write_file(folder_ / name, options_.exif ? sideways_png_of(photo) : options_.deep ? deep_png_of(photo) : bmp_of(photo)));
    truth += name + "," + label_of(k) + "\n";
  }
  EXPECT_TRUE(write_text(folder_ / "truth.csv", truth));
  json decode = json::array({{{"argmax", json::object()}}});
  if (options_.one_unit) decode = json::array({{{"threshold", 0.5}}});
  document_ = {{"whyzero", 1},
               {"model", "model.tflite"},
               {"input", {{"images", "photos"}, {"pipeline", options_.pipeline}}},
               {"output", {{"labels", labels}, {"decode", decode}}},
               {"truth", "truth.csv"}};
}

json App::with(const std::string& pointer, json value) const {
  json changed = document_;
  changed[json::json_pointer(pointer)] = std::move(value);
  return changed;
}

json App::with_pipeline(json pipeline) const { return with("/input/pipeline", std::move(pipeline)); }

json App::with_model(const std::string& name, const std::vector<uint8_t>& bytes) const {
  EXPECT_TRUE(write_file(folder_ / name, bytes));
  return with("/model", name);
}

const diagnosis::Diagnosis& App::diagnose(const json& document) const {
  const auto [it, is_new] = diagnoses_.try_emplace(document.dump());
  if (is_new) {
    auto diagnosed = diagnosis::diagnose_document(document, folder_.path(), {.threads = 2, .seed = 1});
    EXPECT_TRUE(diagnosed) << diagnosed.error().text();
    if (diagnosed) it->second = std::move(*diagnosed);
  }
  return it->second;
}

std::optional<double> App::value(const json& document) const {
  const auto parsed = app::parse_app(document, folder_.path());
  EXPECT_TRUE(parsed) << parsed.error().text();
  if (!parsed) return std::nullopt;
  const auto reading = graph::read_tflite(parsed->model);
  if (!reading || !reading->model) return std::nullopt;
  const auto evaluation = app::evaluate(*parsed, reading->model, {.threads = 1});
  if (!evaluation) return std::nullopt;
  return evaluation->scored.value;
}

diagnosis::Diagnosis diagnose_model(const std::vector<uint8_t>& bytes) {
  const Folder folder;
  EXPECT_TRUE(write_file(folder / "model.tflite", bytes));
  auto diagnosed = diagnosis::diagnose_model(folder / "model.tflite", {.threads = 1});
  EXPECT_TRUE(diagnosed) << diagnosed.error().text();
  return diagnosed ? std::move(*diagnosed) : diagnosis::Diagnosis{};
}

const App& standard() {
  static const App app;
  return app;
}

const evidence::Finding* find(const diagnosis::Diagnosis& diagnosis, const std::string& code) {
  for (const evidence::Finding& finding : diagnosis.findings)
    if (finding.code == code) return &finding;
  return nullptr;
}

std::string loud_codes(const diagnosis::Diagnosis& diagnosis) {
  std::string codes;
  for (const evidence::Finding& finding : diagnosis.findings)
    if (finding.severity != evidence::Severity::kNote) codes += (codes.empty() ? "" : " ") + finding.code;
  return codes;
}

json mended(const json& document, const diagnosis::Diagnosis& diagnosis) {
  json result = document;
  for (const evidence::Finding& finding : diagnosis.findings) {
    if (finding.severity == evidence::Severity::kNote || !finding.fix) continue;
    auto patched = app::apply_patch(result, finding.fix->patch);
    EXPECT_TRUE(patched) << finding.code << ": " << patched.error().text();
    if (patched) result = std::move(*patched);
  }
  return result;
}

void expect_fires(const App& app, const json& broken, const std::string& code) {
  const diagnosis::Diagnosis& diagnosis = app.diagnose(broken);
  EXPECT_EQ(diagnosis.verdict, diagnosis::Verdict::kFault);
  ASSERT_EQ(loud_codes(diagnosis), code) << "lead: " << diagnosis.lead.value_or("none") << ", tried " << diagnosis.tried;
  const evidence::Finding& finding = diagnosis.findings.front();
  EXPECT_EQ(finding.severity, evidence::Severity::kError);
  EXPECT_EQ(finding.rank, 1);
  EXPECT_FALSE(finding.message.empty());
  EXPECT_FALSE(finding.where.pointer.empty());
}

void expect_silent(const App& app, const json& healthy) {
  const diagnosis::Diagnosis& diagnosis = app.diagnose(healthy);
  EXPECT_EQ(loud_codes(diagnosis), "");
  EXPECT_EQ(diagnosis.verdict, diagnosis::Verdict::kHealthy);
  EXPECT_GT(diagnosis.tried, 0);
  ASSERT_TRUE(diagnosis.measured && diagnosis.measured->value);
  EXPECT_GE(*diagnosis.measured->value, 0.85);
}

void expect_proven_by_bytes(const App& app, const json& broken, const std::string& code) {
  const auto blind = [](json document) {
    document.erase("truth");
    return document;
  };
  const diagnosis::Diagnosis& diagnosis = app.diagnose(blind(broken));
  ASSERT_EQ(loud_codes(diagnosis), code);
  EXPECT_EQ(diagnosis.findings.front().proof, evidence::Proof::kTensor);
  ASSERT_TRUE(diagnosis.findings.front().fix);
  EXPECT_TRUE(diagnosis.findings.front().fix->verified) << diagnosis.findings.front().fix->rejected_by;
  json result = mended(blind(broken), diagnosis);
  result["truth"] = app.document()["truth"];
  EXPECT_GE(app.value(result).value_or(0), app.value(app.document()).value_or(1) - evidence::kLeastHarm) << result["input"]["pipeline"];
  EXPECT_EQ(loud_codes(app.diagnose(blind(app.document()))), "");
}

void expect_restores(const App& app, const json& broken) {
  const diagnosis::Diagnosis& diagnosis = app.diagnose(broken);
  ASSERT_NE(loud_codes(diagnosis), "");
  for (const evidence::Finding& finding : diagnosis.findings) {
    if (finding.severity == evidence::Severity::kNote || !finding.fix) continue;
    EXPECT_TRUE(finding.fix->verified) << finding.code << ": " << finding.fix->rejected_by;
  }
  const json result = mended(broken, diagnosis);
  EXPECT_EQ(result, diagnosis.mended);
  const std::optional<double> healthy = app.value(app.document()), before = app.value(broken), after = app.value(result);
  ASSERT_TRUE(healthy && after);
  if (before) {
    EXPECT_GT(*after, *before + evidence::kLeastHarm);
  }
  EXPECT_GE(*after, *healthy - evidence::kLeastHarm) << "a difference that small is not a fault";
  ASSERT_TRUE(diagnosis.after_fixes && diagnosis.after_fixes->value);
  EXPECT_DOUBLE_EQ(*diagnosis.after_fixes->value, *after);
  EXPECT_EQ(loud_codes(app.diagnose(result)), "");
}

}  // namespace whyzero::toy
