// Captured tensors, one file a sample: what the app really wrote into the input tensor.
#include <fmt/format.h>

#include <limits>

#include "app/check.h"
#include "app/files.h"
#include "app/source_kinds.h"
#include "base/checked.h"
#include "base/file.h"
#include "trace/npz.h"

namespace whyzero::app {
namespace {

constexpr std::string_view kNumpyEndings[] = {".npy"};

class TensorSource final : public Source {
 public:
  TensorSource(std::filesystem::path base, FoundFiles files, std::optional<DType> raw_dtype, std::vector<int32_t> raw_shape)
      : base_(std::move(base)), raw_dtype_(raw_dtype), raw_shape_(std::move(raw_shape)) {
    names_ = std::move(files.names);
    truth_ = std::move(files.labels);
  }

  bool captured() const override { return true; }

  Result<Value> first_value(size_t i, image::DecodeLike, const TensorInfo& tensor) const override {
    auto value = raw_dtype_ ? from_raw(i, tensor) : from_numpy(i, tensor);
    if (!value) return fail(std::move(value).error(), names_[i]);
    return value;
  }

 private:
  Result<Value> from_raw(size_t i, const TensorInfo& tensor) const {
    Value value;
    value.dtype = *raw_dtype_;
    value.shape = raw_shape_;
    WHYZERO_ASSIGN(value.bytes, read_file(base_ / names_[i]));
    const size_t expected = value.elements() * dtype_size(value.dtype);
    if (value.bytes.size() != expected)
      return fail(ErrorCode::kMalformed, fmt::format("the file has {} bytes; {} of shape {} are {}", value.bytes.size(),
                                                     dtype_name(value.dtype), shape_text(value.shape), expected));
    if (value.dtype == tensor.dtype) return value;
    return reinterpreted(std::move(value), tensor);
  }

  Result<Value> from_numpy(size_t i, const TensorInfo& tensor) const {
    WHYZERO_ASSIGN(trace::Array array, trace::read_npy(base_ / names_[i]));
    if (!dtype_is_number(array.dtype))
      return fail(ErrorCode::kUnsupported, fmt::format("arrays of {} are no captured tensors", dtype_name(array.dtype)));
    Value value;
    value.dtype = array.dtype;
    value.bytes = std::move(array.data);
    for (int64_t dim : array.shape) {
      if (dim < 0 || dim > std::numeric_limits<int32_t>::max()) return fail(ErrorCode::kMalformed, "an axis is too long");
      value.shape.push_back(static_cast<int32_t>(dim));
    }
    if (value.dtype != tensor.dtype) return reinterpreted(std::move(value), tensor);
    if (value.shape != tensor.shape)
      return fail(ErrorCode::kShapeMismatch,
                  fmt::format("input tensor #{} \"{}\" wants shape {}, the captured one has {}", tensor.index, tensor.name,
                              shape_text(tensor.shape), shape_text(value.shape)));
    return value;
  }

  static Result<Value> reinterpreted(Value value, const TensorInfo& tensor) {
    WHYZERO_TRY(reinterpret_value(value, tensor.dtype, tensor.shape));
    value.reinterpreted = true;
    return value;
  }

  std::filesystem::path base_;
  std::optional<DType> raw_dtype_;
  std::vector<int32_t> raw_shape_;
};

}  // namespace

Result<std::unique_ptr<Source>> open_tensors(const App& app, const Input& input) {
  if (!input.source.is_object()) {
    WHYZERO_ASSIGN(FoundFiles files, find_files(app.base, input.source, kNumpyEndings));
    return std::make_unique<TensorSource>(app.base, std::move(files), std::nullopt, std::vector<int32_t>());
  }
  const auto* files = member(input.source, "files");
  const auto* dims = member(input.source, "shape");
  std::vector<int32_t> shape;
  if (dims && dims->is_array())
    for (const auto& dim : *dims) shape.push_back(dim.is_number_integer() ? dim.get<int32_t>() : 0);
  WHYZERO_ASSIGN(FoundFiles found, find_files(app.base, files ? *files : nlohmann::json(), {}));
  return std::make_unique<TensorSource>(app.base, std::move(found),
                                        dtype_from_name(text_or(input.source, "dtype", "uint8")).value_or(DType::kUInt8), shape);
}

}  // namespace whyzero::app
