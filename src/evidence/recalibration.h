// Would fresh batch statistics make the model answer? A model that was converted with batch norm at its start still has all it
// learned: only the scale between layers is lost, so that the signal fades or grows from layer to layer. The app's own samples bring it
// back. Weights that were never right, and inputs in a wrong range, are not mended so.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "evidence/case.h"

namespace whyzero::evidence {

struct Recalibration {
  double fading = 1;                // deviation of the channels at `node`, as a share of the first convolution's
  int node = -1;                    // where the signal has faded or grown most
  double before = 0, after = 0;     // the metric
  int samples = 0;
  std::shared_ptr<const std::vector<uint8_t>> model;  // with the fresh statistics
};

/// Asked only where the app measures no better than chance and the signal fades or grows; nothing otherwise, and nothing where the
/// convolutions are not float or have no biases.
std::optional<Recalibration> recalibrate(const Case& a_case);

}  // namespace whyzero::evidence
