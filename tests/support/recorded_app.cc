#include "support/recorded_app.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "app/evaluate.h"
#include "app/source.h"
#include "base/file.h"
#include "graph/tflite_reader.h"
#include "trace/npz.h"

namespace whyzero::toy {
namespace {

using nlohmann::json;

std::string input_file(int sample) { return sample < 0 ? "captured/zeros.npy" : fmt::format("captured/in_{:03}.npy", sample); }
std::string output_file(int sample) { return fmt::format("captured/out_{:03}.npy", sample); }

void write(const std::string& name, std::vector<int64_t> shape, std::vector<uint8_t> bytes) {
  trace::Array array;
  array.shape = std::move(shape);
  array.data = std::move(bytes);
  EXPECT_TRUE(trace::write_npy(standard().folder() / name, array)) << name;
}

/// The tensors and answers of the healthy toy, written once.
bool capture() {
  const auto parsed = app::parse_app(standard().document(), standard().folder().path());
  const auto reading = graph::read_tflite(parsed->model);
  const auto binding = app::bind(*parsed, *reading->model);
  const auto source = app::open_source(*parsed, parsed->inputs[0]);
  const auto evaluation = app::evaluate(*parsed, reading->model, {.threads = 1, .keep_outputs = true});
  EXPECT_TRUE(binding && source && evaluation);
  EXPECT_EQ(binding->tensors[0].index, kImage);
  EXPECT_EQ(binding->output_tensor.index, kLogits);
  const auto truth = app::load_truth(*parsed, **source);
  std::string rows = "sample,label\n";
  for (size_t i = 0; i < (*source)->size(); ++i) {
    const auto value = app::input_value(**source, parsed->inputs[0], i, binding->tensors[0]);
    EXPECT_TRUE(value);
    write(input_file(static_cast<int>(i)), {1, 8, 8, 3}, value->bytes);
    write(output_file(static_cast<int>(i)), {1, 6}, evaluation->outputs[i]);
    rows += fmt::format("{},{}\n", i, truth->labels[i].value_or(""));
  }
  write(input_file(-1), {1, 8, 8, 3}, std::vector<uint8_t>(8 * 8 * 3 * 4));
  EXPECT_TRUE(write_text(standard().folder() / "rows.csv", rows));
  return true;
}

}  // namespace

int recorded_samples() { return standard().options().samples; }

json set_call(int sample) {
  return {{"call", "set_tensor"}, {"tensor", kImage}, {"dtype", "float32"}, {"shape", {1, 8, 8, 3}}, {"file", input_file(sample)}, {"line", "app.py:10"}};
}

json invoke_call() { return {{"call", "invoke"}, {"line", "app.py:11"}}; }

json get_call(int of) {
  return {{"call", "get_tensor"}, {"tensor", kLogits}, {"dtype", "float32"}, {"shape", {1, 6}}, {"file", output_file(of)}, {"line", "app.py:12"}};
}

json refused_call(const std::string& dtype, const std::vector<int>& shape) {
  return {{"call", "set_tensor"}, {"tensor", kImage}, {"dtype", dtype}, {"shape", shape}, {"line", "app.py:10"}, {"exception", "ValueError: Cannot set tensor"}};
}

Calls healthy_calls() {
  Calls calls;
  for (int i = 0; i < recorded_samples(); ++i)
    for (const json& call : {set_call(i), invoke_call(), get_call(i)}) calls.push_back(call);
  return calls;
}

json recorded(const Calls& calls, const std::vector<int>& tensors) {
  static const bool captured = capture();
  EXPECT_TRUE(captured);
  std::string log;
  for (const json& call : calls) log += call.dump() + "\n";
  const std::string name = fmt::format("calls_{:016x}.jsonl", std::hash<std::string>{}(log));
  EXPECT_TRUE(write_text(standard().folder() / name, log));
  json files = json::array();
  if (tensors.empty())
    for (int i = 0; i < recorded_samples(); ++i) files.push_back(input_file(i));
  for (int sample : tensors) files.push_back(input_file(sample));
  json document = standard().document();
  document["input"] = {{"tensors", files}};
  document["truth"] = "rows.csv";
  document["calls"] = name;
  return document;
}

}  // namespace whyzero::toy
