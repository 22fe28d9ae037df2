// What a model file hints at about the pixels that it was trained on: hypotheses with reasons, never truth.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace whyzero::app {

/// What the graph itself does to its input before the first layer with weights: x · scale + offset, one number, one a channel of a picture or
/// one a column of a table.
struct Rescaling {
  std::vector<double> scale, offset;
  int first_node = 0, last_node = 0;
};
/// Nothing where no arithmetic with constants stands before the first layer.
std::optional<Rescaling> embedded_rescaling(const graph::Model& model, size_t input);
/// "x * 0.00784314 - 1", of the first channel or column.
std::string in_words(const Rescaling& rescaling);

struct Convention {
  std::string text;      // "-1…1 (x/127.5 - 1)"
  nlohmann::json steps;  // from uint8 RGB pixels to real numbers
  double weight = 0;     // 0…1, how strongly the hint speaks; hints of one model need not add up to 1
  std::string reason;    // what in the file says so
  bool declared = false; // the metadata say it in so many words
};
/// The strongest first; empty where the file hints at nothing or the input takes no picture.
std::vector<Convention> input_conventions(const graph::Model& model, size_t input);

}  // namespace whyzero::app
