// Units of ReLU layers that never fire on what the app feeds.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "evidence/case.h"

namespace whyzero::evidence {

struct DeadUnits {
  int node = -1, tensor = -1;
  int units = 0;    // channels of the layer's output
  int dead = 0;     // zero for every sample, everywhere
  int follow = 0;   // of the others: those that change from sample to sample by a tenth of their mean and more
  int samples = 0;
  bool heard = false;  // most of the living units of the first such layer follow: what is fed is loud enough for the model
};

/// The ReLU layer with the largest share of dead units under an app document. Nothing where no layer has as many units as tell, where
/// activations are integers, or where fewer samples than tell can be run.
std::optional<DeadUnits> find_dead_units(const Case& a_case, const nlohmann::json& document);

/// Many units of a layer are dead although what is fed is loud enough to move the rest: they died in training.
bool died_in_training(const DeadUnits& units);

}  // namespace whyzero::evidence
