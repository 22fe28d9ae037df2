// How messages name tensors and nodes.
#include "graph/graph.h"

#include <fmt/format.h>

namespace whyzero::graph {
namespace {

constexpr size_t kLongestName = 80;

/// Names come from files: no control characters, nothing that floods a terminal.
std::string printable(std::string_view name) {
  std::string out;
  for (char c : name.substr(0, kLongestName)) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  if (name.size() > kLongestName) {
    while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xc0) == 0x80) out.pop_back();
    if (!out.empty() && static_cast<unsigned char>(out.back()) >= 0xc0) out.pop_back();
    out += "…";
  }
  return out;
}

}  // namespace

std::string Tensor::label() const { return fmt::format("#{} \"{}\"", index, printable(name)); }

std::string Node::label() const { return fmt::format("node #{} {}", index, printable(op_name)); }

}  // namespace whyzero::graph
