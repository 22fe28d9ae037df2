#include "rules/common/fed.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "rules/common/hand_code.h"

namespace whyzero::rules {
namespace {

/// With this many labelled samples the experiments prove every fault that hurts.
constexpr size_t kEnoughTruth = 20;

}  // namespace

std::vector<app::Value> fed_values(const evidence::Case& a_case, size_t k) {
  std::vector<app::Value> values;
  if (!a_case.binding || a_case.symptom.failure) return values;
  const app::Source& source = *a_case.sources[k];
  for (size_t i = 0; i < std::min(source.size(), kSamplesFed); ++i)
    if (auto value = app::input_value(source, a_case.input(k), i, a_case.input_tensor(k))) values.push_back(std::move(*value));
  return values;
}

double absurd_share(const app::Value& value) {
  if (!dtype_is_float(value.dtype) || value.elements() == 0) return 0;
  constexpr size_t kLeastNumbers = 16;
  size_t absurd = 0, numbers = 0;
  for (size_t i = 0; i < value.elements(); ++i) {
    const double x = std::abs(app::number_at(value.dtype, value.bytes.data(), i));
    numbers += x != 0;
    absurd += !(x <= 1e10) || (x > 0 && x < 1e-10);
  }
  return numbers < kLeastNumbers ? 0 : static_cast<double>(absurd) / static_cast<double>(numbers);
}

double absurd_share_reversed(app::Value value) {
  const size_t size = std::max<size_t>(1, dtype_size(value.dtype));
  for (auto at = value.bytes.begin(); at + static_cast<std::ptrdiff_t>(size) <= value.bytes.end(); at += static_cast<std::ptrdiff_t>(size))
    std::reverse(at, at + static_cast<std::ptrdiff_t>(size));
  return absurd_share(value);
}

bool holds_floats(const app::Value& value) {
  constexpr size_t kLeastNumbers = 64;
  const size_t numbers = value.bytes.size() / 4;
  if (dtype_size(value.dtype) != 1 || numbers < kLeastNumbers) return false;
  std::array<std::array<size_t, 256>, 4> counts{};
  for (size_t i = 0; i < numbers * 4; ++i) ++counts[i % 4][value.bytes[i]];
  const auto share = [&](size_t phase, auto belongs) {
    size_t sum = 0;
    for (size_t b = 0; b < 256; ++b) sum += belongs(b) ? counts[phase][b] : 0;
    return static_cast<double>(sum) / static_cast<double>(numbers);
  };
  // Sign and the upper seven bits of the exponent of numbers between 2^-15 and 2^17, or of zero, which has no sign; pixels fill other
  // bytes as well.
  const auto exponent = [](size_t b) { return b == 0 || ((b & 0x7f) >= 0x38 && (b & 0x7f) <= 0x48); };
  const double zeros = share(0, [](size_t b) { return b == 0; });
  if (share(3, exponent) < 0.98 || share(3, [](size_t b) { return b == 0; }) > 0.9) return false;
  // The last bits of the mantissa: like noise, or all zero where the numbers are whole.
  const bool like_noise = share(0, exponent) < 0.5, whole = zeros > 0.9 && share(2, [](size_t b) { return b == 0; }) < 0.9;
  return like_noise || whole;
}

bool is_half_turned(const app::Value& value, int width, int channels) {
  if (dtype_size(value.dtype) != 1 || width < 2) return false;
  constexpr int kClose = 16;
  const size_t row = static_cast<size_t>(width) * static_cast<size_t>(channels);
  size_t pairs = 0, across_end = 0, at_the_very_end = 0, across_middle = 0;
  for (size_t i = 0; i + static_cast<size_t>(channels) < value.bytes.size(); ++i) {
    if (i % row + static_cast<size_t>(channels) >= row) continue;
    // As positions 0…255 of the type's range.
    const int flip = value.dtype == DType::kInt8 ? 0x80 : 0;
    const int a = value.bytes[i] ^ flip, b = value.bytes[i + static_cast<size_t>(channels)] ^ flip;
    ++pairs;
    if (std::abs(a - b) >= 256 - kClose) {
      ++across_end;
      at_the_very_end += std::min(a, b) <= 1 && std::max(a, b) >= 254;
    } else if (std::abs(a - b) <= kClose && (a < 128) != (b < 128)) {
      ++across_middle;
    }
  }
  // Black beside white lies across the end as well, but at its very end.
  return across_end * 100 > pairs && across_end > 20 * across_middle && at_the_very_end * 2 < across_end;
}

bool wants_proof_of_bytes(const evidence::Case& a_case, size_t k) {
  if (!a_case.binding || a_case.symptom.failure) return false;
  if (a_case.sources[k]->captured()) return true;
  return static_cast<size_t>(std::count_if(a_case.truth.labels.begin(), a_case.truth.labels.end(), [](const auto& label) { return label.has_value(); })) <
         kEnoughTruth;
}

evidence::Finding finding_of_bytes(const Rule& rule, const evidence::Case& a_case, size_t k, std::string message) {
  evidence::Finding finding = finding_of(rule, evidence::Severity::kError, evidence::Proof::kTensor, std::move(message));
  finding.confidence = 0.97;
  finding.where = {.stage = "input.pipeline", .pointer = a_case.input(k).pointer + "/pipeline", .tensor = a_case.input_tensor(k).index};
  if (a_case.sources[k]->captured()) {
    finding.where = {.stage = "input", .pointer = a_case.input(k).pointer, .tensor = a_case.input_tensor(k).index};
    finding.fix = evidence::Fix{.safety = evidence::Safety::kDisplay, .code = hand_code(rule.code, a_case.input_tensor(k))};
  }
  return finding;
}

}  // namespace whyzero::rules
