// Apps without photos whose truth is known by construction: tables, arrays and sequences, each with the best linear model there is.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>

#include "support/folder.h"

namespace whyzero::toy {

/// Writes the files of an app into a folder and returns the healthy app: what toy::App is made of.
using Writer = std::function<nlohmann::json(const Folder&)>;

enum class Head {
  kProbabilities,  // FULLY_CONNECTED, SOFTMAX
  kLogits,         // FULLY_CONNECTED
  kUnit,           // two classes: FULLY_CONNECTED, LOGISTIC of one unit
  kNumber,         // a regression, quantized to int8
  kTwoHeads        // two outputs: first the classes in another coding, then the classes
};

struct TableOptions {
  int classes = 3, features = 6, rows = 90;
  Head head = Head::kProbabilities;
  double noise = 0.7;  // deviation of the features around their class, in deviations of the classes
};
/// A CSV file with features on scales from 0.1 to 100, standardized by the app as in training.
Writer table(const TableOptions& options = {});

/// Two inputs of the same shape, fed from arrays; the answer depends on the first far more than on the second.
Writer two_inputs();

/// An LSTM that adds up what it sees: samples must be kept apart by a reset.
Writer memory();

}  // namespace whyzero::toy
