// Opening the samples of an input, and photos: read and decoded when they are asked for, never kept.
#include "app/source.h"

#include <fmt/format.h>

#include "app/check.h"
#include "app/files.h"
#include "app/source_kinds.h"
#include "base/file.h"

namespace whyzero::app {
namespace {

constexpr std::string_view kPictureEndings[] = {".jpg", ".jpeg", ".png", ".bmp", ".gif"};

class ImageSource final : public Source {
 public:
  ImageSource(std::filesystem::path base, FoundFiles files) : base_(std::move(base)) {
    names_ = std::move(files.names);
    truth_ = std::move(files.labels);
  }

  Result<Value> first_value(size_t i, image::DecodeLike like, const TensorInfo&) const override {
    auto value = decoded(i, like);
    if (!value) return fail(std::move(value).error(), names_[i]);
    return value;
  }

 private:
  Result<Value> decoded(size_t i, image::DecodeLike like) const {
    WHYZERO_ASSIGN(const auto bytes, read_file(base_ / names_[i]));
    WHYZERO_ASSIGN(image::Decoded photo, image::decode(bytes, {.like = like}));
    Value value;
    value.shape = {0, 0, 3};
    // TensorFlow's decoder drops the tag: an app that decodes with it has nothing to apply.
    value.exif = like == image::DecodeLike::kTensorFlow ? 1 : photo.exif_orientation;
    set_image(value, std::move(photo.pixels));
    return value;
  }

  std::filesystem::path base_;
};

}  // namespace

Result<std::unique_ptr<Source>> open_images(const App& app, const Input& input) {
  WHYZERO_ASSIGN(FoundFiles files, find_files(app.base, input.source, kPictureEndings));
  return std::make_unique<ImageSource>(app.base, std::move(files));
}

Result<std::unique_ptr<Source>> open_source(const App& app, const Input& input) {
  auto opened = [&]() -> Result<std::unique_ptr<Source>> {
    switch (input.kind) {
      case SourceKind::kImages:
        return open_images(app, input);
      case SourceKind::kTensors:
        return open_tensors(app, input);
      case SourceKind::kArrays:
        return open_arrays(app, input);
      case SourceKind::kTable:
        return open_table(app, input);
      case SourceKind::kFrames:
        return open_frames(app, input);
    }
    return fail(ErrorCode::kInvalidArgument, "unknown kind of samples");
  }();
  if (!opened) return fail(std::move(opened).error(), input.pointer);
  return opened;
}

image::DecodeLike decode_like(const nlohmann::json& pipeline) {
  const auto* decode = pipeline.is_array() && !pipeline.empty() ? member(pipeline[0], "decode") : nullptr;
  const std::string_view like = decode ? text_or(*decode, "like", "pillow") : "pillow";
  return like == "opencv"       ? image::DecodeLike::kOpenCV
         : like == "tensorflow" ? image::DecodeLike::kTensorFlow
                                : image::DecodeLike::kPillow;
}

}  // namespace whyzero::app
