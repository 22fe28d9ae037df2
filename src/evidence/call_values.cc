// The values in a recorded run: what was read against what the model computes, and what captured tensors look like.
#include <algorithm>
#include <cmath>
#include <set>

#include "base/file.h"
#include "base/sha256.h"
#include "evidence/call_log.h"
#include "runtime/interpreter.h"
#include "trace/npz.h"

namespace whyzero::evidence {
namespace {

using app::Call;
using Numbers = std::vector<double>;

/// More say nothing new, and each costs a run of the model.
constexpr size_t kMostReads = 64;
/// Runtimes differ by rounding: by a few units of the last place of float32, amplified by the layers, or by a step of an integer.
constexpr double kSameShare = 1e-3, kSameSteps = 2;

Numbers numbers_of(DType dtype, const uint8_t* bytes, size_t size) {
  Numbers numbers(size / std::max<size_t>(1, dtype_size(dtype)));
  for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = app::number_at(dtype, bytes, i);
  return numbers;
}

/// One answer that the script read: the inputs set before it by the same thread, and the value.
struct Reading {
  const Call* call = nullptr;
  std::map<int, const Call*> inputs;
  Numbers read, own;  // own: what the model answers to these inputs
};

std::vector<Reading> readings_of(const Case& a_case) {
  std::vector<Reading> readings;
  std::map<std::pair<int64_t, int64_t>, std::map<int, const Call*>> set;  // by interpreter and thread
  for (const Call& call : a_case.calls) {
    auto& inputs = set[{call.interpreter, call.thread}];
    if (sets_input(a_case, call) && !call.file.empty()) inputs[call.tensor] = &call;
    const bool answer = call.call == "get_tensor" && !call.failed() && call.tensor == a_case.binding->output_tensor.index && !call.file.empty();
    if (answer && inputs.size() == a_case.model->main().inputs.size() && readings.size() < kMostReads) readings.push_back({&call, inputs, {}, {}});
  }
  return readings;
}

bool compute(const Case& a_case, runtime::Interpreter& interpreter, Reading& reading) {
  const auto& inputs = a_case.model->main().inputs;
  for (size_t k = 0; k < inputs.size(); ++k) {
    const auto array = trace::read_npy(app::file_of_call(a_case.app, *reading.inputs[inputs[k]]));
    if (!array || array->dtype != interpreter.input(static_cast<int>(k)).dtype || !interpreter.set_input(static_cast<int>(k), array->data)) return false;
  }
  const auto read = trace::read_npy(app::file_of_call(a_case.app, *reading.call));
  if (!read || !interpreter.invoke() || !interpreter.available(reading.call->tensor)) return false;
  const ops::Tensor& output = interpreter.output(a_case.binding->output);
  if (read->dtype != output.dtype || read->data.size() != output.bytes || !app::dtype_is_number(output.dtype)) return false;
  reading.read = numbers_of(read->dtype, read->data.data(), read->data.size());
  reading.own = numbers_of(output.dtype, output.data, output.bytes);
  return true;
}

double distance(const Numbers& a, const Numbers& b) {
  double most = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const double d = std::abs(a[i] - b[i]);
    if (!(d <= most)) most = std::isnan(d) ? INFINITY : d;
  }
  return most;
}

}  // namespace

Reads compare_reads(const Case& a_case) {
  Reads result;
  if (!a_case.model || !a_case.binding || app::keeps_state(*a_case.model)) return result;
  std::vector<Reading> readings = readings_of(a_case);
  if (readings.size() < 2) return result;
  auto interpreter = runtime::Interpreter::create(a_case.model);
  if (!interpreter) return result;
  std::erase_if(readings, [&](Reading& reading) { return !compute(a_case, **interpreter, reading); });
  double largest = 0;
  for (const Reading& reading : readings)
    for (double x : reading.own) largest = std::max(largest, std::abs(x));
  const double same = dtype_is_float(a_case.binding->output_tensor.dtype) ? kSameShare * largest : kSameSteps;
  for (size_t i = 0; i < readings.size(); ++i) {
    ++result.checked;
    if (distance(readings[i].read, readings[i].own) <= same) continue;
    // The nearest earlier answer first: that is what a stale read shows.
    for (size_t back = 1; back < readings.size(); ++back) {
      const size_t j = (i + readings.size() - back) % readings.size();
      const bool tells_apart = distance(readings[i].own, readings[j].own) > 4 * same;
      if (!tells_apart || distance(readings[i].read, readings[j].own) > same) continue;
      result.strays.push_back({readings[i].call, i, j});
      break;
    }
  }
  return result;
}

std::vector<Captured> look_at_captured(const Case& a_case) {
  std::vector<Captured> all(a_case.sources.size());
  if (!a_case.binding) return all;
  for (size_t k = 0; k < all.size(); ++k) {
    const app::Source& source = *a_case.sources[k];
    if (!source.captured()) continue;
    Captured& captured = all[k];
    std::set<std::string> seen, originals;
    size_t like_second = 0;
    std::string first, second;
    for (size_t i = 0; i < source.size(); ++i) {
      const auto value = source.first_value(i, image::DecodeLike::kPillow, a_case.input_tensor(k));
      if (!value || value->bytes.empty() || !app::dtype_is_number(value->dtype)) continue;
      const Numbers numbers = numbers_of(value->dtype, value->bytes.data(), value->bytes.size());
      const auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
      if (captured.samples == 0) captured.low = *low, captured.high = *high;
      captured.low = std::min(captured.low, *low);
      captured.high = std::max(captured.high, *high);
      captured.blank += *low == *high;
      const std::string hash = sha256(value->bytes);
      if (captured.samples == 0) first = hash;
      if (captured.samples == 1) second = hash;
      like_second += captured.samples >= 1 && hash == second;
      seen.insert(hash);
      ++captured.samples;
    }
    captured.distinct = seen.size();
    captured.rest_same = captured.samples > 2 && first != second && like_second == captured.samples - 1;
    const nlohmann::json& photos = a_case.input(k).original_images;
    if (photos.is_array())
      for (const auto& photo : photos) {
        if (!photo.is_string()) continue;
        ++captured.originals;
        if (const auto bytes = read_file(a_case.app.resolve(photo.get<std::string>()))) originals.insert(sha256(*bytes));
      }
    captured.distinct_originals = originals.size();
  }
  return all;
}

}  // namespace whyzero::evidence
