// The plainest app file for a model: what one would try first, for people who have none.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "whyzero/result.h"

namespace whyzero::app {

struct PlainAppOptions {
  std::filesystem::path model;
  std::vector<std::filesystem::path> images;  // one folder, or files
  std::filesystem::path truth, labels;        // empty: none
  std::filesystem::path base;                 // folder that the document's paths are relative to; empty: paths as given
};

struct PlainApp {
  nlohmann::json document;
  std::vector<std::string> notes;  // what was guessed, one sentence each
};

/// kUnsupported where the model has not exactly one input or it is no picture; kInvalidArgument without images.
Result<PlainApp> plain_app(const graph::Model& model, const PlainAppOptions& options);

/// An app file to begin with, for every model: `images` may be a table (.csv), arrays (.npy, .npz) or captured tensors (.bin, .log,
/// …) as well, or nothing; what is missing stands in the document as a name that the notes speak of.
Result<PlainApp> draft_app(const graph::Model& model, const PlainAppOptions& options);

}  // namespace whyzero::app
