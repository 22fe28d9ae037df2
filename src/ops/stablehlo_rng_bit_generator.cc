// STABLEHLO_RNG_BIT_GENERATOR: random bits from a key and a counter, and the counter after them.
#include <fmt/format.h>

#include <bit>
#include <cstring>

#include "ops/common/random.h"

namespace whyzero::ops {
namespace {

/// Threefry 2x32 with twenty rounds.
std::array<uint32_t, 2> threefry(std::array<uint32_t, 2> x, std::array<uint32_t, 2> key) {
  constexpr int kRotations[2][4] = {{13, 15, 26, 6}, {17, 29, 16, 24}};
  const uint32_t schedule[3] = {key[0], key[1], 0x1BD11BDA ^ key[0] ^ key[1]};
  x = {x[0] + schedule[0], x[1] + schedule[1]};
  for (uint32_t group = 0; group < 5; ++group) {
    for (int rotation : kRotations[group % 2]) {
      x[0] += x[1];
      x[1] = std::rotl(x[1], rotation) ^ x[0];
    }
    x[0] += schedule[(group + 1) % 3];
    x[1] += schedule[(group + 2) % 3] + group + 1;
  }
  return x;
}

std::array<uint32_t, 2> halves(uint64_t word) { return {static_cast<uint32_t>(word), static_cast<uint32_t>(word >> 32)}; }

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, 1, 2, 2));
  WHYZERO_TRY(ctx.expect_input(0));
  const Tensor& state = ctx.input(0);
  WHYZERO_TRY(ctx.expect_dtype(state, {DType::kUInt64}));
  WHYZERO_TRY(ctx.expect_rank(state, 1, 1));
  WHYZERO_TRY(ctx.expect_same_dtype(state, ctx.output(0)));
  WHYZERO_TRY(ctx.expect_dtype(ctx.output(1), {DType::kInt32, DType::kUInt32, DType::kInt64, DType::kUInt64}));
  const auto algorithm = ctx.options<schema::StablehloRngBitGeneratorOptions>().algorithm();
  const bool known = algorithm >= schema::RngAlgorithm_DEFAULT && algorithm <= schema::RngAlgorithm_THREEFRY;
  if (!known || (state.dim(0) != 2 && (state.dim(0) != 3 || algorithm == schema::RngAlgorithm_THREEFRY)))
    return ctx.error(ErrorCode::kMalformed, fmt::format("algorithm {} with a state of {} words does not exist",
                                                        static_cast<int>(algorithm), state.dim(0)));
  WHYZERO_TRY(ctx.resize_output(0, state.shape));
  return ctx.resize_output(1, ctx.output(1).shape);  // as the file says
}

template <size_t N, class Block>
uint64_t draw(Tensor& output, uint64_t counter, Block&& block) {
  for (size_t done = 0; done < output.bytes; done += sizeof(uint32_t) * N) {
    const std::array<uint32_t, N> bits = block(halves(counter++));
    std::memcpy(output.data + done, bits.data(), std::min(sizeof bits, output.bytes - done));
  }
  return counter;
}

Result<void> eval(Context& ctx) {
  const uint64_t* state = ctx.input(0).as<uint64_t>();
  const std::array<uint32_t, 2> key = halves(state[0]);
  uint64_t counter = 0;
  if (ctx.options<schema::StablehloRngBitGeneratorOptions>().algorithm() == schema::RngAlgorithm_THREEFRY) {
    counter = draw<2>(ctx.output(1), state[1], [&](std::array<uint32_t, 2> at) { return threefry(at, key); });
  } else {
    const std::array<uint32_t, 2> high = halves(ctx.input(0).dim(0) == 3 ? state[2] : state[0]);
    counter = draw<4>(ctx.output(1), state[1], [&](std::array<uint32_t, 2> at) {
      return Philox::block({at[0], at[1], high[0], high[1]}, key);
    });
  }
  std::memcpy(ctx.output(0).data, state, ctx.output(0).bytes);
  ctx.output(0).as<uint64_t>()[1] = counter;
  return {};
}

}  // namespace

extern constinit const Operator unit_stablehlo_rng_bit_generator{.name = "STABLEHLO_RNG_BIT_GENERATOR",
                                                                 .builtin = schema::BuiltinOperator_STABLEHLO_RNG_BIT_GENERATOR,
                                                                 .max_version = 1,
                                                                 .prepare = prepare,
                                                                 .eval = eval};

}  // namespace whyzero::ops
