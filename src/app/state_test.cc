// Models that keep state: it goes from one sample to the next as it does in the app, unless the app resets it between them.
#include <gtest/gtest.h>

#include <cstring>

#include "app/evaluate.h"
#include "base/file.h"
#include "graph/builder.h"
#include "support/folder.h"

namespace whyzero::app {
namespace {

/// The sum of all samples so far, kept in a variable that a subgraph sets to 100 once.
std::shared_ptr<const graph::Model> running_sum() {
  graph::ModelBuilder b;
  auto handle = [&b] {
    const int tensor = b.tensor("handle", DType::kResource, {});
    b.node(schema::BuiltinOperator_VAR_HANDLE, {}, {tensor},
           [](auto& f) { return schema::CreateVarHandleOptionsDirect(f, "", "sum"); });
    return tensor;
  };
  const int x = b.input("x", DType::kFloat32, {1, 1});
  b.node(schema::BuiltinOperator_CALL_ONCE, {}, {}, [](auto& f) { return schema::CreateCallOnceOptions(f, 1); });
  const int sum = handle(), before = b.tensor("before", DType::kFloat32, {1, 1}), after = b.tensor("after", DType::kFloat32, {1, 1});
  b.node(schema::BuiltinOperator_READ_VARIABLE, {sum}, {before});
  b.node(schema::BuiltinOperator_ADD, {before, x}, {after});
  b.node(schema::BuiltinOperator_ASSIGN_VARIABLE, {sum, after}, {});
  b.output(after);
  b.subgraph("init");
  const int same = handle(), start = b.constant<float>("start", {1, 1}, {100.0f});
  b.node(schema::BuiltinOperator_ASSIGN_VARIABLE, {same, start}, {});
  return b.build();
}

std::vector<float> outputs(const std::string& state) {
  const toy::Folder folder;
  const std::string app = R"({"whyzero": 1, "model": "m.tflite", "input": {"table": {"csv": "d.csv", "features": ["x"]}},
                             "output": {"decode": []})" + state + "}";
  EXPECT_TRUE(write_text(folder / "app.json", app));
  const std::string rows = "x\n1\n2\n4\n8\n";
  EXPECT_TRUE(write_text(folder / "d.csv", rows));
  EXPECT_TRUE(write_file(folder / "m.tflite", *running_sum()->bytes));
  const auto loaded = load_app(folder / "app.json");
  if (!loaded) {
    ADD_FAILURE() << loaded.error().text();
    return {};
  }
  const auto evaluation = evaluate(*loaded, running_sum(), {.threads = 2, .keep_outputs = true});
  if (!evaluation) {
    ADD_FAILURE() << evaluation.error().text();
    return {};
  }
  std::vector<float> values;
  for (const auto& bytes : evaluation->outputs) {
    float value = 0;
    if (bytes.size() == sizeof value) std::memcpy(&value, bytes.data(), sizeof value);
    values.push_back(value);
  }
  return values;
}

TEST(StateTest, GoesFromSampleToSampleUnlessTheAppResetsIt) {
  EXPECT_EQ(outputs(""), (std::vector<float>{101, 103, 107, 115}));
  EXPECT_EQ(outputs(R"(, "state": {"reset_between": false})"), (std::vector<float>{101, 103, 107, 115}));
  EXPECT_EQ(outputs(R"(, "state": {"reset_between": true})"), (std::vector<float>{101, 102, 104, 108}));
}

}  // namespace
}  // namespace whyzero::app
