// The change in C++: `image` is a cv::Mat of RGB bytes, `interpreter` TensorFlow Lite's.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "fix/snippet_parts.h"

namespace whyzero::fix {
namespace {

using nlohmann::json;

std::optional<std::string> crop_lines(const json& crop) {
  if (crop.contains("box")) {
    const auto box = crop["box"].get<std::vector<int>>();
    return fmt::format("image = image(cv::Rect({}, {}, {}, {})).clone();\n", box[0], box[1], box[2], box[3]);
  }
  std::string size;
  if (crop.contains("square")) size = "const int w = std::min(image.cols, image.rows), h = w;";
  else if (crop.contains("center")) size = fmt::format("const int w = {}, h = {};", crop["center"][0].get<int>(), crop["center"][1].get<int>());
  else if (crop.contains("central")) size = fmt::format("const int w = std::lround(image.cols * {0}), h = std::lround(image.rows * {0});", number_text(crop["central"].get<double>()));
  else return std::nullopt;
  return "{\n    " + size + "\n    image = image(cv::Rect((image.cols - w) / 2, (image.rows - h) / 2, w, h)).clone();\n}\n";
}

std::optional<std::string> geometry_lines(const json& step) {
  const std::string name = step.begin().key();
  const json& value = step[name];
  if (name == "crop") return crop_lines(value);
  if (name == "rotate") return fmt::format("cv::rotate(image, image, cv::ROTATE_{});\n", value == 90 ? "90_CLOCKWISE" : value == 180 ? "180" : "90_COUNTERCLOCKWISE");
  if (name == "flip") return fmt::format("cv::flip(image, image, {});\n", value == "horizontal" ? 1 : 0);
  if (name == "exif") return "cv::Mat image = cv::imread(path);  // turned by its EXIF tag\ncv::cvtColor(image, image, cv::COLOR_BGR2RGB);\n";
  if (name == "letterbox")
    return fmt::format("{{\n    const double scale = std::min({0}.0 / image.cols, {1}.0 / image.rows);\n    const int w = std::lround(image.cols * scale), h = std::lround(image.rows * scale);\n"
                       "    const int left = ({0} - w) / 2, top = ({1} - h) / 2;\n    cv::resize(image, image, cv::Size(w, h));\n"
                       "    cv::copyMakeBorder(image, image, top, {1} - h - top, left, {0} - w - left, cv::BORDER_CONSTANT, cv::Scalar::all({2}));\n}}\n",
                       value["width"].get<int>(), value["height"].get<int>(), static_cast<int>(value.value("fill", 0.0)));
  if (name != "resize" || !value.contains("width")) return std::nullopt;
  const std::string method = value.value("method", "bilinear"), library = value.value("library", "pillow");
  const std::string flag = method == "nearest" ? "NEAREST" : method == "bicubic" ? "CUBIC" : method == "area" ? "AREA" : method == "lanczos" ? "LANCZOS4" : "LINEAR";
  return fmt::format("cv::resize(image, image, cv::Size({}, {}), 0, 0, cv::INTER_{});{}\n", value["width"].get<int>(), value.value("height", 0), flag,
                     library == "opencv" ? "" : "  // the model was measured with " + library + "'s " + method);
}

/// The tensor's element type, and how a number `v` becomes one.
struct Store {
  std::string type, value;
};
std::optional<Store> store_of(const PixelLoop& loop, DType dtype) {
  const auto integer = [&](const char* type, int low, int high) {
    return Store{type, loop.quantized ? fmt::format("static_cast<{}>(std::clamp(std::round(v / q.scale) + q.zero_point, {}.0f, {}.0f))", type, low, high)
                                      : fmt::format("static_cast<{}>(v)", type)};
  };
  switch (dtype) {
    case DType::kFloat32: return Store{"float", "v"};
    case DType::kUInt8: return integer("uint8_t", 0, 255);
    case DType::kInt8: return integer("int8_t", -128, 127);
    case DType::kInt16: return integer("int16_t", -32768, 32767);
    default: return std::nullopt;
  }
}

std::string tensor_lines(const InputChange& change, const PixelLoop& loop, const Store& store) {
  std::string lines = fmt::format("{0}* input = interpreter->typed_input_tensor<{0}>({1});\n", store.type, change.input);
  if (loop.quantized) lines += fmt::format("const TfLiteQuantizationParams q = interpreter->input_tensor({})->params;\n", change.input);
  return lines;
}

/// Arithmetic of all scalings on `v`; the lists that it needs are declared in `lines`.
std::string arithmetic(const PixelLoop& loop, const std::string& index, std::string& lines) {
  int lists = 0;
  const auto list = [&](const std::vector<double>& values) {
    std::string text;
    for (double value : values) text += (text.empty() ? "" : ", ") + number_text(value) + "f";
    lines += fmt::format("const float values{}[] = {{{}}};\n", lists, text);
    return "values" + std::to_string(lists++);
  };
  std::string steps;
  for (const json& scaling : loop.scalings) steps += "    v = " + scaling_text(scaling, "v", {"f", list, index}) + ";\n";
  return steps;
}

/// The numbers of a row, one by one.
std::string row_lines(const InputChange& change, const PixelLoop& loop, const Store& store) {
  std::string lines = tensor_lines(change, loop, store);
  const std::string steps = arithmetic(loop, "[i]", lines);
  return lines + fmt::format("for (int i = 0; i < {}; ++i) {{\n    {}float v = row[i];\n{}    input[i] = {};\n}}\n", loop.features, steps.empty() ? "const " : "", steps, store.value);
}

std::optional<std::string> loop_lines(const InputChange& change) {
  const auto loop = pixel_loop(change);
  if (!loop) return std::nullopt;
  const auto store = store_of(*loop, change.tensor->dtype);
  if (store && loop->features > 0) return row_lines(change, *loop, *store);
  const bool gray = loop->order == "gray";
  if (!store || (!gray && loop->order.size() != 3)) return std::nullopt;  // an image of three channels has no alpha
  const int channels = gray ? 1 : 3;
  std::string lines = tensor_lines(change, *loop, *store);
  std::string places;
  for (int place : channel_places(loop->order)) places += (places.empty() ? "" : ", ") + std::to_string(place);
  if (!gray) lines += fmt::format("const int channel[] = {{{}}};  // {} out of RGB\n", places, loop->order);
  const std::string steps = arithmetic(*loop, "[c]", lines);
  const std::string read = gray ? "(19595 * image.data[3 * p] + 38470 * image.data[3 * p + 1] + 7471 * image.data[3 * p + 2] + 0x8000) >> 16" : "image.data[3 * p + channel[c]]";
  const std::string place = loop->channels_first ? fmt::format("c * {} + p", loop->width * loop->height) : fmt::format("{} * p + c", channels);
  lines += fmt::format("for (int p = 0; p < {} * {}; ++p)\n  for (int c = 0; c < {}; ++c) {{\n    {}float v = {};\n{}    input[{}] = {};\n  }}\n", loop->width, loop->height, channels,
                       steps.empty() ? "const " : "", read, steps, place, store->value);
  return lines;
}

}  // namespace

std::optional<std::string> cpp_output(const OutputChange& change) {
  const char* type = change.tensor->dtype == DType::kFloat32 ? "float" : change.tensor->dtype == DType::kUInt8 ? "uint8_t" : change.tensor->dtype == DType::kInt8 ? "int8_t" : nullptr;
  if (!type) return std::nullopt;
  std::string lines;
  if (change.labels.is_array() && change.labels.size() <= 12) {
    const std::string list = change.labels.dump();
    lines += "const std::vector<std::string> labels = {" + list.substr(1, list.size() - 2) + "};\n";
  } else if (change.labels.is_array()) {
    lines += "std::vector<std::string> labels;  // labels.txt as --fix writes it\nstd::ifstream file(\"labels.txt\");\nfor (std::string line; std::getline(file, line);) labels.push_back(line);\n";
  }
  lines += fmt::format("const {0}* answer = interpreter->typed_output_tensor<{0}>({1});\nstd::vector<float> y(answer, answer + {2});\n", type, change.output, change.tensor->elements());
  const std::string offset = change.label_offset ? fmt::format(" {} {}", change.label_offset < 0 ? '-' : '+', std::abs(change.label_offset)) : "";
  for (const json& step : change.decode) {
    const std::string name = step.begin().key();
    const json& value = step[name];
    if (name == "dequantize")
      lines += fmt::format("const TfLiteQuantizationParams q = interpreter->output_tensor({})->params;\nfor (float& v : y) v = (v - q.zero_point) * q.scale;\n", change.output);
    else if (name == "softmax")
      lines += "const float top = *std::max_element(y.begin(), y.end());\nfloat sum = 0;\nfor (float& v : y) sum += v = std::exp(v - top);\nfor (float& v : y) v /= sum;\n";
    else if (name == "sigmoid") lines += "for (float& v : y) v = 1 / (1 + std::exp(-v));\n";
    else if (name == "argmax") lines += fmt::format("const std::string label = labels[std::max_element(y.begin(), y.end()) - y.begin(){}];\n", offset);
    else if (name == "threshold") lines += fmt::format("const std::string label = labels[(y[0] > {}f ? 1 : 0){}];\n", number_text(value.get<double>()), offset);
    else if (name == "regression") lines += "const float value = y[0];\n";
    else return std::nullopt;
  }
  return lines;
}

Lines cpp_input(const InputChange& change) { return input_lines(change, Language::kCpp, &geometry_lines, &loop_lines); }

}  // namespace whyzero::fix
