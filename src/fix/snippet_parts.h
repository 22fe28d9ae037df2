// What the writers of code share: which part of the chain changed, and the mended pipeline as one loop over pixels.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app/evaluate.h"

namespace whyzero::fix {

enum class Language { kPython, kKotlin, kCpp };

/// One input whose pipeline changed, between the common head and tail of old and new.
struct InputChange {
  size_t input = 0;                           // of the model
  nlohmann::json dropped, wanted;             // steps that go, and those that take their place
  std::string order_before, order_after;      // of the channels at the end of the pipeline: "rgb", "bgr", …
  nlohmann::json pipeline;                    // the whole mended one
  bool from_photos = true;                    // the pipeline begins at the photo; false: at captured tensors, whatever made them
  const app::TensorInfo* tensor = nullptr;
};
std::vector<InputChange> input_changes(const nlohmann::json& before, const nlohmann::json& after, const app::Binding& binding);

/// Columns of a table in another order, inputs exchanged, the model's memory cleared between samples; empty where none of them changed.
std::string feeding_lines(const nlohmann::json& before, const nlohmann::json& after, const app::Binding& binding, Language language);
/// Whether the inputs only changed places: then no pipeline did.
bool only_exchanged(const nlohmann::json& before, const nlohmann::json& after, const app::Binding& binding);
/// What takes the place of steps that describe bytes in memory: rows copied one by one, numbers in the machine's order.
std::string memory_lines(const InputChange& change, Language language);

/// The reading of the answer, where it changed.
struct OutputChange {
  nlohmann::json decode, labels;  // labels: a list where they changed, otherwise null
  int label_offset = 0;
  const app::TensorInfo* tensor = nullptr;
  size_t output = 0;
  bool another = false;  // than was read before
};
std::optional<OutputChange> output_change(const nlohmann::json& before, const nlohmann::json& after, const app::Binding& binding);

/// The steps after geometry as one loop over pixels, or over the numbers of a row; nothing where the pipeline does what no such loop can say.
struct PixelLoop {
  int width = 0, height = 0;
  int features = 0;             // numbers in a row of a table or array; 0: a picture
  std::string order;            // which channels are written, in their order
  std::vector<nlohmann::json> scalings;  // values of normalize, standardize and minmax, in order
  bool quantized = false, channels_first = false;
};
std::optional<PixelLoop> pixel_loop(const InputChange& change);
/// Some step changed that the loop speaks of, or one of geometry.
bool changes_pixels(const InputChange& change);
std::vector<nlohmann::json> geometry_steps(const InputChange& change);
/// Each ends with a line's end; nothing where the language has no short words for a step.
using Lines = std::optional<std::string>;
/// The lines of every geometry step, then those of the loop over the pixels where that changes; nothing where one of them cannot be said.
Lines input_lines(const InputChange& change, Language language, Lines (*geometry)(const nlohmann::json& step), Lines (*loop)(const InputChange& change));

/// Where the channels of an order lie in a pixel that is RGBA: "bgr" is 2, 1, 0.
std::vector<int> channel_places(const std::string& order);
/// The arithmetic of a normalize, standardize or minmax on `x`, for example "x / 127.5f - 1.0f"; per channel values are `list(values)[index]`.
struct Syntax {
  std::string suffix;  // of a real number: "f"
  std::function<std::string(const std::vector<double>&)> list;  // an expression that holds the values
  std::string index;  // what picks the value of one channel; empty where whole arrays are meant
};
std::string scaling_text(const nlohmann::json& normalize, const std::string& x, const Syntax& syntax);
/// A number as short as it can be read back: "127.5", "1.0".
std::string number_text(double value);

Lines python_input(const InputChange& change);
Lines python_output(const OutputChange& change);
Lines kotlin_input(const InputChange& change);
Lines kotlin_output(const OutputChange& change);
Lines cpp_input(const InputChange& change);
Lines cpp_output(const OutputChange& change);

}  // namespace whyzero::fix
