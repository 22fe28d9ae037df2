// From the bytes of an output tensor to what the app shows: decode steps, labels.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/app.h"
#include "app/value.h"

namespace whyzero::app {

struct Answer {
  std::optional<int> label;     // class index before label_offset; nothing for numbers
  std::vector<double> shown;    // the numbers after all steps
  std::vector<double> scores;   // the numbers that argmax or threshold looked at
  bool thresholded = false;     // label came from a threshold: scores[0] stands for class 1
};

Result<void> check_decode(const nlohmann::json& steps);
Result<Answer> decode_output(std::span<const uint8_t> raw, const TensorInfo& tensor, const nlohmann::json& steps);

/// Text of class `label` after the app's label_offset; nothing outside the label file. Without labels the number itself.
std::optional<std::string> label_text(const Output& output, int label);

}  // namespace whyzero::app
