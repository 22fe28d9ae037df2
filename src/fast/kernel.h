// A faster kernel of an operator: same contract as in ops/, chosen where `supports` says so, otherwise ops/ runs.
// Agrees with the reference bit for bit on integers, within the operator's tolerance class on floats.
#pragma once

#include <span>
#include <string_view>

#include "ops/operator.h"

namespace whyzero::fast {

struct Kernel {
  std::string_view name;     // <dtype>_<op>_<method>: "f32_conv_2d_indirect"
  int32_t builtin = -1;
  /// Asked after the reference operator's prepare succeeded and all shapes are known.
  bool (*supports)(ops::Context&) = nullptr;
  /// Packs weights and keeps them in the node's state. The reference's state is replaced.
  Result<void> (*prepare)(ops::Context&) = nullptr;
  Result<void> (*eval)(ops::Context&) = nullptr;
};

std::span<const Kernel* const> all_kernels();

}  // namespace whyzero::fast
