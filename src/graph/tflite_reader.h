// MODEL FILE → GRAPH. The only place where hostile model bytes are checked; whoever holds a Model may trust it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "graph/graph.h"
#include "whyzero/result.h"

namespace whyzero::graph {

struct Reading {
  std::shared_ptr<const Model> model;  // null where the file cannot be used at all
  std::vector<Defect> defects;         // F001 another kind of file, F002 cut off, F003 contradicts itself
};

/// Checks the bytes (file identifier, flatbuffers verification with bounded depth and tables, then every index, type,
/// enum and buffer size) and builds the graph. Never fails otherwise than by defects.
Reading read_tflite(std::shared_ptr<const std::vector<uint8_t>> bytes);

/// Reads the file; an Error only where it cannot be opened or read.
Result<Reading> read_tflite(const std::filesystem::path& path);

}  // namespace whyzero::graph
