// The model without what training left in it, for the diagnosis to try and to hand over.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "evidence/case.h"

namespace whyzero::rules {

/// Bytes of the case's model with dropout taken out, or with fresh batch statistics; null where neither mends it.
std::shared_ptr<const std::vector<uint8_t>> model_without_training_mode(const evidence::Case& a_case);

}  // namespace whyzero::rules
