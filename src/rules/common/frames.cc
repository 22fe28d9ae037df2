#include "rules/common/frames.h"

#include <fmt/format.h>

#include <filesystem>

#include "image/frame.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

struct Format {
  const char* name;
  const char* code;  // of the cause where frames are read as another of the same code
  double prior;
};
/// Of one code the frames have the same size, so that a wrong name is not noticed.
constexpr Format kFormats[] = {{"nv21", "P017", 1.0}, {"nv12", "P017", 1.0}, {"i420", "P017", 0.7}, {"rgba", "P001", 1.0}, {"bgra", "P001", 1.0}};

evidence::Hypothesis hypothesis(const app::Input& input, std::string_view code, const char* key, json value, std::string text, double prior) {
  evidence::Hypothesis h;
  h.code = code;
  h.axis = "frames" + input.pointer;
  h.text = std::move(text);
  h.pointer = input.pointer + "/frames/" + key;
  h.prior = prior;
  h.edit = [frames = input.pointer + "/frames", key, value = std::move(value)](const json& document) -> std::optional<json> {
    json changed = document;
    const json::json_pointer place(frames);
    if (!changed.contains(place) || changed[place].value(key, json()) == value) return std::nullopt;
    changed[place][key] = value;
    return changed;
  };
  return h;
}

void propose_formats(const app::Input& input, std::string_view code, std::vector<evidence::Hypothesis>& hypotheses) {
  const std::string deployed = input.source.value("format", "");
  for (const Format& now : kFormats) {
    if (deployed != now.name || code != now.code) continue;
    for (const Format& other : kFormats)
      if (&other != &now && std::string_view(other.code) == now.code)
        hypotheses.push_back(hypothesis(input, code, "format", other.name, fmt::format("read the camera's frames as {} instead of {}", other.name, deployed), other.prior));
  }
}

/// Files of another size than the app's layout has: rows that lie further apart, if whole rows make up the file.
void propose_rows(const evidence::Case& a_case, size_t k, std::string_view code, std::vector<evidence::Hypothesis>& hypotheses) {
  const app::Input& input = a_case.input(k);
  const auto format = image::frame_format_from_name(input.source.value("format", ""));
  std::error_code error;
  const uint64_t bytes = a_case.sources[k]->size() > 0 ? std::filesystem::file_size(a_case.app.base / a_case.sources[k]->name(0), error) : 0;
  if (code != "P012" || !format || error || bytes == 0) return;
  image::FrameLayout layout{*format, input.source.value("width", 0), input.source.value("height", 0), input.source.value("row_bytes", int64_t{0})};
  const auto fits = [&] {
    const auto size = image::frame_size(layout);
    return size && bytes >= size->least && bytes <= size->most;
  };
  if (fits() || layout.height < 1) return;
  // Planes of chroma take half as much again as the first; a last row may lack its gap.
  const bool planes = *format == image::FrameFormat::kNv21 || *format == image::FrameFormat::kNv12 || *format == image::FrameFormat::kI420;
  const auto rows = static_cast<uint64_t>(layout.height) + (planes ? static_cast<uint64_t>(layout.height + 1) / 2 : 0);
  const int64_t row = static_cast<int64_t>((bytes + rows - 1) / rows);
  for (int64_t step : {row, (row + 15) / 16 * 16, (row + 63) / 64 * 64}) {
    layout.row_bytes = step;
    if (!fits()) continue;
    auto h = hypothesis(input, code, "row_bytes", step, fmt::format("read the frames' rows {} bytes apart, as their size of {} bytes says", step, bytes), 1.0);
    h.declared = true;
    hypotheses.push_back(std::move(h));
    return;
  }
}

}  // namespace

void propose_frames(const evidence::Case& a_case, std::string_view code, std::vector<evidence::Hypothesis>& hypotheses) {
  for (size_t k = 0; k < a_case.app.inputs.size(); ++k)
    if (a_case.input(k).kind == app::SourceKind::kFrames) {
      propose_formats(a_case.input(k), code, hypotheses);
      propose_rows(a_case, k, code, hypotheses);
    }
}

}  // namespace whyzero::rules
