// What is this file really?
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace whyzero::graph {

struct FileKind {
  std::string kind;    // "tflite", "empty", "html", "git-lfs-pointer", "keras-h5", "keras-zip", "saved-model", "frozen-graph",
                       // "onnx", "zip", "gzip", "c-array", "text", "image", "executorch"…, "unknown"
  std::string what;    // a noun phrase for messages: "a web page (HTML)"
  std::string advice;  // how to get a .tflite from it; empty where there is nothing to say
};

FileKind sniff(std::span<const uint8_t> bytes);

}  // namespace whyzero::graph
