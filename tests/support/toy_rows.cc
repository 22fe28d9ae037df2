#include "support/toy_rows.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/random.h"
#include "graph/builder.h"
#include "trace/npz.h"

namespace whyzero::toy {
namespace {

using graph::ModelBuilder;
using nlohmann::json;
using Matrix = std::vector<std::vector<double>>;

double normal(Random& random) {
  const double u = 1 - random.uniform(), v = random.uniform();
  return std::sqrt(-2 * std::log(u)) * std::cos(2 * M_PI * v);
}

std::string class_name(int k) { return std::string(1, static_cast<char>('a' + k)) + "-thing"; }

/// Rows of classes in turn around their centres.
Matrix draw(const Matrix& centres, int rows, double noise, Random& random) {
  Matrix data;
  for (int i = 0; i < rows; ++i) {
    std::vector<double> row;
    for (double centre : centres[static_cast<size_t>(i) % centres.size()]) row.push_back(centre + noise * normal(random));
    data.push_back(std::move(row));
  }
  return data;
}

Matrix centres_of(int classes, int features, Random& random) {
  Matrix centres(static_cast<size_t>(classes), std::vector<double>(static_cast<size_t>(features)));
  for (auto& centre : centres)
    for (double& c : centre) c = normal(random);
  return centres;
}

struct Scaling {
  std::vector<double> mean, deviation;
};
Scaling scaling_of(const Matrix& data) {
  Scaling s;
  for (size_t j = 0; j < data[0].size(); ++j) {
    double sum = 0, squares = 0;
    for (const auto& row : data) sum += row[j];
    const double mean = sum / static_cast<double>(data.size());
    for (const auto& row : data) squares += (row[j] - mean) * (row[j] - mean);
    s.mean.push_back(mean);
    s.deviation.push_back(std::sqrt(squares / static_cast<double>(data.size())));
  }
  return s;
}

struct Linear {
  std::vector<float> weights, bias;
};
/// log p(x | class) up to a constant, for noise of one variance a feature.
Linear fitted(const Matrix& centres, const Scaling& scaling, double noise) {
  Linear linear;
  for (const auto& centre : centres) {
    double square = 0;
    for (size_t j = 0; j < centre.size(); ++j) {
      const double m = (centre[j] - scaling.mean[j]) / scaling.deviation[j], v = std::pow(noise / scaling.deviation[j], 2);
      linear.weights.push_back(static_cast<float>(m / v));
      square += m * m / v;
    }
    linear.bias.push_back(static_cast<float>(-square / 2));
  }
  return linear;
}

int dense(ModelBuilder& b, int x, const Linear& linear, const std::string& name) {
  const auto outputs = static_cast<int32_t>(linear.bias.size()), inputs = static_cast<int32_t>(linear.weights.size()) / outputs;
  const int w = b.constant<float>(name + "/kernel", {outputs, inputs}, linear.weights), c = b.constant<float>(name + "/bias", {outputs}, linear.bias);
  const int y = b.tensor(name, DType::kFloat32, {1, outputs});
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w, c}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  return y;
}

std::vector<uint8_t> table_model(const TableOptions& o, Linear linear) {
  ModelBuilder b;
  const int x = b.input("features", DType::kFloat32, {1, o.features});
  const auto n = static_cast<size_t>(o.features);
  if (o.head == Head::kUnit) {
    for (size_t j = 0; j < n; ++j) linear.weights[j] = linear.weights[n + j] - linear.weights[j];
    linear.weights.resize(n);
    linear.bias = {linear.bias[1] - linear.bias[0]};
  }
  if (o.head == Head::kNumber) linear = {std::vector<float>(n, 1.0f), {0.0f}};
  if (o.head == Head::kTwoHeads) {
    Linear other = linear;  // the same classes, each one place further
    for (size_t k = 0; k < other.bias.size(); ++k) {
      const size_t from = (k + 1) % other.bias.size();
      other.bias[k] = linear.bias[from];
      std::copy_n(linear.weights.begin() + static_cast<std::ptrdiff_t>(from * n), n, other.weights.begin() + static_cast<std::ptrdiff_t>(k * n));
    }
    b.output(dense(b, x, other, "other"));
  }
  int y = dense(b, x, linear, "dense");
  const auto size = static_cast<int32_t>(linear.bias.size());
  if (o.head == Head::kProbabilities) {
    const int p = b.tensor("probabilities", DType::kFloat32, {1, size});
    b.node(schema::BuiltinOperator_SOFTMAX, {y}, {p}, [](auto& f) { return schema::CreateSoftmaxOptions(f, 1.0f); });
    y = p;
  } else if (o.head == Head::kUnit) {
    const int p = b.tensor("probability", DType::kFloat32, {1, 1});
    b.node(schema::BuiltinOperator_LOGISTIC, {y}, {p});
    y = p;
  } else if (o.head == Head::kNumber) {
    const int q = b.tensor("number", DType::kInt8, {1, 1}, graph::quantized(0.1f, 17));
    b.node(schema::BuiltinOperator_QUANTIZE, {y}, {q}, [](auto& f) { return schema::CreateQuantizeOptions(f); });
    y = q;
  }
  b.output(y);
  return b.bytes();
}

trace::Array array_of(const Matrix& data, std::vector<int64_t> shape) {
  trace::Array array;
  array.shape = std::move(shape);
  std::vector<float> numbers;
  for (const auto& row : data)
    for (double x : row) numbers.push_back(static_cast<float>(x));
  array.data.resize(numbers.size() * sizeof(float));
  std::memcpy(array.data.data(), numbers.data(), array.data.size());
  return array;
}

void write_truth(const Folder& folder, int samples, int classes) {
  std::string truth = "sample,label\n";
  for (int i = 0; i < samples; ++i) truth += std::to_string(i) + "," + std::to_string(i % classes) + "\n";
  EXPECT_TRUE(write_text(folder / "truth.csv", truth));
}

json argmax() { return json::array({{{"argmax", json::object()}}}); }

}  // namespace

Writer table(const TableOptions& o) {
  return [o](const Folder& folder) -> json {
    Random random(11);
    const Matrix centres = centres_of(o.classes, o.features, random);
    const Scaling scaling = scaling_of(draw(centres, 600, o.noise, random));
    EXPECT_TRUE(write_file(folder / "model.tflite", table_model(o, fitted(centres, scaling, o.noise))));
    const Matrix rows = draw(centres, o.rows, o.noise, random);
    std::string csv;
    json features = json::array(), mean = json::array(), deviation = json::array(), labels = json::array();
    const auto unit = [](size_t j) { return std::pow(10.0, static_cast<double>(j % 4) - 1); };
    const auto offset = [&](size_t j) { return unit(j) * 5 * static_cast<double>(j % 3); };
    for (size_t j = 0; j < static_cast<size_t>(o.features); ++j) {
      features.push_back("f" + std::to_string((j * 5 + 2) % 7));  // names that are not sorted
      csv += features.back().get<std::string>() + ",";
      mean.push_back(offset(j) + unit(j) * scaling.mean[j]);
      deviation.push_back(unit(j) * scaling.deviation[j]);
    }
    csv += "target\n";
    for (size_t i = 0; i < rows.size(); ++i) {
      double sum = 0;
      for (size_t j = 0; j < rows[i].size(); ++j) {
        csv += std::to_string(offset(j) + unit(j) * rows[i][j]) + ",";
        sum += (rows[i][j] - scaling.mean[j]) / scaling.deviation[j];
      }
      csv += (o.head == Head::kNumber ? std::to_string(sum) : class_name(static_cast<int>(i) % o.classes)) + "\n";
    }
    EXPECT_TRUE(write_text(folder / "data.csv", csv));
    for (int k = 0; k < o.classes; ++k) labels.push_back(class_name(k));
    json output = {{"decode", argmax()}, {"labels", labels}};
    if (o.head == Head::kUnit) output["decode"] = json::array({{{"threshold", 0.5}}});
    if (o.head == Head::kNumber) output = {{"decode", json::array({{{"dequantize", "affine"}}, {{"regression", json::object()}}})}};
    if (o.head == Head::kTwoHeads) output["tensor"] = 1;
    return {{"whyzero", 1},
            {"model", "model.tflite"},
            {"input", {{"table", {{"csv", "data.csv"}, {"features", features}, {"label", "target"}}}, {"pipeline", json::array({{{"standardize", {{"mean", mean}, {"std", deviation}}}}})}}},
            {"output", output}};
  };
}

Writer two_inputs() {
  return [](const Folder& folder) -> json {
    constexpr int kFeatures = 8, kSamples = 80;
    Random random(5);
    const Matrix centres = centres_of(4, kFeatures, random);
    const Scaling scaling = scaling_of(draw(centres, 400, 0.8, random));
    const Linear linear = fitted(centres, scaling, 0.8);
    const Matrix first = draw(centres, kSamples, 0.8, random);
    Matrix standardized = first;
    for (auto& row : standardized)
      for (size_t j = 0; j < row.size(); ++j) row[j] = (row[j] - scaling.mean[j]) / scaling.deviation[j];
    ModelBuilder b;
    const int x = b.input("first", DType::kFloat32, {1, kFeatures}), z = b.input("second", DType::kFloat32, {1, kFeatures});
    const int y = dense(b, x, linear, "of_first"), little = dense(b, z, {std::vector<float>(4 * kFeatures, 0.01f), std::vector<float>(4, 0.0f)}, "of_second");
    const int sum = b.tensor("sum", DType::kFloat32, {1, 4});
    b.node(schema::BuiltinOperator_ADD, {y, little}, {sum}, [](auto& f) { return schema::CreateAddOptions(f); });
    b.output(sum);
    b.signature("serving_default", {{"speed", x}, {"load", z}}, {{"class", sum}});
    EXPECT_TRUE(write_file(folder / "model.tflite", b.bytes()));
    const Matrix second = draw(Matrix(1, std::vector<double>(kFeatures, 0)), kSamples, 1, random);
    EXPECT_TRUE(trace::write_npz(folder / "d.npz", {{"first", array_of(standardized, {kSamples, kFeatures})}, {"second", array_of(second, {kSamples, kFeatures})}}));
    write_truth(folder, kSamples, 4);
    const auto input = [](const char* name) -> json { return {{"name", name}, {"arrays", {{"file", "d.npz"}, {"key", name}}}}; };
    return {{"whyzero", 1}, {"model", "model.tflite"}, {"inputs", {input("first"), input("second")}}, {"output", {{"decode", argmax()}}}, {"truth", "truth.csv"}};
  };
}

Writer memory() {
  return [](const Folder& folder) -> json {
    constexpr int kUnits = 5, kSamples = 60;
    ModelBuilder b;
    const int x = b.input("frames", DType::kFloat32, {1, 1, kUnits});
    std::vector<float> diagonal(kUnits * kUnits, 0.0f);
    for (size_t k = 0; k < kUnits; ++k) diagonal[k * kUnits + k] = 1;
    const auto matrix = [&](const char* name, bool identity) { return b.constant<float>(name, {kUnits, kUnits}, identity ? diagonal : std::vector<float>(kUnits * kUnits, 0.0f)); };
    const auto vector = [&](const char* name, float value) { return b.constant<float>(name, {kUnits}, std::vector<float>(kUnits, value)); };
    // Gates are open: the cell adds up tanh of the input.
    std::vector<int> inputs = {x, matrix("ii", false), matrix("if", false), matrix("ic", true), matrix("io", false), matrix("ri", false), matrix("rf", false), matrix("rc", false),
                               matrix("ro", false), -1, -1, -1, vector("bi", 10), vector("bf", 10), vector("bc", 0), vector("bo", 10), -1, -1,
                               b.variable("state/h", DType::kFloat32, {1, kUnits}), b.variable("state/c", DType::kFloat32, {1, kUnits}), -1, -1, -1, -1};
    const int h = b.tensor("lstm", DType::kFloat32, {1, 1, kUnits});
    b.node(schema::BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_LSTM, inputs, {h},
           [](auto& f) { return schema::CreateUnidirectionalSequenceLSTMOptions(f, schema::ActivationFunctionType_TANH); });
    b.output(dense(b, h, {diagonal, std::vector<float>(kUnits, 0.0f)}, "dense"));
    EXPECT_TRUE(write_file(folder / "model.tflite", b.bytes()));
    Random random(9);
    Matrix centres(kUnits, std::vector<double>(kUnits, 0));
    for (size_t k = 0; k < kUnits; ++k) centres[k][k] = 1;
    EXPECT_TRUE(trace::write_npy(folder / "x.npy", array_of(draw(centres, kSamples, 0.25, random), {kSamples, 1, kUnits})));
    write_truth(folder, kSamples, kUnits);
    return {{"whyzero", 1}, {"model", "model.tflite"}, {"input", {{"arrays", {{"file", "x.npy"}}}}}, {"output", {{"decode", argmax()}}}, {"state", {{"reset_between", true}}}, {"truth", "truth.csv"}};
  };
}

}  // namespace whyzero::toy
