// The plainest app file for a model.
#include "app/init.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/convention.h"
#include "app/metadata.h"
#include "app/value.h"
#include "base/checked.h"

namespace whyzero::app {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

std::string path_text(const fs::path& path, const fs::path& base) {
  if (base.empty() || path.is_absolute()) return path.generic_string();
  std::error_code error;
  const fs::path relative =
      fs::absolute(path, error).lexically_normal().lexically_relative(fs::absolute(base, error).lexically_normal());
  return relative.empty() ? path.generic_string() : relative.generic_string();
}

Result<json> images_of(const PlainAppOptions& options) {
  if (options.images.empty())
    return fail(ErrorCode::kInvalidArgument, "no photos are given; name a folder or files after the model");
  std::error_code error;
  const bool magic =
      options.images[0].native().find_first_of("*?[") != std::string::npos && !fs::exists(options.images[0], error);
  if (options.images.size() == 1 && (magic || fs::is_directory(options.images[0], error)))
    return json(path_text(options.images[0], options.base));
  json list = json::array();
  for (const fs::path& path : options.images) {
    if (fs::is_directory(path, error))
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("{} is a folder; give one folder alone, or files only", path.string()));
    list.push_back(path_text(path, options.base));
  }
  return list;
}

/// The sides of a picture tensor, and which axis has the channels.
struct Picture {
  int width = 0, height = 0, channels = 0;
  bool channels_first = false;
};

bool is_channel_count(int32_t n) { return n == 1 || n == 3 || n == 4; }

Result<Picture> picture_of(const graph::Tensor& tensor) {
  const auto& shape = tensor.shape;
  const bool four = shape.size() == 4 && shape[0] == 1;
  if (four && is_channel_count(shape[3])) return Picture{shape[2], shape[1], shape[3], false};
  if (four && is_channel_count(shape[1])) return Picture{shape[3], shape[2], shape[1], true};
  return fail(ErrorCode::kUnsupported,
              fmt::format("input {} of shape {} takes no picture; write an app file (whyzero init) that says what the app feeds",
                          tensor.label(), shape_text(shape)));
}

json number_or_list(const std::vector<float>& numbers) {
  if (numbers.size() == 1) return numbers[0];
  return numbers;
}

constexpr double kUnitScale = 1.0 / 255, kSignedScale = 1.0 / 127.5;

json affine(double scale, double offset) { return {{"normalize", {{"scale", scale}, {"offset", offset}}}}; }

/// Real numbers that bytes 0…255 become where the tensor's integers can say: the range that they stand for.
void normalize_for_integers(const graph::Tensor& tensor, json& pipeline, std::vector<std::string>& notes) {
  const bool quantized = tensor.quantization.scales.size() == 1 && tensor.quantization.scales[0] > 0;
  if (tensor.dtype == DType::kUInt8) {
    notes.push_back("The input takes bytes: pixels go in as they are.");
    return;
  }
  if (!quantized) {
    if (tensor.dtype == DType::kInt8) pipeline.push_back(affine(1, -128));
    pipeline.push_back({{"cast", dtype_name(tensor.dtype)}});
    notes.push_back(fmt::format("The input is {} without scale and zero point: pixels are cast{}.", dtype_name(tensor.dtype),
                                tensor.dtype == DType::kInt8 ? " after 128 is subtracted" : ""));
    return;
  }
  const double scale = tensor.quantization.scales[0];
  const double zero_point = tensor.quantization.zero_points.empty() ? 0 : static_cast<double>(tensor.quantization.zero_points[0]);
  const double lowest = tensor.dtype == DType::kInt8 ? -128 : -32768, highest = tensor.dtype == DType::kInt8 ? 127 : 32767;
  const double low = (lowest - zero_point) * scale, high = (highest - zero_point) * scale;
  const auto near = [&](double a, double b) {
    return std::fabs(low - a) < 0.05 * (b - a) && std::fabs(high - b) < 0.05 * (b - a);
  };
  if (near(0, 1))
    pipeline.push_back(affine(kUnitScale, 0));
  else if (near(-1, 1))
    pipeline.push_back(affine(kSignedScale, -1));
  else if (!near(0, 255))
    pipeline.push_back(affine((high - low) / 255, low));
  pipeline.push_back({{"quantize", "affine"}});
  notes.push_back(fmt::format(
      "The input's integers stand for {:.4g} to {:.4g}: pixels are brought into that range and quantized.", low, high));
}

/// The strongest hint of the graph itself, or the most common range.
void add_convention(const graph::Model& model, json& pipeline, std::vector<std::string>& notes) {
  const std::vector<Convention> hints = input_conventions(model, 0);
  if (hints.empty()) {
    pipeline.push_back(affine(kSignedScale, -1));
    notes.push_back("The model does not say which range it wants: pixels are brought to -1…1, the most common one.");
    return;
  }
  for (const json& step : hints[0].steps) pipeline.push_back(step);
  notes.push_back(fmt::format("Pixels are fed as {}, a guess: {}.", hints[0].text, hints[0].reason));
}

void add_numbers(const graph::Model& model, const graph::Tensor& tensor, json& pipeline, std::vector<std::string>& notes) {
  const auto metadata = input_normalization(model, 0);
  const bool real = dtype_is_float(tensor.dtype);
  if (metadata && (real || (tensor.quantization.scales.size() == 1 && tensor.quantization.scales[0] > 0))) {
    pipeline.push_back({{"normalize", {{"mean", number_or_list(metadata->mean)}, {"std", number_or_list(metadata->std)}}}});
    if (!real) pipeline.push_back({{"quantize", "affine"}});
    notes.push_back("Mean and deviation are those of the model's metadata.");
  } else if (real) {
    add_convention(model, pipeline, notes);
  } else {
    normalize_for_integers(tensor, pipeline, notes);
  }
  if (real && tensor.dtype != DType::kFloat32) pipeline.push_back({{"cast", dtype_name(tensor.dtype)}});
}

/// How the answer is read: a class, or one probability.
json decoding_for(const graph::Model& model, std::vector<std::string>& notes) {
  const graph::Subgraph& graph = model.main();
  json decode = json::array({{{"argmax", json::object()}}});
  const graph::Tensor* output = graph.outputs.empty() ? nullptr : &graph.tensors[static_cast<size_t>(graph.outputs[0])];
  if (output && checked_elements(output->shape) == size_t{1}) {
    decode = json::array();
    if (!dtype_is_float(output->dtype)) decode.push_back({{"dequantize", "affine"}});
    decode.push_back({{"threshold", 0.5}});
    notes.push_back("The output is one number: above 0.5 is taken as class 1.");
  }
  if (graph.outputs.size() > 1)
    notes.push_back(fmt::format("The model has {} outputs; the first is read.", graph.outputs.size()));
  return decode;
}

/// The labels that lie in the model file, where nobody names others and there is one for each class.
void add_packed_labels(const graph::Model& model, const PlainAppOptions& options, PlainApp& app) {
  const graph::Subgraph& graph = model.main();
  if (!options.labels.empty() || graph.outputs.empty()) return;
  const auto packed = packed_labels(model, 0);
  if (!packed || packed->labels.size() < 2 || checked_elements(graph.tensors[static_cast<size_t>(graph.outputs[0])].shape) != packed->labels.size()) return;
  app.document["output"]["labels"] = packed->labels;
  app.notes.push_back(fmt::format("The labels are those packed into the model file ({}).", packed->file));
}

json document_of(json input, json decode, const PlainAppOptions& options) {
  json document = {{"whyzero", 1}, {"model", path_text(options.model, options.base)}, {"output", {{"decode", std::move(decode)}}}};
  if (!input.is_null()) document["input"] = std::move(input);
  if (!options.labels.empty()) document["output"]["labels"] = path_text(options.labels, options.base);
  if (!options.truth.empty()) document["truth"] = path_text(options.truth, options.base);
  return document;
}

}  // namespace

Result<PlainApp> plain_app(const graph::Model& model, const PlainAppOptions& options) {
  const graph::Subgraph& graph = model.main();
  if (graph.inputs.size() != 1)
    return fail(ErrorCode::kUnsupported,
                fmt::format("the model has {} inputs; write an app file that says what goes into which", graph.inputs.size()));
  const graph::Tensor& tensor = graph.tensors[static_cast<size_t>(graph.inputs[0])];
  WHYZERO_ASSIGN(const Picture picture, picture_of(tensor));
  WHYZERO_ASSIGN(json images, images_of(options));

  PlainApp app;
  json pipeline = json::array();
  pipeline.push_back(
      {{"resize", {{"width", picture.width}, {"height", picture.height}, {"method", "bilinear"}, {"library", "pillow"}}}});
  app.notes.push_back(fmt::format("Photos are stretched to {} x {} (Pillow, bilinear).", picture.width, picture.height));
  for (size_t axis = 1; axis < tensor.shape_signature.size(); ++axis)
    if (tensor.shape_signature[axis] < 0) {
      app.notes.push_back("The model leaves its input size open; the size in the file is used.");
      break;
    }
  if (picture.channels == 1) pipeline.push_back({{"channels", "gray"}});
  if (picture.channels == 4) pipeline.push_back({{"channels", "rgba"}});
  add_numbers(model, tensor, pipeline, app.notes);
  if (picture.channels_first) {
    pipeline.push_back({{"layout", "nchw"}});
    app.notes.push_back("The input has its channels first.");
  }

  json decode = decoding_for(model, app.notes);
  app.document = document_of({{"images", std::move(images)}, {"pipeline", std::move(pipeline)}}, std::move(decode), options);
  add_packed_labels(model, options, app);
  return app;
}

Result<PlainApp> draft_app(const graph::Model& model, const PlainAppOptions& options) {
  const graph::Subgraph& graph = model.main();
  if (graph.inputs.empty()) return fail(ErrorCode::kUnsupported, "the model has no inputs, so there is nothing that an app could feed");
  const graph::Tensor& first = graph.tensors[static_cast<size_t>(graph.inputs[0])];
  const std::string extension = options.images.empty() ? "" : options.images[0].extension().string();
  const bool one = graph.inputs.size() == 1;
  const auto among = [&](std::initializer_list<std::string_view> known) { return std::find(known.begin(), known.end(), extension) != known.end(); };
  if (one && picture_of(first) && !among({".csv", ".npy", ".npz", ".bin", ".raw", ".log", ".txt", ".hex"})) {
    PlainAppOptions with_photos = options;
    if (options.images.empty()) with_photos.images = {"photos/*"};
    auto app = plain_app(model, with_photos);
    if (app && options.images.empty()) {
      app->document["input"]["images"] = "photos";
      app->notes.push_back("No photos are named: put some into the folder photos, one folder a class, beside the app file.");
    }
    return app;
  }
  PlainApp app;
  json decode = decoding_for(model, app.notes);
  if (!one) {
    app.document = document_of(json(), std::move(decode), options);
    app.document["inputs"] = json::array();
    for (size_t k = 0; k < graph.inputs.size(); ++k) {
      const graph::Tensor& tensor = graph.tensors[static_cast<size_t>(graph.inputs[k])];
      const std::string file = k < options.images.size() ? path_text(options.images[k], options.base) : fmt::format("input_{}.npy", k);
      app.document["inputs"].push_back({{"name", tensor.name}, {"arrays", {{"file", file}}}, {"pipeline", json::array()}});
      app.notes.push_back(fmt::format("Input {} of shape {} is read from {}, one row a sample.", tensor.label(), shape_text(tensor.shape), file));
    }
    return app;
  }
  const std::string file = options.images.empty() ? "samples.npy" : path_text(options.images[0], options.base);
  json files = json::array();
  for (const fs::path& path : options.images) files.push_back(path_text(path, options.base));
  json input;
  if (extension == ".csv") {
    input = {{"table", {{"csv", file}, {"label", "label"}}}, {"pipeline", json::array()}};
    app.notes.push_back("The column \"label\" of the table is taken as truth, all others as features; the numbers go in as they are.");
  } else if (among({".bin", ".raw", ".txt", ".hex"})) {
    input["tensors"] = {{"files", std::move(files)}, {"dtype", dtype_name(first.dtype)}, {"shape", first.shape}};
    app.notes.push_back("The bytes are taken to be what the tensor wants; put the dtype that your app writes.");
  } else if (extension == ".log") {
    input["tensors"] = files.size() == 1 ? files[0] : std::move(files);
    app.notes.push_back("The log's dumps are the samples.");
  } else {
    input = {{"arrays", {{"file", file}}}, {"pipeline", json::array()}};
    app.notes.push_back(fmt::format("Rows of {} are the samples; each has the shape {} without its first axis.", file, shape_text(first.shape)));
  }
  app.document = document_of(std::move(input), std::move(decode), options);
  return app;
}

}  // namespace whyzero::app
