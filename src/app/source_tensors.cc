// Captured tensors, one file a sample: what the app really wrote into the input tensor.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>

#include "app/check.h"
#include "app/files.h"
#include "app/hex_dump.h"
#include "app/plain_hex.h"
#include "app/source_kinds.h"
#include "base/checked.h"
#include "base/file.h"
#include "trace/npz.h"

namespace whyzero::app {
namespace {

constexpr std::string_view kNumpyEndings[] = {".npy"};
constexpr std::string_view kTextEndings[] = {".txt", ".log", ".hex"};

bool is_text(const std::string& name) {
  return std::any_of(std::begin(kTextEndings), std::end(kTextEndings), [&](std::string_view ending) { return name.ends_with(ending); });
}

Result<Value> reinterpreted(Value value, const TensorInfo& tensor) {
  WHYZERO_TRY(reinterpret_value(value, tensor.dtype, tensor.shape));
  value.reinterpreted = true;
  return value;
}

/// `recorded`: of a script that hands arrays to the runtime, which refuses other dtypes instead of taking their bytes.
Result<Value> value_from_array(trace::Array array, const TensorInfo& tensor, bool recorded) {
  if (!dtype_is_number(array.dtype))
    return fail(ErrorCode::kUnsupported, fmt::format("arrays of {} are no captured tensors", dtype_name(array.dtype)));
  Value value;
  value.dtype = array.dtype;
  value.bytes = std::move(array.data);
  for (int64_t dim : array.shape) {
    if (dim < 0 || dim > std::numeric_limits<int32_t>::max()) return fail(ErrorCode::kMalformed, "an axis is too long");
    value.shape.push_back(static_cast<int32_t>(dim));
  }
  if (value.dtype != tensor.dtype && recorded)
    return fail(ErrorCode::kDtypeMismatch, fmt::format("input tensor #{} \"{}\" is {}, the recorded value is {}", tensor.index, tensor.name,
                                                       dtype_name(tensor.dtype), dtype_name(value.dtype)));
  if (value.dtype != tensor.dtype) return reinterpreted(std::move(value), tensor);
  if (value.shape != tensor.shape)
    return fail(ErrorCode::kShapeMismatch,
                fmt::format("input tensor #{} \"{}\" wants shape {}, the captured one has {}", tensor.index, tensor.name,
                            shape_text(tensor.shape), shape_text(value.shape)));
  return value;
}

class TensorSource final : public Source {
 public:
  TensorSource(std::filesystem::path base, FoundFiles files, std::optional<DType> raw_dtype, std::vector<int32_t> raw_shape, bool recorded)
      : base_(std::move(base)), raw_dtype_(raw_dtype), raw_shape_(std::move(raw_shape)), recorded_(recorded) {
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
    if (is_text(names_[i])) {
      const std::string text(value.bytes.begin(), value.bytes.end());
      WHYZERO_ASSIGN(value.bytes, parse_plain_hex(text));
    }
    const size_t expected = value.elements() * dtype_size(value.dtype);
    if (value.bytes.size() != expected)
      return fail(ErrorCode::kMalformed, fmt::format("the file has {} bytes; {} of shape {} are {}", value.bytes.size(),
                                                     dtype_name(value.dtype), shape_text(value.shape), expected));
    if (value.dtype == tensor.dtype) return value;
    return reinterpreted(std::move(value), tensor);
  }

  Result<Value> from_numpy(size_t i, const TensorInfo& tensor) const {
    WHYZERO_ASSIGN(trace::Array array, trace::read_npy(base_ / names_[i]));
    return value_from_array(std::move(array), tensor, recorded_);
  }

  std::filesystem::path base_;
  std::optional<DType> raw_dtype_;
  std::vector<int32_t> raw_shape_;
  bool recorded_;
};

/// All samples in one log of a console, as include/whyzero_capture.h prints them.
class DumpSource final : public Source {
 public:
  explicit DumpSource(std::vector<trace::Array> arrays, std::vector<std::string> names) : arrays_(std::move(arrays)) { names_ = std::move(names); }
  bool captured() const override { return true; }
  Result<Value> first_value(size_t i, image::DecodeLike, const TensorInfo& tensor) const override {
    auto value = value_from_array(arrays_[i], tensor, false);
    if (!value) return fail(std::move(value).error(), names_[i]);
    return value;
  }

 private:
  std::vector<trace::Array> arrays_;
};

/// The arrays of an input are those with its name, else those called "in", else those of the name that comes first.
Result<std::unique_ptr<Source>> open_dump(const App& app, const Input& input, const std::vector<std::string>& logs) {
  std::vector<DumpedArray> dumped;
  for (const std::string& log : logs) {
    WHYZERO_ASSIGN(const std::string text, read_text(app.base / log));
    auto arrays = parse_dump(text);
    if (!arrays) return fail(std::move(arrays).error(), log);
    dumped.insert(dumped.end(), std::make_move_iterator(arrays->begin()), std::make_move_iterator(arrays->end()));
  }
  if (dumped.empty())
    return fail(ErrorCode::kMalformed, fmt::format("{} has no complete dump (WHYZERO begin … end); for other hex dumps give \"dtype\" and \"shape\"", logs.front()));
  const auto has = [&](std::string_view name) { return std::any_of(dumped.begin(), dumped.end(), [&](const DumpedArray& one) { return one.name == name; }); };
  const std::string name = has(input.name) ? input.name : has("in") ? "in" : dumped.front().name;
  std::vector<trace::Array> arrays;
  std::vector<std::string> names;
  for (DumpedArray& one : dumped) {
    if (one.name != name) continue;
    names.push_back(one.name + "_" + one.sample);
    arrays.push_back(std::move(one.array));
  }
  return std::make_unique<DumpSource>(std::move(arrays), std::move(names));
}

}  // namespace

Result<std::unique_ptr<Source>> open_tensors(const App& app, const Input& input) {
  if (!input.source.is_object()) {
    WHYZERO_ASSIGN(FoundFiles files, find_files(app.base, input.source, kNumpyEndings));
    if (std::all_of(files.names.begin(), files.names.end(), is_text)) return open_dump(app, input, files.names);
    return std::make_unique<TensorSource>(app.base, std::move(files), std::nullopt, std::vector<int32_t>(), app.document.contains("calls"));
  }
  const auto* files = member(input.source, "files");
  const auto* dims = member(input.source, "shape");
  std::vector<int32_t> shape;
  if (dims && dims->is_array())
    for (const auto& dim : *dims) shape.push_back(dim.is_number_integer() ? dim.get<int32_t>() : 0);
  WHYZERO_ASSIGN(FoundFiles found, find_files(app.base, files ? *files : nlohmann::json(), {}));
  return std::make_unique<TensorSource>(app.base, std::move(found),
                                        dtype_from_name(text_or(input.source, "dtype", "uint8")).value_or(DType::kUInt8), shape, false);
}

}  // namespace whyzero::app
