// Variables, tables, and subgraphs that set them up: BuiltinOperator_VAR_HANDLE and its kin.
#include "ops/common/strings.h"
#include "ops/test_support.h"

namespace whyzero::ops {
namespace {

using namespace test;
using graph::ModelBuilder;

std::unique_ptr<runtime::Interpreter> interpreter_of(const ModelBuilder& b) {
  auto made = runtime::Interpreter::create(b.build(), {.kernels = runtime::Kernels::kReference});
  if (!made) ADD_FAILURE() << made.error().text();
  return made ? std::move(*made) : nullptr;
}

int handle(ModelBuilder& b, const char* name) {
  const int tensor = b.tensor(name, DType::kResource, {});
  b.node(schema::BuiltinOperator_VAR_HANDLE, {}, {tensor},
         [name](auto& f) { return schema::CreateVarHandleOptionsDirect(f, "", name); });
  return tensor;
}

/// sum = sum + x, where subgraph 1 sets sum to 10 once.
ModelBuilder accumulator() {
  ModelBuilder b;
  const int x = b.input("x", DType::kInt32, {1});
  b.node(schema::BuiltinOperator_CALL_ONCE, {}, {}, [](auto& f) { return schema::CreateCallOnceOptions(f, 1); });
  const int sum = handle(b, "sum"), before = b.tensor("before", DType::kInt32, {1}), after = b.tensor("after", DType::kInt32, {1});
  b.node(schema::BuiltinOperator_READ_VARIABLE, {sum}, {before});
  b.node(schema::BuiltinOperator_ADD, {before, x}, {after});
  b.node(schema::BuiltinOperator_ASSIGN_VARIABLE, {sum, after}, {});
  b.output(after);
  b.subgraph("init");
  const int same = handle(b, "sum"), ten = b.constant<int32_t>("ten", {1}, {10});
  b.node(schema::BuiltinOperator_ASSIGN_VARIABLE, {same, ten}, {});
  return b;
}

int32_t add(runtime::Interpreter& interpreter, int32_t value) {
  EXPECT_TRUE(interpreter.set_input(0, {reinterpret_cast<const uint8_t*>(&value), sizeof value}));
  EXPECT_TRUE(interpreter.invoke());
  for (const auto& skipped : interpreter.coverage().skipped) ADD_FAILURE() << skipped.error.text();
  return *interpreter.output(0).as<int32_t>();
}

TEST(ResourceTest, VariablesOutliveInvocationsUntilTheReset) {
  const auto interpreter = interpreter_of(accumulator());
  ASSERT_TRUE(interpreter);
  EXPECT_EQ(add(*interpreter, 1), 11);
  EXPECT_EQ(add(*interpreter, 2), 13);
  interpreter->reset_state();
  EXPECT_EQ(add(*interpreter, 5), 15);
}

TEST(ResourceTest, InterpretersOfOneModelDoNotShareVariables) {
  const auto model = accumulator();
  const auto a = interpreter_of(model), b = interpreter_of(model);
  ASSERT_TRUE(a && b);
  EXPECT_EQ(add(*a, 1), 11);
  EXPECT_EQ(add(*b, 1), 11);
  EXPECT_EQ(add(*a, 1), 12);
}

TEST(ResourceTest, ReadingWhatWasNeverAssignedIsAnError) {
  ModelBuilder b;
  const int v = handle(b, "v"), y = b.tensor("y", DType::kFloat32, {1});
  b.node(schema::BuiltinOperator_READ_VARIABLE, {v}, {y});
  b.output(y);
  EXPECT_EQ(refusal(b), ErrorCode::kMalformed);
}

/// A table of words that subgraph 1 fills; what is not there gives -1.
ModelBuilder dictionary(DType output = DType::kInt64) {
  ModelBuilder b;
  const int keys = b.strings("keys", {3}, {"cat", "ox", "dog"});
  b.node(schema::BuiltinOperator_CALL_ONCE, {}, {}, [](auto& f) { return schema::CreateCallOnceOptions(f, 1); });
  auto options = [](auto& f) { return schema::CreateHashtableOptions(f, 3, schema::TensorType_STRING, schema::TensorType_INT64); };
  const int table = b.tensor("table", DType::kResource, {}), found = b.tensor("found", output, {3}),
            size = b.tensor("size", DType::kInt64, {1});
  const int missing = output == DType::kInt64 ? b.constant<int64_t>("missing", {}, {-1}) : b.strings("missing", {}, {"?"});
  b.node(schema::BuiltinOperator_HASHTABLE, {}, {table}, options);
  b.node(schema::BuiltinOperator_HASHTABLE_FIND, {table, keys, missing}, {found});
  b.node(schema::BuiltinOperator_HASHTABLE_SIZE, {table}, {size});
  b.output(found);
  b.output(size);
  b.subgraph("init");
  const int same = b.tensor("table", DType::kResource, {}), words = b.strings("words", {2}, {"dog", "cat"}),
            numbers = b.constant<int64_t>("numbers", {2}, {7, 9});
  b.node(schema::BuiltinOperator_HASHTABLE, {}, {same}, options);
  b.node(schema::BuiltinOperator_HASHTABLE_IMPORT, {same, words, numbers}, {});
  return b;
}

TEST(ResourceTest, TablesFindWhatWasImported) {
  const auto interpreter = interpreter_of(dictionary());
  ASSERT_TRUE(interpreter);
  for (int pass = 0; pass < 2; ++pass) {
    ASSERT_TRUE(interpreter->invoke());
    for (const auto& skipped : interpreter->coverage().skipped) ADD_FAILURE() << skipped.error.text();
    const int64_t* found = interpreter->output(0).as<int64_t>();
    EXPECT_EQ(std::vector<int64_t>(found, found + 3), (std::vector<int64_t>{9, -1, 7}));
    EXPECT_EQ(*interpreter->output(1).as<int64_t>(), 2);
  }
}

TEST(ResourceTest, TypesThatTheTableDoesNotHaveAreRefused) {
  EXPECT_EQ(refusal(dictionary(DType::kString)), ErrorCode::kDtypeMismatch);
}

/// Strings and handles pass through the branches of an IF.
TEST(ResourceTest, StringsAndHandlesPassThroughSubgraphs) {
  for (const bool which : {false, true}) {
    ModelBuilder b;
    const int condition = b.constant<bool>("condition", {1}, {which}), words = b.strings("words", {2}, {"a", "bcd"});
    const int v = handle(b, "v"), seven = b.constant<int32_t>("seven", {1}, {7});
    b.node(schema::BuiltinOperator_ASSIGN_VARIABLE, {v, seven}, {});
    const int out = b.tensor("out", DType::kString, {1}), number = b.tensor("number", DType::kInt32, {1});
    b.node(schema::BuiltinOperator_IF, {condition, words, v}, {out, number},
           [](auto& f) { return schema::CreateIfOptions(f, 1, 2); });
    b.output(out);
    b.output(number);
    for (const char* name : {"then", "else"}) {
      b.subgraph(name);
      const int text = b.input("text", DType::kString, {2}), variable = b.input("variable", DType::kResource, {}),
                value = b.tensor("value", DType::kInt32, {1});
      b.node(schema::BuiltinOperator_READ_VARIABLE, {variable}, {value});
      b.output(text);
      b.output(value);
    }
    const auto interpreter = interpreter_of(b);
    ASSERT_TRUE(interpreter);
    ASSERT_TRUE(interpreter->invoke());
    for (const auto& skipped : interpreter->coverage().skipped) ADD_FAILURE() << skipped.error.text();
    const auto text = read_strings(interpreter->output(0));
    ASSERT_TRUE(text) << text.error().text();
    EXPECT_EQ(*text, (std::vector<std::string_view>{"a", "bcd"}));
    EXPECT_EQ(*interpreter->output(1).as<int32_t>(), 7);
  }
}

TEST(ResourceTest, CallRunsASubgraph) {
  ModelBuilder b;
  const int x = b.constant<int32_t>("x", {2}, {3, -4}), y = b.tensor("y", DType::kInt32, {1});
  b.node(schema::BuiltinOperator_CALL, {x}, {y}, [](auto& f) { return schema::CreateCallOptions(f, 1); });
  b.output(y);
  b.subgraph("negate");
  const int in = b.input("in", DType::kInt32, {2}), out = b.tensor("out", DType::kInt32, {2});
  b.node(schema::BuiltinOperator_NEG, {in}, {out});
  b.output(out);
  EXPECT_EQ((run<int32_t>(b, {})), (std::vector<int32_t>{-3, 4}));
}

}  // namespace
}  // namespace whyzero::ops
