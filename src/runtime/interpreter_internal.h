// What the files that implement Interpreter share.
#pragma once

#include <map>
#include <utility>

#include "fast/kernel.h"
#include "runtime/interpreter.h"

namespace whyzero::runtime {

/// A node with everything that its kernel needs, made once.
struct Interpreter::Node {
  Node(const graph::Node& info, std::vector<ops::Tensor*> in, std::vector<ops::Tensor*> out, std::vector<ops::Tensor*> extra,
       ops::Host& host)
      : graph(&info),
        inputs(std::move(in)),
        outputs(std::move(out)),
        intermediates(std::move(extra)),
        context(info, inputs, outputs, state, host, intermediates) {}
  Node(const Node&) = delete;  // the context points into the node
  Node& operator=(const Node&) = delete;

  const graph::Node* graph;
  std::vector<ops::Tensor*> inputs, outputs, intermediates;  // null where an optional input is left out
  std::any state;
  ops::Context context;
  const ops::Operator* op = nullptr;
  const fast::Kernel* kernel = nullptr;
  Result<void> (*eval)(ops::Context&) = nullptr;
  bool late = false;  // prepared just before it runs: a shape that it reads is known only then
  bool late_ready = false;
  bool late_error = false;               // `error` came while running and is forgotten before the next run
  bool owns_outputs = false;             // eval may change how much memory its outputs hold
  size_t reserved = 0;                   // by prepare, for the state
  std::vector<ops::Shape> prepared_for;  // of a late node: the shapes of its inputs
  std::optional<Error> error;
};

/// What an interpreter and those of the subgraphs it calls have in common.
struct Interpreter::Shared {
  std::map<std::string, std::any> resources;
  std::map<std::pair<int, int>, std::unique_ptr<Interpreter>> children;  // by depth and subgraph: one of a depth runs at a time
  size_t limit = 0;
  size_t used = 0;     // held from one node to the next
  size_t pending = 0;  // asked for by the nodes that run just now
  uint64_t calls = 0;
  Observer* observer = nullptr;
};

}  // namespace whyzero::runtime
