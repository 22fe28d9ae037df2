// Runs a model on arrays from a file and gives arrays for a file: what `whyzero run` does.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "runtime/session.h"
#include "trace/npz.h"
#include "whyzero/result.h"

namespace whyzero::trace {

struct RunOptions {
  std::shared_ptr<const runtime::Runtime> runtime;  // null: our own kernels, the fast ones where there are
  runtime::SessionOptions session;
  bool all_tensors = false;  // also t_<index>, every tensor with a value
  std::string signature;     // key of the signature whose subgraph runs; empty: session.subgraph
};

struct RunResult {
  struct Missing {
    std::string key;  // "out_1"
    Error error;      // why it was not computed
  };
  Arrays arrays;                    // out_0…, t_<index>; s1_out_0… of the second invocation
  std::vector<Missing> missing;     // outputs without a trustworthy value
  std::vector<std::string> unused;  // keys of the input that name no input of the model
  runtime::Coverage coverage;       // of the last invocation
};

/// `inputs` has arrays in_0… or names of input tensors or of a signature's arguments; with the prefix s1_, s2_ … those of the
/// next invocations of the same session. What is not given keeps its value, zeros at first. An array of another shape
/// resizes the input. A model without inputs is invoked twice. Types must be the tensor's; int8 serves for int4 and int2, uint8 for uint4 and the 8-bit floats,
/// float32 for bfloat16. kNotFound where arrays are given and none of them fits an input, or the model has no such signature.
Result<RunResult> run_model(std::shared_ptr<const graph::Model> model, const Arrays& inputs, const RunOptions& options = {});

/// A tensor's value as NumPy can hold it: packed integers one a byte, bfloat16 as float32. kUnsupported for resources.
Result<Array> array_from_tensor(const ops::Tensor& tensor);
/// The bytes that Session::set_input takes for a tensor of this type.
Result<std::vector<uint8_t>> tensor_bytes_from_array(const Array& array, DType dtype);

}  // namespace whyzero::trace
