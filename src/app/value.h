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
  float scale = 0;  // 0 where the tensor has no per-tensor quantization
  int32_t zero_point = 0;

  size_t elements() const;
  size_t bytes() const;
};

/// A dense array with what the next step must know beside the numbers.
struct Value {
  DType dtype = DType::kUInt8;
  std::vector<int32_t> shape;
  std::vector<uint8_t> bytes;        // row-major, native byte order
  std::string order = "rgb";         // meaning of the last axis of a picture: "rgb", "bgr", "gray", …
  int exif = 1;                      // orientation tag that has not been applied
  std::optional<image::Box> box;     // a central crop that the next Pillow resize takes as its box
  std::vector<std::string> columns;  // a table row: names of its cells …
  std::vector<std::string> cells;    // … and their texts, until a step makes numbers of them (then shape and bytes count)
  bool reinterpreted = false;        // captured bytes of another dtype than the tensor's

  size_t elements() const;
  template <class T>
  T* as() {
    return reinterpret_cast<T*>(bytes.data());
  }
  template <class T>
  const T* as() const {
    return reinterpret_cast<const T*>(bytes.data());
  }
};

/// The value as pictures of image/, and back. kShapeMismatch where it is not height × width (× channels).
Result<image::Image8> image8_from_value(const Value& value);
Result<image::ImageF> imagef_from_value(const Value& value);
/// The same without a copy: the value's bytes move out and stay away until set_image.
Result<image::Image8> take_image8(Value& value);
void set_image(Value& value, image::Image8 picture);
void set_image(Value& value, image::ImageF picture);
/// Any numeric dtype → float32 ("Arithmetic is float32").
void make_float(Value& value);
/// Cells of a table row → float32; nothing to do for other values. kDtypeMismatch naming the column that is no number.
Result<void> make_numbers(Value& value);
/// The bytes so far become a value of this dtype and shape: missing bytes are zero, surplus is dropped.
Result<void> reinterpret_value(Value& value, DType dtype, const std::vector<int32_t>& shape);
/// Element i as a double, of any dtype that dtype_is_number().
double number_at(DType dtype, const uint8_t* bytes, size_t i);
/// Dtypes that a value may have: float16, float32, float64, bool and the integers of whole bytes.
bool dtype_is_number(DType dtype);
/// "[48, 48, 3]".
std::string shape_text(const std::vector<int32_t>& shape);
/// NumPy's astype; floats to integers truncate toward zero and keep the low bits, NaN and |x| ≥ 2^62 give 0.
Result<void> cast_value(Value& value, DType dtype);

}  // namespace whyzero::app
