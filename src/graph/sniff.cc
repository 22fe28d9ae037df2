// What is this file really? Judged by its first and last few kilobytes.
#include "graph/sniff.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace whyzero::graph {
namespace {

using std::string_view_literals::operator""sv;

constexpr size_t kHead = 4096;
constexpr size_t kTail = 65536;  // a zip's directory, of which file names are read

constexpr const char* kFromKeras = "load it with keras and convert it with tf.lite.TFLiteConverter.from_keras_model";
constexpr const char* kFromSavedModel = "convert its folder with tf.lite.TFLiteConverter.from_saved_model";
constexpr const char* kFromTorch = "export the model to .tflite with litert-torch (ai-edge-torch)";
constexpr const char* kFromOnnx = "convert it to .tflite, for example with onnx2tf";
constexpr const char* kFetchAgain = "the download gave a page instead of the file: fetch the file itself";

class Bytes {
 public:
  explicit Bytes(std::span<const uint8_t> bytes)
      : size(bytes.size()),
        head(reinterpret_cast<const char*>(bytes.data()), std::min(bytes.size(), kHead)),
        tail(reinterpret_cast<const char*>(bytes.data()) + bytes.size() - std::min(bytes.size(), kTail),
             std::min(bytes.size(), kTail)) {}

  bool starts(std::string_view what) const { return head.starts_with(what); }
  bool at(size_t offset, std::string_view what) const {
    return head.size() >= offset + what.size() && head.substr(offset, what.size()) == what;
  }
  bool has(std::string_view what) const { return head.find(what) != std::string_view::npos; }
  bool anywhere(std::string_view what) const { return has(what) || tail.find(what) != std::string_view::npos; }
  uint32_t word(size_t offset) const { return number<uint32_t>(offset); }
  template <class T>
  T number(size_t offset) const {
    T value = 0;
    if (offset <= head.size() && sizeof(T) <= head.size() - offset) std::memcpy(&value, head.data() + offset, sizeof(T));
    return value;
  }

  const size_t size;
  const std::string_view head, tail;
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// Whether `text` begins with the lower-case `what`, whatever its case.
bool starts_folded(std::string_view text, std::string_view what) {
  return text.size() >= what.size() &&
         std::equal(what.begin(), what.end(), text.begin(), [](char a, char b) { return a == lower(b); });
}

std::string_view without_leading_space(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf"sv)) text.remove_prefix(3);
  const size_t first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

bool is_text(std::string_view head) {
  return std::ranges::none_of(
      head, [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f'; });
}

FileKind zip_kind(const Bytes& bytes) {
  // Names of the members stand in plain text in the directory at the end and before each member.
  if (bytes.anywhere("META-INF/MANIFEST.MF") || bytes.anywhere("AndroidManifest.xml"))
    return {"zip", "an app or library package (APK, AAR, JAR)", "unpack it; models usually lie in its assets folder"};
  if (bytes.anywhere("config.json") && bytes.anywhere("model.weights.h5"))
    return {"keras-zip", "a Keras model (.keras)", kFromKeras};
  if (bytes.anywhere(".mlmodel") || bytes.anywhere("com.apple.CoreML"))
    return {"coreml", "a zipped Core ML package", "export the original model to .tflite"};
  if (bytes.anywhere("/data.pkl") || bytes.anywhere("data.pkl")) {
    if (bytes.anywhere("constants.pkl") || bytes.anywhere("/code/"))
      return {"torchscript", "a TorchScript model (.pt)", kFromTorch};
    return {"pytorch", "a PyTorch file (.pt, .pth)", kFromTorch};
  }
  if (bytes.anywhere("saved_model.pb"))
    return {"saved-model", "a zipped TensorFlow SavedModel", std::string("unpack it and ") + kFromSavedModel};
  if (bytes.anywhere(".npy")) return {"npz", "a NumPy archive (.npz)", "give the model, not its weights or inputs"};
  if (bytes.anywhere(".tflite")) return {"zip", "a zip archive", "unpack it; there is a .tflite file inside"};
  return {"zip", "a zip archive", "unpack it and give the .tflite file"};
}

/// Protocol buffers have no magic bytes; told by the first fields (a byte of field number and wire type each).
FileKind protobuf_kind(const Bytes& bytes) {
  const auto byte = [&](size_t i) { return i < bytes.head.size() ? static_cast<uint8_t>(bytes.head[i]) : 0; };
  if (byte(0) == 0x08 && byte(1) == 0x01 && byte(2) == 0x12)
    return {"saved-model", "the graph of a TensorFlow SavedModel (saved_model.pb)", kFromSavedModel};
  if (byte(0) == 0x08 && byte(1) < 32 && (byte(2) == 0x12 || byte(2) == 0x3a)) {
    // Field 2 is a producer's name in ONNX and a message in Core ML.
    const bool name =
        byte(2) == 0x3a || (byte(3) < 64 && bytes.head.size() > 4 && byte(4) >= 0x20 && is_text(bytes.head.substr(4, byte(3))));
    if (name || bytes.has("onnx") || bytes.has("pytorch")) return {"onnx", "an ONNX model", kFromOnnx};
    return {"coreml", "a Core ML model (.mlmodel)", "export the original model to .tflite"};
  }
  if (byte(0) == 0x0a) {  // a graph's first node, which begins with its name and then its operator
    size_t at = 1;
    while (byte(at) & 0x80) ++at;
    const size_t name = byte(at + 2), op = at + 3 + name;
    if (byte(at + 1) == 0x0a && name > 0 && name < 128 && byte(op) == 0x12 && byte(op + 1) > 0 &&
        is_text(bytes.head.substr(at + 3, name)))
      return {"frozen-graph", "a frozen TensorFlow graph (.pb)",
              "convert it with tf.compat.v1.lite.TFLiteConverter.from_frozen_graph"};
  }
  return {};
}

bool looks_like_c_array(std::string_view text) {
  const size_t brace = text.find('{');
  if (brace == std::string_view::npos) return false;
  const std::string_view before = text.substr(0, brace), after = text.substr(brace);
  const bool array = before.find('[') != std::string_view::npos && before.find('=') != std::string_view::npos;
  const bool type = before.find("char") != std::string_view::npos || before.find("uint8_t") != std::string_view::npos ||
                    before.find("byte") != std::string_view::npos;
  return array && type && (after.find("0x") != std::string_view::npos || after.find(", ") != std::string_view::npos);
}

FileKind text_kind(const Bytes& bytes) {
  const std::string_view text = without_leading_space(bytes.head);
  if (text.empty()) return {"text", "a text file of nothing but blanks", "give the .tflite file"};
  if (text.starts_with("version https://git-lfs.github.com/spec/"))
    return {"git-lfs-pointer", "a Git LFS pointer", "run \"git lfs pull\" in the repository to get the file itself"};
  if (starts_folded(text, "<!doctype html") || starts_folded(text, "<html") || starts_folded(text, "<head") ||
      starts_folded(text, "<body"))
    return {"html", "a web page (HTML)", kFetchAgain};
  if (text.starts_with("<?xml") || (text.starts_with("<") && text.find("</") != std::string_view::npos))
    return {"xml", "an XML text", kFetchAgain};
  if (looks_like_c_array(text))
    return {"c-array", "C source with the model as an array",
            "turn the array back into a binary file (xxd -r -p after removing the C text)"};
  // Bytes 3 to 7 of a model are 0 and "TFL3", as long as its root is in the first 16 MB.
  if (text.size() > 11 && text.substr(4, 7) == "AFRGTDM") return {"base64", "a model in base64 text", "decode it (base64 -d)"};
  if (text.front() == '{' || text.front() == '[') {
    const bool labels = text.find("\"labels\"") != std::string_view::npos;
    if (text.find("modelTopology") != std::string_view::npos || text.find("weightsManifest") != std::string_view::npos)
      return {"tfjs", "a TensorFlow.js model (model.json)", "convert the original Keras model or SavedModel"};
    return {"json", labels ? "a JSON text with labels" : "a JSON text", "give the .tflite file"};
  }
  return {"text", "a text file", "give the .tflite file"};
}

struct Magic {
  size_t offset;
  std::string_view bytes;
  const char* kind;
  const char* what;
  const char* advice;
};

constexpr std::array kMagics = {
    Magic{0, "\x89HDF\r\n\x1a\n"sv, "keras-h5", "an HDF5 file (Keras .h5)", kFromKeras},
    Magic{0, "\x1f\x8b"sv, "gzip", "a gzip archive", "unpack it (gunzip or tar -xzf) and give the .tflite file"},
    Magic{0, "BZh"sv, "bzip2", "a bzip2 archive", "unpack it and give the .tflite file"},
    Magic{0,
          "\xfd"
          "7zXZ\0"sv,
          "xz", "an xz archive", "unpack it and give the .tflite file"},
    Magic{0, "\x28\xb5\x2f\xfd"sv, "zstd", "a zstd archive", "unpack it and give the .tflite file"},
    Magic{0, "7z\xbc\xaf\x27\x1c"sv, "7z", "a 7z archive", "unpack it and give the .tflite file"},
    Magic{0, "Rar!\x1a\x07"sv, "rar", "a RAR archive", "unpack it and give the .tflite file"},
    Magic{257, "ustar"sv, "tar", "a tar archive", "unpack it and give the .tflite file"},
    Magic{0, "\xff\xd8\xff"sv, "image", "a photo (JPEG)", "give the .tflite file"},
    Magic{0, "\x89PNG\r\n\x1a\n"sv, "image", "a picture (PNG)", "give the .tflite file"},
    Magic{0, "GIF8"sv, "image", "a picture (GIF)", "give the .tflite file"},
    Magic{8, "WEBP"sv, "image", "a picture (WebP)", "give the .tflite file"},
    Magic{0, "\x93NUMPY"sv, "npy", "a NumPy array (.npy)", "give the model, not its weights or inputs"},
    Magic{0, "GGUF"sv, "gguf", "a GGUF model (llama.cpp)", "export the original model to .tflite"},
    Magic{0, "LITERTLM"sv, "litertlm", "a LiteRT-LM bundle", "give one of the .tflite models inside"},
    Magic{4, "ET12"sv, "executorch", "an ExecuTorch program (.pte)", kFromTorch},
    Magic{4, "ET13"sv, "executorch", "an ExecuTorch program (.pte)", kFromTorch},
    Magic{4, "ORTM"sv, "onnx", "an ONNX Runtime model (.ort)", kFromOnnx},
    Magic{0,
          "\x7f"
          "ELF"sv,
          "elf", "a program or library (ELF)", "give the .tflite file"},
    Magic{0, "%PDF-"sv, "pdf", "a PDF document", "give the .tflite file"},
    Magic{0, "\x80\x02\x8a\x0al\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"sv, "pytorch", "a PyTorch file of the old kind (.pt, .pth)",
          kFromTorch},
    Magic{0, "7767517"sv, "ncnn", "an ncnn model", "export the original model to .tflite"},
};

/// A flatbuffer whose root table looks like a model: a version of 3 in the first field.
bool is_model_in_disguise(const Bytes& bytes) {
  const size_t root = bytes.word(0);
  if (root < 8 || root + 4 > bytes.head.size()) return false;
  const int64_t vtable = static_cast<int64_t>(root) - bytes.number<int32_t>(root);
  if (vtable < 4 || static_cast<size_t>(vtable) + 14 > bytes.head.size()) return false;
  const auto at = static_cast<size_t>(vtable);
  const size_t vtable_size = bytes.number<uint16_t>(at), version = bytes.number<uint16_t>(at + 4);
  return vtable_size >= 14 && vtable_size <= 64 && vtable_size % 2 == 0 && version >= 4 && bytes.word(root + version) == 3;
}

bool is_safetensors(const Bytes& bytes) {
  const auto header = bytes.number<uint64_t>(0);
  return bytes.size > 10 && header >= 2 && header < bytes.size && bytes.at(8, "{") && bytes.at(9, "\"");
}

}  // namespace

FileKind sniff(std::span<const uint8_t> content) {
  if (content.empty()) return {"empty", "an empty file", "the download or copy failed: get the file again"};
  const Bytes bytes(content);
  if (bytes.at(4, "TFL3")) return {"tflite", "a TensorFlow Lite model", ""};
  if (bytes.starts("PK\x03\x04"sv) || bytes.starts("PK\x05\x06"sv)) return zip_kind(bytes);
  for (const Magic& magic : kMagics)
    if (bytes.at(magic.offset, magic.bytes)) return {magic.kind, magic.what, magic.advice};
  if (bytes.size >= 8 && (is_model_in_disguise(bytes) || bytes.at(4, "TFL")))
    return {"tflite-wrong-identifier",
            fmt::format("a model whose bytes 4 to 7 are not the identifier \"TFL3\" (they are {:02x} {:02x} {:02x} {:02x})",
                        content[4], content[5], content[6], content[7]),
            "the file was changed or damaged: fetch or export it again"};
  if (is_safetensors(bytes)) return {"safetensors", "weights alone (safetensors)", "export the whole model to .tflite"};
  if (std::ranges::all_of(bytes.head, [](char c) { return c == 0; }))
    return {"zeros", "nothing but zero bytes", "the download or copy failed: get the file again"};
  if (FileKind kind = protobuf_kind(bytes); !kind.kind.empty()) return kind;
  if (bytes.starts("\x80"sv) && bytes.size > 2 && static_cast<uint8_t>(bytes.head[1]) >= 2 &&
      static_cast<uint8_t>(bytes.head[1]) <= 5)
    return {"pickle", "a Python pickle (.pkl, .pt)", "export the model it holds to .tflite"};
  if (is_text(bytes.head)) return text_kind(bytes);
  if (content.size() < 16)
    return {"unknown", fmt::format("a file of only {} bytes", content.size()), "it was cut off: get the file again"};
  return {"unknown", "a file of unknown kind", "a .tflite file has the letters \"TFL3\" in bytes 4 to 7"};
}

}  // namespace whyzero::graph
