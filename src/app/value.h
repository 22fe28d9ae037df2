// One sample on its way through an app's pipeline.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "image/image.h"
#include "whyzero/dtype.h"
#include "whyzero/result.h"

namespace whyzero::app {

/// What a pipeline needs to know of the input tensor that it fills, and output decoding of the tensor that it reads.
struct TensorInfo {
  std::string name;
  int index = 0;
  DType dtype = DType::kFloat32;
  std::vector<int32_t> shape;
  float scale = 0;          // 0 where the tensor has no per-tensor quantization
  int32_t zero_point = 0;

  size_t elements() const;
  size_t bytes() const;
};

/// A dense array with what the next step must know beside the numbers.
struct Value {
  DType dtype = DType::kUInt8;
  std::vector<int32_t> shape;
  std::vector<uint8_t> bytes;       // row-major, native byte order
  std::string order = "rgb";        // meaning of the last axis of a picture: "rgb", "bgr", "gray", …
  int exif = 1;                     // orientation tag that has not been applied
  std::optional<image::Box> box;    // a central crop that the next Pillow resize takes as its box
  std::vector<std::string> columns; // a table row: names of its cells …
  std::vector<std::string> cells;   // … and their texts, until a step makes numbers of them (then shape and bytes count)

  size_t elements() const;
  template <class T>
  T* as() { return reinterpret_cast<T*>(bytes.data()); }
  template <class T>
  const T* as() const { return reinterpret_cast<const T*>(bytes.data()); }
};

/// The value as pictures of image/, and back. kShapeMismatch where it is not height × width (× channels).
Result<image::Image8> image8_from_value(const Value& value);
Result<image::ImageF> imagef_from_value(const Value& value);
void set_image(Value& value, image::Image8 picture);
void set_image(Value& value, image::ImageF picture);
/// Any numeric dtype → float32 ("Arithmetic is float32").
void make_float(Value& value);
/// NumPy's astype; floats to integers truncate toward zero and keep the low bits, NaN and |x| ≥ 2^62 give 0.
Result<void> cast_value(Value& value, DType dtype);

}  // namespace whyzero::app
