// How many tensors an operator takes and gives.
#pragma once

#include <cstdint>

namespace whyzero::graph {

struct OperatorArity {
  int16_t op;
  int8_t least_inputs, most_inputs;  // most: -1 for any number
  int8_t least_outputs, most_outputs;
  uint32_t optional_inputs = 0;  // bit i: input i may be left out; ~0: any
};

/// Null for operators whose number of tensors is free or unknown to us (custom, StableHLO, newer than the schema).
const OperatorArity* operator_arity(int32_t op);

}  // namespace whyzero::graph
