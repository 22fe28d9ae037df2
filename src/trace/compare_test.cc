// Comparison of runs: alignment, culprits and victims, the smallest model, and when nothing was compared.
#include "trace/compare.h"

#include <gtest/gtest.h>

#include "graph/builder.h"
#include "graph/test_support.h"
#include "support/broken_runtime.h"
#include "support/litert.h"
#include "trace/compare_models.h"
#include "trace/reduce.h"
#include "trace/run_model.h"

namespace whyzero::trace {
namespace {

using graph::ModelBuilder;
using runtime::Kernels;

struct Names {
  const char *a = "stem", *b = "act", *c = "head";
};

/// x -> 3x+1 -> relu -> 2y, in floats; `first_bias` in place of the first 1.
std::shared_ptr<const graph::Model> float_model(const Names& names = {}, float first_bias = 1) {
  ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, 4}), w = b.constant<float>("w", {4, 4}, {3, 0, 0, 0, 0, 3, 0, 0, 0, 0, 3, 0, 0, 0, 0, 3});
  const int bias = b.constant<float>("bias", {4}, {first_bias, 1, 1, 1}), two = b.constant<float>("two", {1}, {2});
  const int s = b.tensor(names.a, DType::kFloat32, {1, 4}), r = b.tensor(names.b, DType::kFloat32, {1, 4}), y = b.tensor(names.c, DType::kFloat32, {1, 4});
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w, bias}, {s}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  b.node(schema::BuiltinOperator_RELU, {s}, {r});
  b.node(schema::BuiltinOperator_MUL, {r, two}, {y}, [](auto& f) { return schema::CreateMulOptions(f); });
  b.output(y);
  return b.build();
}

/// RELU, then a sum with itself, in int8.
std::shared_ptr<const graph::Model> int8_model() {
  ModelBuilder b;
  const auto q = graph::quantized(0.5f, 0);
  const int x = b.input("x", DType::kInt8, {1, 4}, q), r = b.tensor("act", DType::kInt8, {1, 4}, q), y = b.tensor("sum", DType::kInt8, {1, 4}, graph::quantized(1.0f, 0));
  b.node(schema::BuiltinOperator_RELU, {x}, {r});
  b.node(schema::BuiltinOperator_ADD, {r, r}, {y}, [](auto& f) { return schema::CreateAddOptions(f); });
  b.output(y);
  return b.build();
}

Side side(std::shared_ptr<const graph::Model> model, std::shared_ptr<const runtime::Runtime> runtime) {
  std::string label(runtime->name());
  return {std::move(model), std::move(runtime), std::move(label)};
}

Side reference(std::shared_ptr<const graph::Model> model) { return side(std::move(model), runtime::own_runtime(Kernels::kReference)); }

ModelComparison compared(const Side& a, const Side& b, size_t samples = 3) {
  auto result = compare_models(a, b, random_samples(*a.model, samples, 7));
  EXPECT_TRUE(result) << result.error().text();
  return std::move(*result);
}

const Row& row_of(const Comparison& comparison, std::string_view name) {
  for (const Row& row : comparison.rows)
    if (row.label.find(name) != std::string::npos) return row;
  ADD_FAILURE() << "no row of " << name;
  return comparison.rows.front();
}

TEST(CompareTest, OurKernelsAgree) {
  const auto result = compared(reference(float_model()), side(float_model(), runtime::own_runtime(Kernels::kFast)));
  EXPECT_FALSE(result.comparison.beyond_rounding());
  EXPECT_EQ(result.comparison.rows.size(), 4u) << "the input and three nodes";
  EXPECT_EQ(result.comparison.samples, 3);
  EXPECT_TRUE(row_of(result.comparison, "act").isolated);
}

TEST(CompareTest, RenamedTensorsThatDifferAreKnownByTheirPlace) {
  const auto result = compared(reference(float_model()), reference(float_model({"t3", "t4", "t5"}, -40)));
  ASSERT_EQ(result.comparison.rows.size(), 4u) << "nothing is left without a partner";
  EXPECT_EQ(row_of(result.comparison, "stem").role, Role::kCulprit);
  EXPECT_EQ(row_of(result.comparison, "stem").pair.by, Pair::By::kOrder) << "its values tell nothing";
  EXPECT_EQ(row_of(result.comparison, "act").role, Role::kVictim);
  EXPECT_EQ(row_of(result.comparison, "head").role, Role::kVictim);
}

TEST(CompareTest, ASideThatStopsIsNamed) {
  ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, 4}), s = b.tensor("stem", DType::kFloat32, {1, 4}), y = b.tensor("head", DType::kFloat32, {1, 4});
  b.node(schema::BuiltinOperator_RELU, {x}, {s});
  b.custom("Unheard", {s}, {y});
  b.output(y);
  ModelBuilder whole;
  const int x2 = whole.input("x", DType::kFloat32, {1, 4}), s2 = whole.tensor("stem", DType::kFloat32, {1, 4}), y2 = whole.tensor("head", DType::kFloat32, {1, 4});
  whole.node(schema::BuiltinOperator_RELU, {x2}, {s2});
  whole.node(schema::BuiltinOperator_RELU, {s2}, {y2});
  whole.output(y2);
  const auto result = compared(reference(whole.build()), reference(b.build()), 1);
  EXPECT_FALSE(result.comparison.beyond_rounding());
  ASSERT_EQ(result.comparison.not_run.size(), 1u);
  EXPECT_TRUE(graph::contains(result.comparison.not_run[0], "Unheard")) << result.comparison.not_run[0];
}

TEST(CompareTest, TheBrokenNodeIsCulpritAndWhatFollowsIsVictim) {
  const auto model = float_model();
  const auto broken = std::make_shared<BrokenRuntime>("RELU", 0.5f);
  for (const bool first : {true, false}) {
    const Side bad = side(model, broken), good = reference(model);
    const auto result = first ? compared(bad, good) : compared(good, bad);
    const Comparison& c = result.comparison;
    ASSERT_TRUE(c.beyond_rounding());
    EXPECT_EQ(row_of(c, "stem").role, Role::kFine);
    EXPECT_EQ(row_of(c, "act").role, Role::kCulprit);
    EXPECT_EQ(row_of(c, "head").role, Role::kVictim);
    EXPECT_NEAR(row_of(c, "act").isolated->max_error, 0.5, 1e-6);
    EXPECT_NEAR(row_of(c, "head").accumulated.max_error, 1.0, 1e-6);
    EXPECT_EQ(row_of(c, "head").isolated->agreement, Agreement::kEqual) << "on equal inputs it computes the same";
    EXPECT_EQ(c.rows[static_cast<size_t>(c.culprit())].label, "#5 \"act\"");
  }
}

TEST(CompareTest, OneStepIsRounding) {
  const auto model = int8_model();
  EXPECT_FALSE(compared(reference(model), side(model, std::make_shared<BrokenRuntime>("RELU", 1.0f))).comparison.beyond_rounding());
  EXPECT_TRUE(compared(reference(model), side(model, std::make_shared<BrokenRuntime>("RELU", 3.0f))).comparison.beyond_rounding());
}

TEST(CompareTest, RenamedTensorsAreFoundByTheirValues) {
  const auto result = compared(reference(float_model()), reference(float_model({"conv/BiasAdd", "conv/Relu", "logits"})));
  const Comparison& c = result.comparison;
  EXPECT_EQ(c.rows.size(), 4u);
  EXPECT_TRUE(c.only_first.empty() && c.only_second.empty());
  EXPECT_EQ(row_of(c, "head").pair.by, Pair::By::kOutput);
  EXPECT_EQ(row_of(c, "act").pair.by, Pair::By::kStatistics);
  EXPECT_FALSE(c.beyond_rounding());
}

TEST(CompareTest, AQuantizedTwinIsMeasuredByItsNoise) {
  ModelBuilder b;
  const int x = b.input("x", DType::kInt8, {1, 4}, graph::quantized(2.0f / 255, 0)), r = b.tensor("relu", DType::kInt8, {1, 4}, graph::quantized(1.0f / 127, 0));
  b.node(schema::BuiltinOperator_RELU, {x}, {r});
  b.output(r);
  ModelBuilder f;
  const int fx = f.input("x", DType::kFloat32, {1, 4}), fr = f.tensor("relu", DType::kFloat32, {1, 4});
  f.node(schema::BuiltinOperator_RELU, {fx}, {fr});
  f.output(fr);
  const auto result = compared(reference(f.build()), reference(b.build()), 1);
  const Row& row = row_of(result.comparison, "relu");
  EXPECT_EQ(row.accumulated.agreement, Agreement::kRounding) << row.accumulated.max_error;
  EXPECT_GT(row.accumulated.sqnr_db, 25) << "8 bits";
}

/// relu(x) * two in int8, whose output has the scale given: 4 fits values up to 508, 0.125 cuts them off at 15.9.
std::shared_ptr<const graph::Model> quantized_twin(float scale) {
  ModelBuilder b;
  const auto q = graph::quantized(0.25f, 0);
  const int x = b.input("x", DType::kInt8, {1, 64}, q), r = b.tensor("act", DType::kInt8, {1, 64}, q), y = b.tensor("out", DType::kInt8, {1, 64}, graph::quantized(scale, 0));
  const int two = b.constant<int8_t>("two", {1}, {127}, graph::quantized(2.0f / 127, 0));
  b.node(schema::BuiltinOperator_RELU, {x}, {r});
  b.node(schema::BuiltinOperator_MUL, {r, two}, {y}, [](auto& f) { return schema::CreateMulOptions(f); });
  b.output(y);
  return b.build();
}

TEST(CompareTest, ATwinWhoseScaleDoesNotSuitIsTheCulpritAndASoundOneIsNot) {
  ModelBuilder f;
  const int x = f.input("x", DType::kFloat32, {1, 64}), r = f.tensor("act", DType::kFloat32, {1, 64}), y = f.tensor("out", DType::kFloat32, {1, 64});
  const int two = f.constant<float>("two", {1}, {2});
  f.node(schema::BuiltinOperator_RELU, {x}, {r});
  f.node(schema::BuiltinOperator_MUL, {r, two}, {y}, [](auto& options) { return schema::CreateMulOptions(options); });
  f.output(y);
  const auto real = f.build();
  for (const auto& [scale, sound] : {std::pair(4.0f, true), std::pair(0.125f, false)}) {
    const auto twin = quantized_twin(scale);
    // The twin's input holds -32 to 31.75, and so do the random numbers.
    const auto result = compare_models(reference(real), reference(twin), random_samples(*real, 2, 7, twin.get()));
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_FALSE(row_of(result->comparison, "x").accumulated.beyond_rounding());
    EXPECT_EQ(result->comparison.beyond_rounding(), !sound) << scale;
    if (!sound) EXPECT_EQ(row_of(result->comparison, "out").role, Role::kCulprit);
  }
}

TEST(CompareTest, NothingInCommonIsAnError) {
  Trace a, b;
  a.from = "a.npz";
  b.from = "b.npz";
  a.tensors.push_back({0, "one", 0, "", false, {{DType::kFloat32, {1}, std::vector<uint8_t>(4), {}}, 0, 0}});
  b.tensors.push_back({0, "two", 0, "", false, {{DType::kFloat32, {3}, std::vector<uint8_t>(12), {}}, 0, 0}});
  const auto result = compare(a, b);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(graph::contains(result.error().text(), "a.npz"));
  EXPECT_FALSE(trace_from_arrays({{"x", {}}}));
}

TEST(CompareTest, ARecordingIsReadBack) {
  const auto model = int8_model();
  auto run = run_model(model, {}, {.all_tensors = true});
  ASSERT_TRUE(run);
  describe_tensors(model->main(), run->arrays);
  const auto trace = trace_from_arrays(run->arrays);
  ASSERT_TRUE(trace) << trace.error().text();
  ASSERT_EQ(trace->tensors.size(), 3u);
  EXPECT_EQ(trace->tensors[1].label(), "#1 \"act\"");
  EXPECT_EQ(trace->tensors[2].value.scale, 1.0);
  const auto same = compare(*trace, *trace);
  ASSERT_TRUE(same);
  EXPECT_FALSE(same->beyond_rounding());
  Trace other = *trace;
  other.tensors[1].value.array.data[0] = 9;
  EXPECT_EQ(compare(*trace, other)->culprit(), 1) << "without isolated errors the first is suspected";
}

TEST(CompareTest, NumbersBecomeTheNearestSteps) {
  const std::vector<double> numbers = {0.26, -1, 1e9, -1e9};
  EXPECT_EQ(*bytes_of_numbers(numbers, DType::kUInt8, 0.5, 128), (std::vector<uint8_t>{129, 126, 255, 0}));
  EXPECT_FALSE(bytes_of_numbers(numbers, DType::kString, 0, 0));
}

TEST(ReduceTest, TheCulpritAloneShowsIt) {
  const auto model = float_model();
  for (const char* op : {"FULLY_CONNECTED", "RELU", "MUL"}) {
    const Side good = reference(model), bad = side(model, std::make_shared<BrokenRuntime>(op, 0.5f));
    const auto result = compared(good, bad);
    const auto reduced = reduce(good, bad, result);
    ASSERT_TRUE(reduced) << reduced.error().text();
    EXPECT_TRUE(reduced->reproduces) << op;
    EXPECT_NEAR(reduced->difference.max_error, 0.5, 1e-6);
    const auto small = graph::read_tflite(std::make_shared<const std::vector<uint8_t>>(reduced->model));
    ASSERT_TRUE(small.model);
    ASSERT_EQ(small.model->main().nodes.size(), 1u);
    EXPECT_EQ(small.model->main().nodes[0].op_name, op);
    EXPECT_EQ(reduced->inputs.size(), 1u);
  }
  EXPECT_FALSE(reduce(reference(model), reference(model), compared(reference(model), reference(model)))) << "no culprit";
}

TEST(CompareShared, TwinsAreFineUnlessTheirScalesDoNotSuit) {
  const auto load = [](const char* name) -> std::shared_ptr<const graph::Model> {
    const auto reading = graph::read_tflite(std::filesystem::path(WHYZERO_SHARED_DATA) / "models" / name);
    return reading ? reading->model : nullptr;
  };
  const auto real = load("signs_float32.tflite");
  if (!real) GTEST_SKIP() << "no models in " << WHYZERO_SHARED_DATA;
  // A photo: random numbers lie outside what the calibration saw, and a sound model saturates on them.
  const auto recorded = read_npz(std::filesystem::path(WHYZERO_SHARED_DATA) / "models" / "signs_float32.npz");
  ASSERT_TRUE(recorded) << recorded.error().text();
  const Samples photo = {{recorded->at("in_0").data}};
  for (const auto& [name, sound] : {std::pair("signs_int8.tflite", true), std::pair("signs_int16x8.tflite", true), std::pair("signs-narrow_int8.tflite", false),
                                    std::pair("signs-outlier_int8.tflite", false), std::pair("signs-rawcalib_int8.tflite", false)}) {
    const auto twin = load(name);
    ASSERT_TRUE(twin) << name;
    const auto result = compare_models(reference(real), reference(twin), photo);
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(result->comparison.beyond_rounding(), !sound) << name;
  }
}

TEST(CompareShared, LiteRtAgreesWithTheReferenceOnRealModels) {
  std::string why;
  const auto litert = litert_of_tests(why);
  if (!litert) GTEST_SKIP() << why;
  const std::filesystem::path folder = std::filesystem::path(WHYZERO_SHARED_DATA) / "models";
  for (const char* name : {"digits_float32", "signs_int8", "mobilenet_v1_0.25_128_quant"}) {
    const auto reading = graph::read_tflite(folder / (std::string(name) + ".tflite"));
    if (!reading || !reading->model) GTEST_SKIP() << "no models in " << folder;
    const auto result = compared(reference(reading->model), side(reading->model, litert), 1);
    EXPECT_FALSE(result.comparison.beyond_rounding()) << name << ": " << result.comparison.rows[static_cast<size_t>(result.comparison.culprit())].label;
    EXPECT_TRUE(result.comparison.only_first.empty()) << name << ": LiteRT gives every tensor";
    for (const Row& row : result.comparison.rows) EXPECT_TRUE(row.isolated || row.node < 0) << name << " " << row.label;
  }
}

}  // namespace
}  // namespace whyzero::trace
