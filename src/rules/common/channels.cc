// Orders and numbers of channels that cameras, libraries and models use.
#include <algorithm>

#include "app/convention.h"
#include "app/edit.h"
#include "rules/common/picture.h"

namespace whyzero::rules {
namespace {

using app::StepRole;
using nlohmann::json;

int channels_of(const std::string& order) {
  if (order == "gray") return 1;
  return order == "rgba" || order == "bgra" || order == "argb" ? 4 : 3;
}

/// How strongly the model file hints at this order, as networks published in Caffe take blue first; 0 where it does not.
double hint_at(const evidence::Case& a_case, size_t k, std::string_view order) {
  double weight = 0;
  for (const app::Convention& hint : app::input_conventions(*a_case.model, static_cast<size_t>(a_case.binding->input_of[k])))
    for (const json& step : hint.steps)
      if (step.contains("channels") && step["channels"] == order) weight = std::max(weight, hint.weight);
  return weight;
}

/// A hint that counts like a declaration.
constexpr double kStrongHint = 0.6;

}  // namespace

std::vector<Change> channel_changes(const evidence::Case& a_case, size_t k) {
  const auto picture = picture_of(a_case, k);
  if (!picture) return {};
  const json declared = app::steps_of(a_case.input(k).pipeline, {StepRole::kChannels});
  const std::string deployed = declared.empty() ? "rgb" : declared.back().begin().value().get<std::string>();
  const bool failed = a_case.symptom.failure && a_case.symptom.failure->code == ErrorCode::kShapeMismatch;

  struct Order {
    const char* name;
    double prior;
  };
  static constexpr Order kOrders[] = {{"rgb", 1.0}, {"bgr", 0.5}, {"gray3", 0.1}, {"gray", 1.0}, {"rgba", 0.7}, {"bgra", 0.5}, {"argb", 0.2}};
  std::vector<Change> changes;
  for (const Order& order : kOrders) {
    if (channels_of(order.name) != picture->channels || order.name == deployed) continue;
    Change change;
    const bool gray = deployed == "gray3" || deployed == "gray" || std::string(order.name) == "gray3" || std::string(order.name) == "gray";
    change.code = failed ? "P015" : gray ? "P017" : "P001";
    std::string upper(order.name);
    for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    change.text = "feed " + upper;
    const double hint = hint_at(a_case, k, order.name);
    change.prior = std::max(order.prior, 2 * hint);
    change.declared = (!declared.empty() && std::string(order.name) == "rgb") || hint >= kStrongHint;
    change.edit = [name = std::string(order.name)](const json& pipeline) -> std::optional<json> {
      return app::replace_steps(pipeline, {StepRole::kChannels}, json::array({{{"channels", name}}}));
    };
    changes.push_back(std::move(change));
  }
  return changes;
}

}  // namespace whyzero::rules
