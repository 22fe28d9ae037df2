// Samples that are the rows of a NumPy array.
#include <fmt/format.h>

#include <limits>

#include "app/check.h"
#include "app/source_kinds.h"
#include "app/words.h"
#include "trace/npz.h"

namespace whyzero::app {
namespace {

class ArraySource final : public Source {
 public:
  ArraySource(std::string file, trace::Array array, std::vector<int32_t> row_shape, size_t row_bytes)
      : array_(std::move(array)), row_shape_(std::move(row_shape)), row_bytes_(row_bytes) {
    file_ = std::move(file);
    for (int64_t i = 0; i < array_.shape[0]; ++i) names_.push_back(std::to_string(i));
  }

  Result<Value> first_value(size_t i, image::DecodeLike, const TensorInfo&) const override {
    Value value;
    value.dtype = array_.dtype;
    value.shape = row_shape_;
    const auto begin = array_.data.begin() + static_cast<std::ptrdiff_t>(i * row_bytes_);
    value.bytes.assign(begin, begin + static_cast<std::ptrdiff_t>(row_bytes_));
    return value;
  }

 private:
  trace::Array array_;
  std::vector<int32_t> row_shape_;
  size_t row_bytes_;
};

Result<trace::Array> read_array(const App& app, const nlohmann::json& source) {
  const std::filesystem::path path = app.resolve(std::string(text_or(source, "file", "")));
  if (!source.contains("key")) {
    if (path.extension() == ".npz")
      return fail(ErrorCode::kInvalidArgument, fmt::format("{} holds several arrays; say which with \"key\"", path.string()));
    return trace::read_npy(path);
  }
  WHYZERO_ASSIGN(trace::Arrays arrays, trace::read_npz(path));
  const std::string key(text_or(source, "key", ""));
  if (const auto found = arrays.find(key); found != arrays.end()) return std::move(found->second);
  std::vector<std::string_view> known;
  for (const auto& [name, ignored] : arrays) known.push_back(name);
  return fail(ErrorCode::kNotFound, fmt::format("{}: {}", path.string(), unknown_word("array", key, known)));
}

Result<std::unique_ptr<Source>> rows_of(trace::Array array, std::string file) {
  if (array.shape.empty())
    return fail(ErrorCode::kShapeMismatch, "the array is a single number; its first axis must be the samples");
  if (!dtype_is_number(array.dtype))
    return fail(ErrorCode::kUnsupported, fmt::format("arrays of {} cannot be samples", dtype_name(array.dtype)));
  std::vector<int32_t> shape;
  for (size_t axis = 1; axis < array.shape.size(); ++axis) {
    if (array.shape[axis] > std::numeric_limits<int32_t>::max()) return fail(ErrorCode::kUnsupported, "an axis is too long");
    shape.push_back(static_cast<int32_t>(array.shape[axis]));
  }
  constexpr int64_t kMostSamples = 1 << 26;
  if (array.shape[0] > kMostSamples) return fail(ErrorCode::kOutOfMemory, fmt::format("{} samples are too many", array.shape[0]));
  const size_t row_bytes = array.shape[0] > 0 ? array.data.size() / static_cast<size_t>(array.shape[0]) : 0;
  return std::make_unique<ArraySource>(std::move(file), std::move(array), std::move(shape), row_bytes);
}

}  // namespace

Result<std::unique_ptr<Source>> open_arrays(const App& app, const Input& input) {
  WHYZERO_ASSIGN(trace::Array array, read_array(app, input.source));
  const std::string file(text_or(input.source, "file", ""));
  auto source = rows_of(std::move(array), file);
  if (!source) return fail(std::move(source).error(), file);
  return source;
}

}  // namespace whyzero::app
