// Code for what stands beside the pipeline: columns, exchanged inputs, the model's memory, rows in a buffer, the output that is read.
#include <gtest/gtest.h>

#include "fix/snippet.h"
#include "graph/test_support.h"

namespace whyzero::fix {
namespace {

using graph::contains;
using nlohmann::json;

app::Binding binding(std::vector<std::vector<int32_t>> inputs, int output = 0) {
  app::Binding b;
  for (size_t k = 0; k < inputs.size(); ++k) {
    b.input_of.push_back(static_cast<int>(k));
    b.tensors.push_back({"x", static_cast<int>(k), DType::kFloat32, inputs[k], 0, 0});
  }
  b.output = output;
  b.output_tensor = {"y", 9, DType::kFloat32, {1, 4}, 0, 0};
  return b;
}

json table_app(json features, json pipeline = json::array()) {
  return {{"input", {{"table", {{"csv", "d.csv"}, {"features", std::move(features)}}}, {"pipeline", std::move(pipeline)}}}, {"output", json::object()}};
}

TEST(SnippetsOfFeeding, ColumnsAreReadInTheOrderOfTraining) {
  const json code = snippets(table_app({"b", "a"}), table_app({"a", "b"}), binding({{1, 2}}));
  EXPECT_TRUE(contains(code["python"].get<std::string>(), "names = [\"a\",\"b\"]\nx = np.array([row[name] for name in names], np.float32)"));
  EXPECT_TRUE(contains(code["kotlin"].get<std::string>(), "listOf(\"a\",\"b\")"));
  EXPECT_TRUE(contains(code["cpp"].get<std::string>(), "{\"a\",\"b\"}) x.push_back(row.at(name))"));
}

TEST(SnippetsOfFeeding, NumbersOfARowAreScaledOneByOne) {
  const json minmax = {{"minmax", {{"min", {0.0, 10.0}}, {"max", {1.0, 20.0}}, {"to", {-1, 1}}}}};
  const json code = snippets(table_app({"a", "b"}), table_app({"a", "b"}, {minmax}), binding({{1, 2}}));
  EXPECT_TRUE(contains(code["python"].get<std::string>(), "(x.astype(np.float32) - np.array([0.0, 10.0], np.float32)) / (np.array([1.0, 20.0], np.float32) - np.array([0.0, 10.0], np.float32)) * 2.0 - 1.0"));
  EXPECT_TRUE(contains(code["cpp"].get<std::string>(), "for (int i = 0; i < 2; ++i)"));
  EXPECT_TRUE(contains(code["cpp"].get<std::string>(), "v = (v - values0[i]) / (values1[i] - values0[i]) * 2.0f - 1.0f;"));
  EXPECT_TRUE(contains(code["kotlin"].get<std::string>(), "for (i in row.indices)"));
  const json onehot = {{"onehot", {{"feature", "a"}, {"categories", {"red", "blue"}}}}};
  EXPECT_TRUE(contains(snippets(table_app({"a"}), table_app({"a"}, {onehot}), binding({{1, 2}}))["python"].get<std::string>(), "row[\"a\"] = [float(row[\"a\"] == c) for c in [\"red\",\"blue\"]]"));
}

TEST(SnippetsOfFeeding, ExchangedInputs) {
  const json first = {{"name", "first"}, {"arrays", {{"key", "a"}}}}, second = {{"name", "second"}, {"arrays", {{"key", "b"}}}};
  json crossed_first = first, crossed_second = second;
  std::swap(crossed_first["arrays"], crossed_second["arrays"]);
  const json code = snippets({{"inputs", {crossed_first, crossed_second}}}, {{"inputs", {first, second}}}, binding({{1, 2}, {1, 2}}));
  EXPECT_TRUE(contains(code["python"].get<std::string>(), "get_input_details()[0][\"index\"], x1)")) << code.dump();
  EXPECT_TRUE(contains(code["python"].get<std::string>(), "get_input_details()[1][\"index\"], x0)"));
  EXPECT_TRUE(contains(code["kotlin"].get<std::string>(), "arrayOf(x1, x0)"));
  EXPECT_TRUE(snippets({{"inputs", {first, second}}}, {{"inputs", {first, second}}}, binding({{1, 2}, {1, 2}})).is_null());
}

TEST(SnippetsOfFeeding, TheModelsMemoryIsCleared) {
  json before = table_app({"a"}), after = before;
  before["state"]["reset_between"] = false;
  after["state"]["reset_between"] = true;
  const json code = snippets(before, after, binding({{1, 1}}));
  EXPECT_TRUE(contains(code["python"].get<std::string>(), "interpreter.reset_all_variables()"));
  EXPECT_TRUE(contains(code["cpp"].get<std::string>(), "interpreter->ResetVariableTensors();"));
  EXPECT_TRUE(snippets(after, before, binding({{1, 1}})).is_null());
}

TEST(SnippetsOfFeeding, RowsAreCopiedWithoutWhatLiesBetween) {
  const json after = {{"input", {{"images", "photos"}, {"pipeline", json::array()}}}, {"output", json::object()}};
  json before = after;
  before["input"]["pipeline"].push_back({{"stride_bug", {{"row_bytes", 32}}}});
  const json code = snippets(before, after, binding({{1, 8, 6, 3}}));
  EXPECT_TRUE(contains(code["python"].get<std::string>(), "np.frombuffer(buffer, np.uint8, 18, y * 32) for y in range(8)]).reshape(8, 6, 3)"));
  EXPECT_TRUE(contains(code["cpp"].get<std::string>(), "std::memcpy(&pixels[y * 18], plane + y * 32, 18)"));
  EXPECT_TRUE(contains(code["kotlin"].get<std::string>(), "plane.position(y * 32)"));
}

TEST(SnippetsOfFeeding, TheOutputIsTheMendedAppsOwn) {
  json before = table_app({"a"}), after = before;
  before["output"]["tensor"] = 0;
  after["output"]["tensor"] = 1;
  std::vector<evidence::Finding> findings(1);
  findings[0].fix = evidence::Fix{};
  findings[0].fix->patch = json::array({{{"op", "replace"}, {"path", "/output/tensor"}, {"value", 1}}});
  add_snippets(before, [](const json& document) { return std::optional(binding({{1, 1}}, document["output"]["tensor"].get<int>())); }, findings);
  EXPECT_TRUE(contains(findings[0].fix->code["python"].get<std::string>(), "get_output_details()[1]"));
  EXPECT_TRUE(contains(findings[0].fix->code["cpp"].get<std::string>(), "typed_output_tensor<float>(1)"));
  EXPECT_TRUE(contains(findings[0].fix->code["kotlin"].get<std::string>(), "mapOf(1 to arrayOf(y))"));
}

TEST(SnippetsOfFeeding, LostColoursAreReadAgain) {
  const json after = {{"input", {{"images", "photos"}, {"pipeline", json::array()}}}, {"output", json::object()}};
  json before = after;
  before["input"]["pipeline"].push_back({{"channels", "gray3"}});
  EXPECT_TRUE(contains(snippets(before, after, binding({{1, 8, 6, 3}}))["python"].get<std::string>(), "convert(\"RGB\")"));
}

}  // namespace
}  // namespace whyzero::fix
