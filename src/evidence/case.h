// All that is known of an app before anything is tried: file, graph, samples, truth. Facts are computed once for all rules.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/app.h"
#include "app/calls.h"
#include "app/evaluate.h"
#include "app/recover/recover.h"
#include "app/score.h"
#include "app/source.h"
#include "evidence/dry_run.h"
#include "graph/graph.h"
#include "graph/tflite_reader.h"

namespace whyzero::evidence {

/// How the app behaves as deployed.
struct Symptom {
  std::optional<Error> failure;     // the app could not have run: kShapeMismatch, kDtypeMismatch, …
  app::Evaluation evaluation;       // as deployed; empty where it failed
};

/// What the model does with inputs that are surely different.
struct Response {
  bool measured = false;
  bool constant = false;            // the read output was the same for every input tried
  bool constant_when_small = false; // … at least for every input within -3…3, as trained networks get them
  int inputs = 0;                   // how many were tried
  int dead_node = -1;               // first node whose outputs never change although an input of it does
  int dead_tensor = -1;
  bool dead_zero = false;           // … because they are all zero
  bool saturated = false;           // … or all at the end of a clamp (6, 1 or -1)
};

/// Outputs that a recorded script read, compared with what the model computes from the inputs set before each.
struct Reads {
  struct Stray {
    const app::Call* call = nullptr;
    size_t read = 0, of = 0;        // the read and the earlier or later one whose answer it shows
  };
  size_t checked = 0;
  std::vector<Stray> strays;        // shows the answer to another input, and not that to its own
};

/// What the captured tensors of one input are like.
struct Captured {
  size_t samples = 0, distinct = 0, blank = 0;  // blank: all elements of the sample are equal
  bool rest_same = false;                       // from the second on all samples are one and the same, and not the first
  double low = 0, high = 0;                     // over all samples
  size_t originals = 0, distinct_originals = 0;  // photos behind them, where they are named
};

struct Case {
  app::App app;
  std::vector<graph::Defect> defects;           // of the file, from reading, validating and the dry run
  std::shared_ptr<const graph::Model> model;    // null where the file is unusable
  std::optional<app::Binding> binding;          // nothing where inputs or output do not fit the model
  std::optional<Error> binding_error;
  std::vector<std::unique_ptr<app::Source>> sources;
  std::optional<Error> source_error;
  app::Truth truth;
  std::vector<app::Call> calls;                 // of the recorded script; empty where none was recorded
  std::vector<Captured> captured;               // one an input, where tensors were captured
  Reads reads;
  Symptom symptom;
  // The answers of the app with the one change of its input that makes them tell the samples apart best, by whatever names: where
  // answers at chance leave open whether wrong labels hide a wrong input.
  std::optional<app::Evaluation> most_telling;
  Response response;
  nlohmann::json experiment;                    // the document that experiments change: without what the author of captured tensors believes
  int classes = 0;                              // elements of the output that is read
  std::vector<graph::Defect> run_failures;      // of operators on recorded inputs or zeros, where there is no app
  bool outputs_computed = false;                // by the dry run
  std::vector<std::optional<recover::Recovery>> recoveries;  // by input: what made captured tensors

  bool labelled() const { return truth.any(); }
  const app::Input& input(size_t k = 0) const { return app.inputs[k]; }
  const app::TensorInfo& input_tensor(size_t k = 0) const { return binding->tensors[k]; }
};

}  // namespace whyzero::evidence
