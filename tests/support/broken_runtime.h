// A runtime that computes one node wrongly, for tests of what finds it.
#pragma once

#include <memory>
#include <string>

#include "runtime/session.h"

namespace whyzero {

/// Our reference kernels, but the first element of what the named operator computes has `error` added.
class BrokenRuntime final : public runtime::Runtime, private runtime::Observer {
 public:
  BrokenRuntime(std::string op_name, float error)
      : op_name_(std::move(op_name)), error_(error), own_(runtime::own_runtime(runtime::Kernels::kReference, this)) {}

  std::string_view name() const override { return "broken"; }
  Result<std::unique_ptr<runtime::Session>> open(std::shared_ptr<const graph::Model> model, const runtime::SessionOptions& options) const override {
    return own_->open(std::move(model), options);
  }

 private:
  void node_end(int /*subgraph*/, const graph::Node& node, std::span<ops::Tensor* const> outputs) override {
    if (node.op_name != op_name_) return;
    if (outputs[0]->dtype == DType::kFloat32) outputs[0]->as<float>()[0] += error_;
    if (outputs[0]->dtype == DType::kInt8) outputs[0]->as<int8_t>()[0] = static_cast<int8_t>(outputs[0]->as<int8_t>()[0] + static_cast<int>(error_));
  }

  std::string op_name_;
  float error_;
  std::shared_ptr<const runtime::Runtime> own_;
};

}  // namespace whyzero
