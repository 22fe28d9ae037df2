// What can be tried on a captured tensor itself, where the photos behind it are not at hand.
#include "app/edit.h"
#include "rules/common/columns.h"
#include "rules/common/picture.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

/// Steps at the end of those that were tried already.
Change appended(std::string code, std::string text, double prior, json steps) {
  return {std::move(code), std::move(text), prior, false, [steps = std::move(steps)](const json& pipeline) -> std::optional<json> {
            json changed = pipeline;
            for (const json& step : steps) changed.push_back(step);
            return changed;
          }};
}

json normalize(double scale, double offset) { return {{"normalize", {{"scale", scale}, {"offset", offset}}}}; }

}  // namespace

std::vector<Change> captured_changes(const evidence::Case& a_case, size_t k) {
  const app::TensorInfo& tensor = a_case.input_tensor(k);
  const std::vector<int32_t>& shape = tensor.shape;
  std::vector<Change> changes;
  if (shape.size() == 4 && shape[3] == 3) {
    changes.push_back(appended("P001", "exchange red and blue before the tensor is filled", 1.0, json::array({{{"channels", "bgr"}}})));
    changes.push_back(appended("P010", "mirror the photos", 0.4, json::array({{{"flip", "horizontal"}}})));
    changes.push_back(appended("P010", "turn the photos upside down (vertical mirror)", 0.3, json::array({{{"flip", "vertical"}}})));
    changes.push_back(appended("P010", "turn the photos by 180 degrees", 0.4, json::array({{{"rotate", 180}}})));
    if (shape[1] == shape[2])
      for (int turn : {90, 270})
        changes.push_back(appended("P010", "turn the photos by " + std::to_string(turn) + " degrees", 0.4, json::array({{{"rotate", turn}}})));
  }
  const std::string dtype(dtype_name(tensor.dtype));
  if (tensor.dtype == DType::kUInt8 || tensor.dtype == DType::kInt8) {
    // 128 up or down is the same in eight bits: the cast keeps the low byte. The classic mistake of 8-bit tensors, so it is paid
    // for as a convention.
    changes.push_back(appended("P005", "feed the bytes 128 further", 1.0, json::array({normalize(1, 128), {{"cast", dtype}}})));
    changes.back().declared = true;
    // The dark end becomes the bright one: 255 - x of bytes, -1 - x of signed ones.
    const double ends = tensor.dtype == DType::kUInt8 ? 255 : -1;
    changes.push_back(appended("P002", "feed the photos inverted (dark for bright)", 0.03, json::array({normalize(-1, ends), {{"cast", dtype}}})));
  }
  bool on_one_scale = true;
  if (const auto columns = tensor.dtype == DType::kFloat32 ? columns_of(a_case, k, json::array(), 0) : std::nullopt) {
    on_one_scale = !on_many_scales(*columns);
    const double prior = on_one_scale ? 0.2 : 1.0;
    changes.push_back(appended("P014", "standardize every column by its mean and deviation", prior, json::array({standardize(*columns)})));
    changes.back().declared = !on_one_scale;
    changes.push_back(appended("P014", "bring every column to 0…1", 0.5 * prior, json::array({minmax(*columns, 0)})));
    changes.push_back(appended("P014", "bring every column to -1…1", 0.2 * prior, json::array({minmax(*columns, -1)})));
  }
  if (tensor.dtype == DType::kFloat32 && on_one_scale) {
    struct Shift {
      const char* text;
      double scale, offset, prior;
    };
    static constexpr Shift kShifts[] = {
        {"feed -1…1 in place of 0…255", 1 / 127.5, -1, 1.0}, {"feed 0…1 in place of 0…255", 1 / 255.0, 0, 0.8},
        {"feed -1…1 in place of 0…1", 2, -1, 1.0},           {"feed 0…1 in place of -1…1", 0.5, 0.5, 0.8},
        {"feed 0…255 in place of -1…1", 127.5, 127.5, 0.5},  {"feed 0…255 in place of 0…1", 255, 0, 0.5},
        {"feed 1…0 in place of 0…1 (inverted)", -1, 1, 0.05},  {"feed 1…-1 in place of -1…1 (inverted)", -1, 0, 0.05},
    };
    for (const Shift& shift : kShifts)
      changes.push_back(appended("P002", shift.text, shift.prior, json::array({normalize(shift.scale, shift.offset)})));
  }
  return changes;
}

}  // namespace whyzero::rules
