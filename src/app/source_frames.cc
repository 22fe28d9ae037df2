// Camera frames as an app gets them, one file a sample.
#include "app/check.h"
#include "app/files.h"
#include "app/source_kinds.h"
#include "base/file.h"
#include "image/frame.h"

namespace whyzero::app {
namespace {

class FrameSource final : public Source {
 public:
  FrameSource(std::filesystem::path base, FoundFiles files, const image::FrameLayout& layout)
      : base_(std::move(base)), layout_(layout) {
    names_ = std::move(files.names);
    truth_ = std::move(files.labels);
  }

  Result<Value> first_value(size_t i, image::DecodeLike, const TensorInfo&) const override {
    auto value = decoded(i);
    if (!value) return fail(std::move(value).error(), names_[i]);
    return value;
  }

 private:
  Result<Value> decoded(size_t i) const {
    WHYZERO_ASSIGN(const auto bytes, read_file(base_ / names_[i]));
    WHYZERO_ASSIGN(image::Image8 picture, image::decode_frame(bytes, layout_));
    Value value;
    value.shape = {0, 0, 3};
    set_image(value, std::move(picture));
    return value;
  }

  std::filesystem::path base_;
  image::FrameLayout layout_;
};

}  // namespace

Result<std::unique_ptr<Source>> open_frames(const App& app, const Input& input) {
  image::FrameLayout layout;
  layout.format = image::frame_format_from_name(text_or(input.source, "format", "")).value_or(layout.format);
  layout.width = static_cast<int>(number_or(input.source, "width", 0));
  layout.height = static_cast<int>(number_or(input.source, "height", 0));
  layout.row_bytes = static_cast<int64_t>(number_or(input.source, "row_bytes", 0));
  WHYZERO_TRY(image::frame_size(layout));
  const auto* files = member(input.source, "files");
  WHYZERO_ASSIGN(FoundFiles found, find_files(app.base, files ? *files : nlohmann::json(), {}));
  return std::make_unique<FrameSource>(app.base, std::move(found), layout);
}

}  // namespace whyzero::app
