// The change in Python: `x` is the photo as a NumPy array, `y` the answer.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "app/check.h"
#include "app/edit.h"
#include "fix/snippet_parts.h"

namespace whyzero::fix {
namespace {

using app::StepRole;
using nlohmann::json;

std::string array_text(const std::vector<double>& values) {
  std::string text;
  for (double value : values) text += (text.empty() ? "" : ", ") + number_text(value);
  return "np.array([" + text + "], np.float32)";
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string pillow_method(const std::string& method) { return "Image.Resampling." + (method == "area" ? "BOX" : upper(method)); }

std::string opencv_method(const std::string& method) {
  return "cv2.INTER_" + (method == "bilinear" ? "LINEAR" : method == "bicubic" ? "CUBIC" : method == "lanczos" ? "LANCZOS4" : upper(method));
}

/// The call that resizes `x` to width and height, which are numbers or names.
std::string resize_call(const json& step, const std::string& width, const std::string& height, const std::string& box = "") {
  const std::string method = step.value("method", "bilinear"), library = step.value("library", "pillow");
  if (library == "opencv") return fmt::format("x = cv2.resize(x, ({}, {}), interpolation={})", width, height, opencv_method(method));
  const std::string tf_method = method == "lanczos" ? "lanczos3" : method;
  if (library == "tensorflow-v1" || library == "tensorflow-align-corners")
    return fmt::format("x = tf.compat.v1.image.resize(x, ({}, {}), \"{}\"{}).numpy()", height, width, tf_method, library == "tensorflow-v1" ? "" : ", align_corners=True");
  if (library != "pillow")
    return fmt::format("x = tf.image.resize(x, ({}, {}), \"{}\"{}).numpy()", height, width, tf_method, library == "tensorflow-antialias" ? ", antialias=True" : "");
  return fmt::format("x = np.asarray(Image.fromarray(x).resize(({}, {}), {}{}))", width, height, pillow_method(method), box);
}

std::string resize_lines(const json& step) {
  if (step.contains("width")) return resize_call(step, std::to_string(step["width"].get<int>()), std::to_string(step.value("height", 0))) + "\n";
  const int shorter = step.value("shorter", 0);
  return fmt::format("h, w = x.shape[:2]\nw, h = ({0}, int({0} * h / w)) if w <= h else (int({0} * w / h), {0})\n", shorter) + resize_call(step, "w", "h") + "\n";
}

std::string letterbox_lines(const json& step) {
  const int width = step["width"].get<int>(), height = step["height"].get<int>();
  return fmt::format("scale = min({0} / x.shape[1], {1} / x.shape[0])\nw, h = int(x.shape[1] * scale + 0.5), int(x.shape[0] * scale + 0.5)\n{2}\n"
                     "left, top = ({0} - w) // 2, ({1} - h) // 2\nx = np.pad(x, ((top, {1} - h - top), (left, {0} - w - left), (0, 0)), constant_values={3})\n",
                     width, height, resize_call(step, "w", "h"), step.value("fill", json(0)).dump());
}

constexpr std::string_view kCutOut = "x = x[top:top + ch, left:left + cw]\n";

/// `next`: a Pillow resize that takes the crop as its box, or null.
std::string crop_lines(const json& crop, const json* next) {
  const std::string sides = "h, w = x.shape[:2]\n";
  if (crop.contains("box")) {
    const auto box = crop["box"].get<std::vector<int>>();
    return fmt::format("x = x[{1}:{1} + {3}, {0}:{0} + {2}]\n", box[0], box[1], box[2], box[3]);
  }
  if (crop.contains("square")) return sides + "cw = ch = min(w, h)\nleft, top = (w - cw) // 2, (h - ch) // 2\n" + std::string(kCutOut);
  if (crop.contains("center"))
    return sides + fmt::format("cw, ch = {}, {}\nleft, top = round((w - cw) / 2), round((h - ch) / 2)\n", crop["center"][0].get<int>(), crop["center"][1].get<int>()) + std::string(kCutOut);
  const std::string part = number_text(crop.value("central", 1.0));
  if (crop.value("library", "") == "tensorflow") return fmt::format("x = tf.image.central_crop(x, {}).numpy()\n", part);
  if (next)
    return sides + fmt::format("box = (w * (1 - {0}) / 2, h * (1 - {0}) / 2, w * (1 + {0}) / 2, h * (1 + {0}) / 2)\n", part) +
           resize_call(*next, std::to_string(next->value("width", 0)), std::to_string(next->value("height", 0)), ", box=box") + "\n";
  return sides + fmt::format("cw, ch = int(w * {0} + 0.5), int(h * {0} + 0.5)\nleft, top = (w - cw) // 2, (h - ch) // 2\n", part) + std::string(kCutOut);
}

std::string channel_lines(const std::string& from, const std::string& to) {
  const auto alpha = [](const std::string& order) { return order.size() == 4 && order != "gray"; };
  std::string lines;
  if (from == to) return {};
  if (to == "gray" || to == "gray3") {
    if (from == "bgr") lines += "x = x[..., ::-1]  # BGR to RGB\n";
    if (from != "gray3") lines += "x = np.asarray(Image.fromarray(x).convert(\"L\"))[..., None]\n";
    else return "x = x[..., :1]\n";
    return lines + (to == "gray3" ? "x = np.repeat(x, 3, axis=-1)\n" : "");
  }
  if (from == "gray" || from == "gray3") {  // colours that are lost were read again
    if (to == "rgb") return {};
    return channel_lines("rgb", to);
  }
  std::string places;
  if (alpha(to) && !alpha(from)) lines += "x = np.dstack([x, np.full(x.shape[:2], 255, x.dtype)])\n";
  const std::vector<int> have = channel_places(from), want = channel_places(to);
  for (int channel : want) {
    const auto at = std::find(have.begin(), have.end(), channel);
    places += (places.empty() ? "" : ", ") + std::to_string(at == have.end() ? 3 : at - have.begin());
  }
  return lines + (places == "2, 1, 0" ? fmt::format("x = x[..., ::-1]  # {} to {}\n", upper(from), upper(to)) : fmt::format("x = x[..., [{}]]  # {} to {}\n", places, upper(from), upper(to)));
}

std::string quantize_lines(const std::string& how, size_t input) {
  const std::string rounded = how == "truncate" ? "x / scale + zero_point" : "np.round(x / scale) + zero_point";
  return fmt::format("info = interpreter.get_input_details()[{}]\nscale, zero_point = info[\"quantization\"]\nlimits = np.iinfo(info[\"dtype\"])\n"
                     "x = np.clip({}, limits.min, limits.max).astype(info[\"dtype\"])\n", input, rounded);
}

/// Nothing where Python has no short words for the step.
std::optional<std::string> step_lines(const json& step, size_t input) {
  const std::string name = step.begin().key();
  const json& value = step[name];
  const Syntax syntax{"", &array_text, ""};
  if (name == "resize") return resize_lines(value);
  if (name == "letterbox") return letterbox_lines(value);
  if (name == "rotate") return fmt::format("x = np.rot90(x, {})\n", -value.get<int>() / 90);
  if (name == "flip") return value == "horizontal" ? "x = x[:, ::-1]\n" : "x = x[::-1]\n";
  if (name == "exif") return "x = np.asarray(ImageOps.exif_transpose(Image.open(path)).convert(\"RGB\"))\n";
  if (name == "normalize") return "x = " + scaling_text(value, "x.astype(np.float32)", syntax) + "\n";
  if (name == "standardize" || name == "minmax") return "x = " + scaling_text(value, "x.astype(np.float32)", syntax) + "\n";
  if (name == "quantize") return quantize_lines(value, input);
  if (name == "onehot") {
    const std::string feature = value.value("feature", ""), quoted = json(feature).dump();
    return fmt::format("row[{0}] = [float(row[{0}] == c) for c in {1}]  # before the row becomes numbers: one column a category, in this order\n", quoted, value["categories"].dump());
  }
  if (name == "cast") return fmt::format("x = x.astype(np.{})\n", value.get<std::string>());
  if (name == "layout") return "x = np.transpose(x, (2, 0, 1))\n";
  if (name == "decode" && value.value("like", "") == "pillow") return "x = np.asarray(Image.open(path).convert(\"RGB\"))\n";
  if (name == "decode" && value.value("like", "") == "opencv") return "x = cv2.imread(path)[..., ::-1]\n";
  if (name == "decode") return "x = tf.io.decode_image(tf.io.read_file(path), channels=3, expand_animations=False).numpy()\n";
  return std::nullopt;
}

}  // namespace

std::optional<std::string> python_input(const InputChange& change) {
  std::string lines;
  const bool colours_lost = change.order_before != change.order_after && change.order_before.starts_with("gray") && !change.order_after.starts_with("gray");
  if (!change.dropped.empty()) {
    std::string old;
    for (const json& step : change.dropped) old += (old.empty() ? "" : ", ") + step.dump();
    const std::string memory = memory_lines(change, Language::kPython);
    const bool nothing_instead = change.wanted.empty() && memory.empty() && change.order_before == change.order_after;
    if (old.size() < 160) lines += fmt::format("# {} {}\n", nothing_instead ? "leave out" : "in place of", old);
    lines += memory;
  }
  if (colours_lost) lines += "x = np.asarray(Image.open(path).convert(\"RGB\"))  # the photo's own colours; leave out what made it gray\n";
  bool channels_written = change.order_before == change.order_after;
  for (size_t i = 0; i < change.wanted.size(); ++i) {
    const json& step = change.wanted[i];
    const json* next = i + 1 < change.wanted.size() ? &change.wanted[i + 1] : nullptr;
    if (!channels_written && app::role_of(step) > StepRole::kChannels) {
      lines += channel_lines(change.order_before, change.order_after);
      channels_written = true;
    }
    if (step.contains("channels")) continue;
    if (step.contains("crop")) {
      const bool into_resize = step["crop"].contains("central") && next && next->contains("resize") && (*next)["resize"].contains("width") &&
                               (*next)["resize"].value("library", "pillow") == "pillow";
      lines += crop_lines(step["crop"], into_resize ? &(*next)["resize"] : nullptr);
      i += into_resize;
      continue;
    }
    const auto text = step_lines(step, change.input);
    if (!text) return std::nullopt;
    lines += *text;
  }
  if (!channels_written) lines += channel_lines(change.order_before, change.order_after);
  return lines;
}

std::optional<std::string> python_output(const OutputChange& change) {
  std::string lines;
  if (change.labels.is_array() && change.labels.size() <= 12) lines += "labels = " + change.labels.dump() + "\n";
  else if (change.labels.is_array()) lines += "labels = open(\"labels.txt\", encoding=\"utf-8\").read().splitlines()  # as --fix writes it\n";
  lines += fmt::format("info = interpreter.get_output_details()[{}]\ny = interpreter.get_tensor(info[\"index\"])[0]\n", change.output);
  const std::string offset = change.label_offset ? fmt::format(" {} {}", change.label_offset < 0 ? '-' : '+', std::abs(change.label_offset)) : "";
  for (const json& step : change.decode) {
    const std::string name = step.begin().key();
    const json& value = step[name];
    if (name == "dequantize") lines += "scale, zero_point = info[\"quantization\"]\ny = (y.astype(np.float32) - zero_point) * scale\n";
    else if (name == "view") lines += fmt::format("y = y.view(np.{})\n", value.get<std::string>());
    else if (name == "scale") lines += "y = y * " + number_text(value.get<double>()) + "\n";
    else if (name == "softmax") lines += "y = np.exp(y - y.max())\ny = y / y.sum()\n";
    else if (name == "sigmoid") lines += "y = 1 / (1 + np.exp(-y))\n";
    else if (name == "argmax") lines += fmt::format("label = labels[int(np.argmax(y)){}]\n", offset);
    else if (name == "threshold") lines += fmt::format("label = labels[int(y.ravel()[0] > {}){}]\n", value.dump(), offset);
    else if (name == "truncate") lines += "y = np.trunc(y)\n";
    else if (name == "regression") lines += "value = float(y.ravel()[0])\n";
    else return std::nullopt;
  }
  return lines;
}

}  // namespace whyzero::fix
