#include "quantize/emulator.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>

namespace whyzero::quantize {
namespace {

template <class T>
void dequantize(const Grid& grid, std::span<const uint8_t> bytes, float* out) {
  for (size_t k = 0; k < bytes.size() / sizeof(T); ++k) {
    T q;
    std::memcpy(&q, bytes.data() + k * sizeof(T), sizeof(T));
    out[k] = static_cast<float>(static_cast<int64_t>(q) - grid.zero_point) * grid.scale;
  }
}

template <class T>
std::vector<uint8_t> quantized(const Grid& grid, std::span<const float> values) {
  std::vector<uint8_t> bytes(values.size() * sizeof(T));
  for (size_t k = 0; k < values.size(); ++k) {
    const double q = std::nearbyint(static_cast<double>(values[k]) / static_cast<double>(grid.scale)) + static_cast<double>(grid.zero_point);
    const T stored = static_cast<T>(q >= grid.high ? grid.high : q >= grid.low ? q : grid.low);
    std::memcpy(bytes.data() + k * sizeof(T), &stored, sizeof(T));
  }
  return bytes;
}

}  // namespace

Result<std::unique_ptr<Emulator>> Emulator::create(Emulation emulation, runtime::InterpreterOptions options) {
  std::unique_ptr<Emulator> made(new Emulator(std::move(emulation)));
  const std::shared_ptr<const FloatTwin>& twin = made->emulation_.twin;
  made->emulation_.rounded.resize(twin->grids.size());
  WHYZERO_ASSIGN(made->interpreter_, runtime::Interpreter::create(std::shared_ptr<const graph::Model>(twin, &twin->model), options));
  return made;
}

Result<void> Emulator::set_input(int k, std::span<const uint8_t> bytes) {
  const auto index = static_cast<size_t>(interpreter_->subgraph().inputs[static_cast<size_t>(k)]);
  const Grid& grid = emulation_.twin->grids[index];
  if (!grid.present()) return interpreter_->set_input(k, bytes);
  const graph::Tensor& tensor = emulation_.twin->quantized->main().tensors[index];
  ops::Tensor& input = interpreter_->input(k);
  if (bytes.size() != input.elements() * dtype_size(tensor.dtype))
    return fail(ErrorCode::kShapeMismatch, fmt::format("input {} takes {} elements of {}, given {} bytes", tensor.label(), input.elements(), dtype_name(tensor.dtype), bytes.size()));
  if (tensor.dtype == DType::kInt8) dequantize<int8_t>(grid, bytes, input.as<float>());
  else if (tensor.dtype == DType::kUInt8) dequantize<uint8_t>(grid, bytes, input.as<float>());
  else dequantize<int16_t>(grid, bytes, input.as<float>());
  return {};
}

Result<void> Emulator::invoke(ActivationRanges* ranges) {
  ranges_ = ranges;
  if (ranges_) ranges_->resize(emulation_.twin->grids.size());
  WHYZERO_TRY(interpreter_->invoke(this));
  for (int output : interpreter_->subgraph().outputs) WHYZERO_TRY(interpreter_->available(output));
  return {};
}

Result<std::vector<uint8_t>> Emulator::output(int k) const {
  const ops::Tensor& output = interpreter_->output(k);
  const auto index = static_cast<size_t>(interpreter_->subgraph().outputs[static_cast<size_t>(k)]);
  const Grid& grid = emulation_.twin->grids[index];
  if (!grid.present()) return std::vector<uint8_t>(output.data, output.data + output.bytes);
  const std::span<const float> values(output.as<float>(), output.elements());
  switch (emulation_.twin->quantized->main().tensors[index].dtype) {
    case DType::kInt8: return quantized<int8_t>(grid, values);
    case DType::kUInt8: return quantized<uint8_t>(grid, values);
    default: return quantized<int16_t>(grid, values);
  }
}

void Emulator::node_end(int subgraph, const graph::Node&, std::span<ops::Tensor* const> outputs) {
  if (subgraph != 0) return;
  for (ops::Tensor* output : outputs) {
    if (!output || !output->info || output->dtype != DType::kFloat32) continue;
    const auto index = static_cast<size_t>(output->info->index);
    if (index < emulation_.twin->grids.size() && emulation_.twin->grids[index].present())
      see(index, {output->as<float>(), output->elements()});
  }
}

void Emulator::see(size_t tensor, std::span<float> values) {
  const Grid& grid = emulation_.twin->grids[tensor];
  if (ranges_) (*ranges_)[tensor].add(measure_range(grid, values));
  if (emulation_.rounded[tensor]) round_to_grid(grid, values);
}

}  // namespace whyzero::quantize
