#include "rules/common/hand_code.h"

#include <fmt/format.h>

namespace whyzero::rules {
namespace {

using nlohmann::json;

json for_layout(const app::TensorInfo& tensor) {
  if (tensor.shape.size() != 4) return nullptr;
  const bool channels_last = tensor.shape[3] <= 4;
  const int plane = channels_last ? tensor.shape[1] * tensor.shape[2] : tensor.shape[2] * tensor.shape[3], channels = channels_last ? tensor.shape[3] : tensor.shape[1];
  const std::string place = channels_last ? fmt::format("{} * p + c", channels) : fmt::format("c * {} + p", plane);
  const std::string from = channels_last ? fmt::format("c * {} + p", plane) : fmt::format("{} * p + c", channels);
  const std::string kotlin = fmt::format("for (p in 0 until {}) for (c in 0 until {}) input[{}] = x[{}]", plane, channels, place, from);
  const std::string cpp = fmt::format("for (int p = 0; p < {}; ++p)\n  for (int c = 0; c < {}; ++c) input[{}] = x[{}];", plane, channels, place, from);
  return {{"python", channels_last ? "x = np.transpose(x, (1, 2, 0))  # channels last, as the tensor is" : "x = np.transpose(x, (2, 0, 1))  # channels first, as the tensor is"},
          {"kotlin", kotlin},
          {"cpp", cpp}};
}

json for_offset(const app::TensorInfo& tensor) {
  if (tensor.dtype == DType::kUInt8)
    return {{"python", "x = np.asarray(photo, np.uint8)  # the bytes 0…255 as they are, nothing taken away"},
            {"kotlin", "buffer.put(value.toByte())  // 0…255 as it is, nothing taken away"},
            {"cpp", "input[i] = image.data[i];  // 0…255 as it is, nothing taken away"}};
  return {{"python", "x = (np.asarray(photo, np.int16) - 128).astype(np.int8)  # once"},
          {"kotlin", "buffer.put((value - 128).toByte())  // once"},
          {"cpp", "input[i] = static_cast<int8_t>(image.data[i] - 128);  // once"}};
}

/// Numbers are converted one by one; that copies bytes.
json for_bytes(const app::TensorInfo& tensor) {
  if (tensor.dtype != DType::kFloat32) return nullptr;
  return {{"python", "x = np.asarray(photo).astype(np.float32)  # converts each number, then scale as in training; frombuffer and view only copy bytes"},
          {"kotlin", "for (value in bytes) buffer.putFloat((value.toInt() and 0xFF).toFloat())  // then scale as in training; put(bytes) only copies bytes"},
          {"cpp", "for (size_t i = 0; i < count; ++i) input[i] = static_cast<float>(bytes[i]);  // then scale as in training; memcpy only copies bytes"}};
}

}  // namespace

json hand_code(std::string_view code, const app::TensorInfo& tensor) {
  if (code == "P005") return for_offset(tensor);
  if (code == "P006") return for_bytes(tensor);
  if (code == "P007") return for_layout(tensor);
  if (code == "P020")
    return {{"python", "x = x.astype(x.dtype.newbyteorder(\"=\"))  # numbers in the machine's own order"},
            {"kotlin", "val buffer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder())  // Java's default is big-endian"}};
  return nullptr;
}

}  // namespace whyzero::rules
