// The change in Kotlin, for Android: a Bitmap goes into the ByteBuffer that the interpreter gets.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "fix/snippet_parts.h"

namespace whyzero::fix {
namespace {

using nlohmann::json;

std::string array_text(const std::vector<double>& values) {
  std::string text;
  for (double value : values) text += (text.empty() ? "" : ", ") + number_text(value) + "f";
  return "floatArrayOf(" + text + ")";
}

std::string bitmap_resize(const json& step) {
  const std::string library = step.value("library", "pillow");
  return fmt::format("bitmap = Bitmap.createScaledBitmap(bitmap, {}, {}, {})  // the model was measured with {}'s {}\n", step["width"].get<int>(), step.value("height", 0),
                     step.value("method", "bilinear") == "nearest" ? "false" : "true", library, step.value("method", "bilinear"));
}

std::optional<std::string> crop_lines(const json& crop) {
  std::string size;
  if (crop.contains("box")) {
    const auto box = crop["box"].get<std::vector<int>>();
    return fmt::format("bitmap = Bitmap.createBitmap(bitmap, {}, {}, {}, {})\n", box[0], box[1], box[2], box[3]);
  }
  if (crop.contains("square")) size = "val w = minOf(bitmap.width, bitmap.height)\n    val h = w";
  else if (crop.contains("center")) size = fmt::format("val w = {}\n    val h = {}", crop["center"][0].get<int>(), crop["center"][1].get<int>());
  else if (crop.contains("central")) size = fmt::format("val w = (bitmap.width * {0}).roundToInt()\n    val h = (bitmap.height * {0}).roundToInt()", number_text(crop["central"].get<double>()));
  else return std::nullopt;
  return "bitmap = run {\n    " + size + "\n    Bitmap.createBitmap(bitmap, (bitmap.width - w) / 2, (bitmap.height - h) / 2, w, h)\n}\n";
}

std::string turned(const std::string& call) {
  return fmt::format("bitmap = Bitmap.createBitmap(bitmap, 0, 0, bitmap.width, bitmap.height, Matrix().apply {{ {} }}, true)\n", call);
}

std::optional<std::string> geometry_lines(const json& step) {
  const std::string name = step.begin().key();
  const json& value = step[name];
  if (name == "resize" && value.contains("width")) return bitmap_resize(value);
  if (name == "crop") return crop_lines(value);
  if (name == "rotate") return turned(fmt::format("postRotate({}f)", value.get<int>()));
  if (name == "flip") return turned(value == "horizontal" ? "postScale(-1f, 1f)" : "postScale(1f, -1f)");
  if (name == "letterbox")
    return fmt::format("bitmap = Bitmap.createBitmap({0}, {1}, Bitmap.Config.ARGB_8888).also {{\n    val scale = minOf({0}f / bitmap.width, {1}f / bitmap.height)\n"
                       "    val w = (bitmap.width * scale).roundToInt()\n    val h = (bitmap.height * scale).roundToInt()\n    val canvas = Canvas(it)\n    canvas.drawColor(Color.rgb({2}, {2}, {2}))\n"
                       "    canvas.drawBitmap(Bitmap.createScaledBitmap(bitmap, w, h, true), (({0} - w) / 2).toFloat(), (({1} - h) / 2).toFloat(), null)\n}}\n",
                       value["width"].get<int>(), value["height"].get<int>(), static_cast<int>(value.value("fill", 0.0)));
  if (name == "exif")
    return "val degrees = ExifInterface(path).rotationDegrees.toFloat()  // androidx.exifinterface\n" + turned("postRotate(degrees)");
  return std::nullopt;
}

/// Type, how a number `v` is put into the buffer, and the bytes of one.
struct Store {
  std::string put;
  int bytes = 4;
};
std::optional<Store> store_of(const PixelLoop& loop, DType dtype) {
  const std::string v = loop.quantized ? "(v / q.scale).roundToInt() + q.zeroPoint" : "";
  switch (dtype) {
    case DType::kFloat32: return Store{"putFloat(v)", 4};
    case DType::kUInt8: return Store{loop.quantized ? "put((" + v + ").coerceIn(0, 255).toByte())" : "put(v.toInt().toByte())", 1};
    case DType::kInt8: return Store{loop.quantized ? "put((" + v + ").coerceIn(-128, 127).toByte())" : "put(v.toInt().toByte())", 1};
    case DType::kInt16: return Store{loop.quantized ? "putShort((" + v + ").coerceIn(-32768, 32767).toShort())" : "putShort(v.toInt().toShort())", 2};
    default: return std::nullopt;
  }
}

/// The numbers of a row, one by one.
std::string row_lines(const InputChange& change, const PixelLoop& loop, const Store& store) {
  std::string lines = fmt::format("val buffer = ByteBuffer.allocateDirect({} * row.size).order(ByteOrder.nativeOrder())  // row: FloatArray of {} numbers\n", store.bytes, loop.features);
  if (loop.quantized) lines += fmt::format("val q = interpreter.getInputTensor({}).quantizationParams()\n", change.input);
  std::string steps;
  int lists = 0;
  const auto list = [&](const std::vector<double>& values) {
    lines += fmt::format("val values{} = {}\n", lists, array_text(values));
    return "values" + std::to_string(lists++);
  };
  for (const json& scaling : loop.scalings) steps += "    v = " + scaling_text(scaling, "v", {"f", list, "[i]"}) + "\n";
  return lines + fmt::format("for (i in row.indices) {{\n    {} v = row[i]\n{}    buffer.{}\n}}\nbuffer.rewind()\n", steps.empty() ? "val" : "var", steps, store.put);
}

std::optional<std::string> loop_lines(const InputChange& change) {
  const auto loop = pixel_loop(change);
  if (!loop) return std::nullopt;
  const auto store = store_of(*loop, change.tensor->dtype);
  if (!store) return std::nullopt;
  if (loop->features > 0) return row_lines(change, *loop, *store);
  const bool gray = loop->order == "gray" || loop->order == "gray3";
  const int channels = loop->order == "gray" ? 1 : loop->order.size() == 4 && !gray ? 4 : 3;
  std::string lines = fmt::format("val pixels = IntArray({0} * {1})\nbitmap.getPixels(pixels, 0, {0}, 0, 0, {0}, {1})\n", loop->width, loop->height);
  lines += fmt::format("val buffer = ByteBuffer.allocateDirect({} * {} * {} * {}).order(ByteOrder.nativeOrder())\n", loop->width, loop->height, channels, store->bytes);
  if (loop->quantized) lines += fmt::format("val q = interpreter.getInputTensor({}).quantizationParams()\n", change.input);
  std::string shifts;
  if (!gray) {
    constexpr int kShift[] = {16, 8, 0, 24};  // of red, green, blue and alpha in a pixel of Android
    for (int place : channel_places(loop->order)) shifts += (shifts.empty() ? "" : ", ") + std::to_string(kShift[place]);
    lines += fmt::format("val shift = intArrayOf({})  // {}\n", shifts, loop->order);
  }
  std::string arithmetic = gray ? "((19595 * (p shr 16 and 0xFF) + 38470 * (p shr 8 and 0xFF) + 7471 * (p and 0xFF) + 0x8000) shr 16).toFloat()" : "(p shr shift[c] and 0xFF).toFloat()";
  std::string steps;
  int lists = 0;
  const auto list = [&](const std::vector<double>& values) {
    lines += fmt::format("val values{} = {}\n", lists, array_text(values));
    return "values" + std::to_string(lists++);
  };
  for (const json& scaling : loop->scalings) steps += "    v = " + scaling_text(scaling, "v", {"f", list, "[c]"}) + "\n";
  const std::string over_pixels = "for (p in pixels)", over_channels = fmt::format("for (c in 0 until {})", channels);
  lines += loop->channels_first ? over_channels + " " + over_pixels + " {\n" : over_pixels + " " + over_channels + " {\n";
  lines += fmt::format("    {} v = {}\n{}    buffer.{}\n}}\nbuffer.rewind()\n", steps.empty() ? "val" : "var", arithmetic, steps, store->put);
  return lines;
}

}  // namespace

std::optional<std::string> kotlin_output(const OutputChange& change) {
  std::string lines;
  if (change.labels.is_array() && change.labels.size() <= 12) {
    const std::string list = change.labels.dump();
    lines += "val labels = listOf(" + list.substr(1, list.size() - 2) + ")\n";
  } else if (change.labels.is_array()) {
    lines += "val labels = context.assets.open(\"labels.txt\").bufferedReader().readLines()  // as --fix writes it\n";
  }
  if (change.another)
    lines += fmt::format("val {0} = {1}({2})\ninterpreter.runForMultipleInputsOutputs(arrayOf(buffer), mapOf({3} to arrayOf({0})))  // output {3}\n",
                         change.tensor->dtype == DType::kFloat32 ? "y" : "answer", change.tensor->dtype == DType::kFloat32 ? "FloatArray" : "ByteArray", change.tensor->elements(), change.output);
  const std::string offset = change.label_offset ? fmt::format(" {} {}", change.label_offset < 0 ? '-' : '+', std::abs(change.label_offset)) : "";
  const bool dequantized = std::any_of(change.decode.begin(), change.decode.end(), [](const json& step) { return step.contains("dequantize"); });
  if (change.tensor->dtype == DType::kUInt8 && !dequantized) lines += "val y = IntArray(answer.size) { answer[it].toInt() and 0xFF }\n";
  const bool bytes = change.tensor->dtype == DType::kUInt8 || change.tensor->dtype == DType::kInt8;
  for (const json& step : change.decode) {
    const std::string name = step.begin().key();
    const json& value = step[name];
    if (name == "dequantize" && bytes)
      lines += fmt::format("val q = interpreter.getOutputTensor({}).quantizationParams()\nval y = FloatArray(answer.size) {{ ({} - q.zeroPoint) * q.scale }}\n", change.output,
                           change.tensor->dtype == DType::kUInt8 ? "(answer[it].toInt() and 0xFF)" : "answer[it].toInt()");
    else if (name == "dequantize") continue;
    else if (name == "softmax")
      lines += "val e = y.map { exp(it - y.max()) }\nval probabilities = e.map { it / e.sum() }\n";
    else if (name == "sigmoid") lines += "val probability = 1f / (1f + exp(-y[0]))\n";
    else if (name == "argmax") lines += fmt::format("val label = labels[y.indices.maxByOrNull {{ y[it] }}!!{}]\n", offset);
    else if (name == "threshold") lines += fmt::format("val label = labels[(if (y[0] > {}f) 1 else 0){}]\n", number_text(value.get<double>()), offset);
    else if (name == "regression") lines += "val value = y[0]\n";
    else return std::nullopt;
  }
  return lines;
}

Lines kotlin_input(const InputChange& change) { return input_lines(change, Language::kKotlin, &geometry_lines, &loop_lines); }

}  // namespace whyzero::fix
