// Changes beside the pipeline: which columns of a table are read, which input gets what, when the model's memory is cleared, and
// how bytes lie in the buffer.
#include <fmt/format.h>

#include <algorithm>

#include "fix/snippet_parts.h"

namespace whyzero::fix {
namespace {

using nlohmann::json;

constexpr const char* kFeatures = "/input/table/features";
constexpr const char* kReset = "/state/reset_between";

std::string list_text(const json& texts) {
  const std::string list = texts.dump();
  return list.substr(1, list.size() - 2);
}

std::string column_lines(const json& before, const json& after, Language language) {
  const json::json_pointer place(kFeatures);
  const json names = after.value(place, json());
  if (!names.is_array() || names == before.value(place, json())) return {};
  const std::string list = list_text(names);
  switch (language) {
    case Language::kPython: return fmt::format("names = [{}]\nx = np.array([row[name] for name in names], np.float32)  # row: one line of the table, by column\n", list);
    case Language::kKotlin: return fmt::format("val x = listOf({}).map {{ row.getValue(it) }}.toFloatArray()  // row: Map<String, Float>\n", list);
    case Language::kCpp: return fmt::format("std::vector<float> x;  // row: std::map<std::string, float>\nfor (const char* name : {{{}}}) x.push_back(row.at(name));\n", list);
  }
  return {};
}

json without(json object, std::initializer_list<const char*> keys) {
  for (const char* key : keys) object.erase(key);
  return object;
}

/// Which old input's data the model's input m gets now; empty where they are no permutation, or nothing was exchanged.
std::vector<int> exchanged(const json& before, const json& after, const app::Binding& binding, std::initializer_list<const char*> kept) {
  if (!before.contains("inputs") || !after.contains("inputs") || before["inputs"].size() != after["inputs"].size()) return {};
  const json &old_inputs = before["inputs"], &new_inputs = after["inputs"];
  if (binding.input_of.size() != new_inputs.size()) return {};
  std::vector<int> from(new_inputs.size(), -1);
  bool moved = false;
  for (size_t k = 0; k < new_inputs.size(); ++k) {
    for (size_t old = 0; old < old_inputs.size(); ++old)
      if (without(new_inputs[k], kept) == without(old_inputs[old], kept)) from[static_cast<size_t>(binding.input_of[k])] = binding.input_of[old];
    moved = moved || from[static_cast<size_t>(binding.input_of[k])] != binding.input_of[k];
  }
  std::vector<int> sorted = from;
  std::sort(sorted.begin(), sorted.end());
  const bool permutation = sorted.front() >= 0 && std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
  return moved && permutation ? from : std::vector<int>{};
}

std::string exchange_lines(const std::vector<int>& from, Language language) {
  std::string lines, all;
  const char* mark = language == Language::kPython ? "#" : "//";
  for (size_t m = 0; m < from.size(); ++m) {
    const bool moved = from[m] != static_cast<int>(m);
    const std::string remark = moved ? fmt::format("  {} what input {} got before", mark, from[m]) : "";
    if (language == Language::kPython) lines += fmt::format("interpreter.set_tensor(interpreter.get_input_details()[{}][\"index\"], x{}){}\n", m, from[m], remark);
    if (language == Language::kCpp) lines += fmt::format("std::memcpy(interpreter->input_tensor({0})->data.raw, x{1}, interpreter->input_tensor({0})->bytes);{2}\n", m, from[m], remark);
    all += fmt::format("{}x{}", m ? ", " : "", from[m]);
  }
  if (language == Language::kKotlin) return fmt::format("interpreter.runForMultipleInputsOutputs(arrayOf({}), outputs)  // x0: what the first input got before\n", all);
  return lines;
}

std::string reset_lines(const json& before, const json& after, Language language) {
  const json::json_pointer place(kReset);
  if (!after.value(place, false) || before.value(place, false)) return {};
  switch (language) {
    case Language::kPython: return "interpreter.reset_all_variables()  # before every sample\n";
    case Language::kKotlin: return "interpreter.resetVariableTensors()  // before every sample\n";
    case Language::kCpp: return "interpreter->ResetVariableTensors();  // before every sample\n";
  }
  return {};
}

/// Copies the rows of a camera's or bitmap's buffer without what lies between them.
std::string stride_lines(const InputChange& change, int row_bytes, Language language) {
  const auto& shape = change.tensor->shape;
  if (shape.size() != 4) return {};
  const int height = shape[1], row = shape[2] * shape[3];
  if (row > row_bytes || row <= 0 || height <= 0) return {};
  switch (language) {
    case Language::kPython:
      return fmt::format("x = np.stack([np.frombuffer(buffer, np.uint8, {0}, y * {1}) for y in range({2})]).reshape({2}, {3}, {4})  # rows lie {1} bytes apart\n", row, row_bytes, height, shape[2], shape[3]);
    case Language::kKotlin:
      return fmt::format("val pixels = ByteArray({0} * {1})  // rows of `plane` lie {2} bytes apart\nfor (y in 0 until {0}) {{\n    plane.position(y * {2})\n    plane.get(pixels, y * {1}, {1})\n}}\n", height, row, row_bytes);
    case Language::kCpp:
      return fmt::format("std::vector<uint8_t> pixels({0} * {1});  // rows of `plane` lie {2} bytes apart\nfor (int y = 0; y < {0}; ++y) std::memcpy(&pixels[y * {1}], plane + y * {2}, {1});\n", height, row, row_bytes);
  }
  return {};
}

}  // namespace

bool only_exchanged(const json& before, const json& after, const app::Binding& binding) { return !exchanged(before, after, binding, {"name"}).empty(); }

std::string feeding_lines(const json& before, const json& after, const app::Binding& binding, Language language) {
  std::string lines = column_lines(before, after, language);
  std::vector<int> from = exchanged(before, after, binding, {"name"});
  if (from.empty()) from = exchanged(before, after, binding, {"name", "pipeline"});
  if (!from.empty()) lines += exchange_lines(from, language);
  return lines + reset_lines(before, after, language);
}

std::string memory_lines(const InputChange& change, Language language) {
  std::string lines;
  for (const json& step : change.dropped) {
    if (step.contains("stride_bug")) lines += stride_lines(change, step["stride_bug"].value("row_bytes", 0), language);
    if (step.contains("byte_order") && language == Language::kPython) lines += "x = x.astype(x.dtype.newbyteorder(\"=\"))  # numbers in the machine's own order: np.float32, not \">f4\"\n";
    if (step.contains("byte_order") && language == Language::kKotlin) lines += "buffer.order(ByteOrder.nativeOrder())  // before the first putFloat\n";
  }
  return lines;
}

}  // namespace whyzero::fix
