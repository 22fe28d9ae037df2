// Moving elements of any type: bytes as they are, packed integers unpacked on the way, strings by their numbers.
#pragma once

#include <string>
#include <vector>

#include "ops/common/quantized.h"
#include "ops/common/scratch.h"
#include "ops/common/shapes.h"
#include "ops/common/strings.h"

namespace whyzero::ops {

/// Output 0 becomes the elements of input 0 in their order, in the shape that it has.
inline Result<void> keep_elements(Context& ctx) {
  if (ctx.input(0).dtype == DType::kString) {
    WHYZERO_ASSIGN(const auto strings, read_strings(ctx.input(0)));
    return ctx.set_strings(0, {strings.begin(), strings.end()}, ctx.output(0).shape);
  }
  copy_all(ctx);
  return {};
}

/// Fills output 0 (of `shape`) from the elements of `input`: move(bytes an element, from, to) copies them as it likes.
template <class Move>
Result<void> move_elements(Context& ctx, const Tensor& input, Move&& move, const Shape& shape) {
  Tensor& output = ctx.output(0);
  if (input.dtype == DType::kString) {
    WHYZERO_ASSIGN(const auto texts, read_strings(input));
    std::vector<int32_t> numbers(texts.size());
    WHYZERO_ASSIGN(auto moved, scratch<int32_t>(ctx, element_count(shape)));
    for (size_t k = 0; k < numbers.size(); ++k) numbers[k] = static_cast<int32_t>(k);
    move(sizeof(int32_t), reinterpret_cast<const uint8_t*>(numbers.data()), reinterpret_cast<uint8_t*>(moved.data()));
    size_t bytes = moved.size() * sizeof(std::string);
    for (int32_t k : moved) bytes += texts[static_cast<size_t>(k)].size();  // each is at most 2 GiB, and their number has been granted
    if (auto room = ctx.host().reserve(bytes); !room) return fail(std::move(room).error(), ctx.node().label());
    std::vector<std::string> chosen;
    chosen.reserve(moved.size());
    for (int32_t k : moved) chosen.emplace_back(texts[static_cast<size_t>(k)]);
    return ctx.set_strings(0, chosen, shape);
  }
  if (dtype_bits(input.dtype) < 8) {
    const std::vector<int8_t> wide = unpacked(input);
    WHYZERO_ASSIGN(auto moved, scratch<int8_t>(ctx, element_count(shape)));
    move(size_t{1}, reinterpret_cast<const uint8_t*>(wide.data()), reinterpret_cast<uint8_t*>(moved.data()));
    pack(moved, output);
    return {};
  }
  move(dtype_size(input.dtype), static_cast<const uint8_t*>(input.data), output.data);
  return {};
}

}  // namespace whyzero::ops
