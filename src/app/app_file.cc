// Reading app files: every key, step and value is checked here, so that whoever holds an App may trust it.
#include <fmt/format.h>

#include <algorithm>

#include "app/app.h"
#include "app/check.h"
#include "app/json_place.h"
#include "app/label_lines.h"
#include "app/output.h"
#include "app/step.h"
#include "app/words.h"
#include "base/file.h"

namespace whyzero::app {
namespace {

using nlohmann::json;

constexpr std::string_view kTopKeys[] = {"whyzero", "model", "input", "inputs", "output", "truth", "calls", "expect", "state"};
constexpr std::string_view kInputKeys[] = {"name",   "images", "tensors",         "frames",
                                           "arrays", "table",  "original_images", "pipeline"};
constexpr std::string_view kSources[] = {"images", "tensors", "frames", "arrays", "table"};
constexpr std::string_view kTensorKeys[] = {"files", "dtype", "shape"};
constexpr std::string_view kFrameKeys[] = {"files", "format", "width", "height", "row_bytes"};
constexpr std::string_view kFrameFormats[] = {"nv21", "nv12", "i420", "yuyv", "rgba", "bgra", "rgb565"};
constexpr std::string_view kArrayKeys[] = {"file", "key"};
constexpr std::string_view kTableKeys[] = {"csv", "features", "label"};
constexpr std::string_view kOutputKeys[] = {"labels", "label_offset", "tensor", "decode", "reports"};
constexpr std::string_view kReports[] = {"label", "probability", "value"};
constexpr std::string_view kExpectKeys[] = {"top1", "sha256", "model_outputs"};
constexpr std::string_view kStateKeys[] = {"samples_are_sequence", "reset_between"};

/// Deeper JSON is an attack on the stack of whoever copies the document.
constexpr int kDeepest = 64;

bool too_deep(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kDeepest) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

Result<void> check_flag(const json& object, std::string_view key, std::string_view what) {
  const json* flag = member(object, key);
  if (flag && !flag->is_boolean())
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{}'s \"{}\" must be true or false, given: {}", what, key, shown(*flag)));
  return {};
}

/// A list of files, or one text: a glob or a folder.
Result<void> check_files(const json& files, std::string_view what) {
  return files.is_array() ? check_strings(files, what) : check_string(files, what);
}

Result<void> check_member(const json& object, std::string_view key, std::string_view what,
                          Result<void> (*check)(const json&, std::string_view)) {
  const json* value = member(object, key);
  return check(value ? *value : json(), fmt::format("{}'s \"{}\"", what, key));
}

Result<void> check_tensors(const json& source) {
  if (!source.is_object()) return check_files(source, "\"tensors\"");
  WHYZERO_TRY(check_object(source, "tensors", kTensorKeys));
  WHYZERO_TRY(check_member(source, "files", "tensors", check_files));
  WHYZERO_TRY(check_member(source, "dtype", "tensors", check_dtype));
  const json* shape = member(source, "shape");
  if (!shape || !shape->is_array() || shape->size() > 8)
    return fail(ErrorCode::kInvalidArgument,
                "tensors' \"shape\" must be a list of up to 8 integers, given: " + shown(shape ? *shape : json()));
  int64_t elements = 1;
  for (const json& dim : *shape) {
    WHYZERO_TRY(check_integer(dim, "each of tensors' \"shape\"", 1, kMaxPixels));
    elements *= dim.get<int64_t>();
    if (elements > kMaxPixels * 4)
      return fail(ErrorCode::kOutOfMemory, "tensors' \"shape\" has too many elements: " + shown(*shape));
  }
  return {};
}

Result<void> check_frames(const json& source) {
  WHYZERO_TRY(check_object(source, "frames", kFrameKeys));
  WHYZERO_TRY(check_member(source, "files", "frames", check_files));
  const json* format = member(source, "format");
  WHYZERO_TRY(check_word(format ? *format : json(), "frames' \"format\"", kFrameFormats));
  for (std::string_view side : {"width", "height"}) {
    const json* length = member(source, side);
    WHYZERO_TRY(check_integer(length ? *length : json(), fmt::format("frames' \"{}\"", side), 1, kMaxSide));
  }
  if (const json* row = member(source, "row_bytes")) return check_integer(*row, "frames' \"row_bytes\"", 1, kMaxPixels);
  return {};
}

Result<void> check_source(SourceKind kind, const json& source) {
  switch (kind) {
    case SourceKind::kImages:
      return check_files(source, "\"images\"");
    case SourceKind::kTensors:
      return check_tensors(source);
    case SourceKind::kFrames:
      return check_frames(source);
    case SourceKind::kArrays:
      WHYZERO_TRY(check_object(source, "arrays", kArrayKeys));
      WHYZERO_TRY(check_member(source, "file", "arrays", check_string));
      return member(source, "key") ? check_member(source, "key", "arrays", check_string) : Result<void>{};
    case SourceKind::kTable:
      WHYZERO_TRY(check_object(source, "table", kTableKeys));
      WHYZERO_TRY(check_member(source, "csv", "table", check_string));
      if (member(source, "features")) WHYZERO_TRY(check_member(source, "features", "table", check_strings));
      return member(source, "label") ? check_member(source, "label", "table", check_string) : Result<void>{};
  }
  return {};
}

Result<void> check_pipeline(const json& pipeline) {
  if (!pipeline.is_array())
    return fail(ErrorCode::kInvalidArgument, "\"pipeline\" must be a list of steps, given: " + shown(pipeline));
  std::vector<std::string_view> known;
  for (const Step* step : all_steps()) known.push_back(step->name);
  for (size_t i = 0; i < pipeline.size(); ++i) {
    const json& entry = pipeline[i];
    if (!entry.is_object() || entry.size() != 1)
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("step {} must be an object with one key, the step's name, given: {}", i, shown(entry)));
    const std::string& name = entry.begin().key();
    const Step* step = find_step(name);
    if (!step) return fail(ErrorCode::kInvalidArgument, fmt::format("step {}: {}", i, unknown_word("step", name, known)));
    if (auto checked = step->check(entry.begin().value()); !checked)
      return fail(std::move(checked).error(), fmt::format("step {} ({})", i, name));
    if (name == "decode" && i > 0)
      return fail(ErrorCode::kInvalidArgument, fmt::format("step {} (decode): decode can only be the first step", i));
  }
  return {};
}

Result<Input> parse_input(const json& document, std::string pointer) {
  Input input;
  WHYZERO_TRY(check_object(document, "input", kInputKeys));
  std::vector<std::string_view> given;
  for (size_t k = 0; k < std::size(kSources); ++k) {
    if (!document.contains(kSources[k])) continue;
    given.push_back(kSources[k]);
    input.kind = static_cast<SourceKind>(k);
  }
  if (given.size() != 1)
    return fail(ErrorCode::kInvalidArgument, fmt::format("exactly one source of samples is needed ({}), given: {}",
                                                         join_words(kSources), given.empty() ? "none" : join_words(given)));
  input.source = *member(document, given[0]);
  input.pointer = std::move(pointer);
  WHYZERO_TRY(check_source(input.kind, input.source));
  if (const json* name = member(document, "name")) {
    WHYZERO_TRY(check_string(*name, "\"name\""));
    input.name = text_of(*name);
  }
  if (const json* originals = member(document, "original_images")) {
    WHYZERO_TRY(check_files(*originals, "\"original_images\""));
    input.original_images = *originals;
  }
  if (const json* pipeline = member(document, "pipeline")) {
    WHYZERO_TRY(check_pipeline(*pipeline));
    input.pipeline = *pipeline;
  }
  return input;
}

Result<void> parse_inputs(App& app) {
  const json* one = member(app.document, "input");
  const json* many = member(app.document, "inputs");
  if (!one == !many)
    return fail(ErrorCode::kInvalidArgument, one ? "give either \"input\" or \"inputs\", not both" : "\"input\" is missing");
  if (one) {
    auto input = parse_input(*one, "/input");
    if (!input) return fail(std::move(input).error(), "/input");
    app.inputs.push_back(std::move(*input));
    return {};
  }
  if (!many->is_array() || many->empty())
    return fail(ErrorCode::kInvalidArgument, "\"inputs\" must be a list of inputs, given: " + shown(*many));
  for (size_t k = 0; k < many->size(); ++k) {
    const std::string pointer = fmt::format("/inputs/{}", k);
    auto input = parse_input((*many)[k], pointer);
    if (!input) return fail(std::move(input).error(), pointer);
    app.inputs.push_back(std::move(*input));
  }
  return {};
}

Result<void> parse_labels(App& app, const json& labels) {
  if (labels.is_array()) {
    app.output.labels.emplace();
    for (size_t i = 0; i < labels.size(); ++i) {
      if (!labels[i].is_string())
        return fail(ErrorCode::kInvalidArgument, fmt::format("\"labels\"[{}] must be a text, given: {}", i, shown(labels[i])));
      app.output.labels->emplace_back(text_of(labels[i]));
    }
    return {};
  }
  WHYZERO_TRY(check_string(labels, "\"labels\" (a file or a list of texts)"));
  auto text = read_text(app.resolve(std::string(text_of(labels))));
  if (!text) return fail(std::move(text).error(), "label file");
  app.output.labels = label_lines(*text);
  return {};
}

Result<void> parse_output(App& app, const json& output) {
  WHYZERO_TRY(check_object(output, "output", kOutputKeys));
  if (const json* offset = member(output, "label_offset")) {
    WHYZERO_TRY(check_integer(*offset, "\"label_offset\"", -1'000'000, 1'000'000));
    app.output.label_offset = offset->get<int>();
  }
  if (const json* tensor = member(output, "tensor")) {
    WHYZERO_TRY(tensor->is_string() ? check_string(*tensor, "\"tensor\"")
                                    : check_integer(*tensor, "\"tensor\" (a name or an index)", 0, 1 << 20));
    app.output.tensor = *tensor;
  }
  if (const json* decode = member(output, "decode")) {
    WHYZERO_TRY(check_decode(*decode));
    app.output.decode = *decode;
  }
  if (const json* reports = member(output, "reports")) {
    WHYZERO_TRY(check_word(*reports, "\"reports\"", kReports));
    app.output.reports = text_of(*reports);
  }
  if (const json* labels = member(output, "labels")) WHYZERO_TRY(parse_labels(app, *labels));
  return {};
}

Result<void> parse_rest(App& app) {
  if (const json* truth = member(app.document, "truth")) {
    WHYZERO_TRY(check_string(*truth, "\"truth\""));
    app.truth = app.resolve(std::string(text_of(*truth)));
  }
  if (const json* calls = member(app.document, "calls")) WHYZERO_TRY(check_string(*calls, "\"calls\""));
  if (const json* expect = member(app.document, "expect")) {
    WHYZERO_TRY(check_object(*expect, "expect", kExpectKeys));
    if (const json* top1 = member(*expect, "top1")) WHYZERO_TRY(check_number(*top1, "expect's \"top1\""));
    for (std::string_view key : {"sha256", "model_outputs"})
      if (const json* text = member(*expect, key)) WHYZERO_TRY(check_string(*text, fmt::format("expect's \"{}\"", key)));
    app.expect = *expect;
  }
  if (const json* state = member(app.document, "state")) {
    WHYZERO_TRY(check_object(*state, "state", kStateKeys));
    for (std::string_view key : kStateKeys) WHYZERO_TRY(check_flag(*state, key, "state"));
    const auto flag = [&](std::string_view key) { return member(*state, key) && *member(*state, key) == json(true); };
    app.samples_are_sequence = flag("samples_are_sequence");
    app.reset_between = flag("reset_between");
  }
  return {};
}

}  // namespace

std::filesystem::path App::resolve(const std::string& path) const { return base / std::filesystem::path(path); }

Result<App> parse_app(json document, const std::filesystem::path& base) {
  App app;
  app.document = std::move(document);
  app.base = base;
  WHYZERO_TRY(check_object(app.document, "the app file", kTopKeys));
  const json* version = member(app.document, "whyzero");
  if (!version || *version != json(1))
    return fail(ErrorCode::kInvalidArgument,
                "an app file begins with \"whyzero\": 1, given: " + (version ? shown(*version) : "nothing"));
  WHYZERO_TRY(check_member(app.document, "model", "the app file", check_string));
  app.model = app.resolve(std::string(text_of(*member(app.document, "model"))));
  WHYZERO_TRY(parse_inputs(app));
  if (const json* output = member(app.document, "output"))
    if (auto parsed = parse_output(app, *output); !parsed) return fail(std::move(parsed).error(), "/output");
  WHYZERO_TRY(parse_rest(app));
  return app;
}

Result<App> load_app(const std::filesystem::path& path) {
  WHYZERO_ASSIGN(const std::string text, read_text(path));
  if (too_deep(text))
    return fail(
        Error{ErrorCode::kMalformed, fmt::format("lists and objects are nested more than {} deep", kDeepest), {path.string()}});
  json document = json::parse(text, nullptr, false);
  if (document.is_discarded())
    return fail(Error{ErrorCode::kMalformed, "this is no JSON: see " + place_of_json_error(text) + " (a comma too many or missing, a quote, a comment?)", {path.string()}});
  auto app = parse_app(std::move(document), path.parent_path());
  if (!app) return fail(std::move(app).error(), path.string());
  return app;
}

}  // namespace whyzero::app
