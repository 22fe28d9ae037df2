// onehot: a column of categories becomes one column of zeros and ones for each.
#include <fmt/format.h>

#include <algorithm>

#include "app/check.h"
#include "app/step.h"
#include "app/words.h"

namespace whyzero::app {
namespace {

constexpr std::string_view kKeys[] = {"feature", "categories"};

Result<void> check(const nlohmann::json& value) {
  WHYZERO_TRY(check_object(value, "onehot", kKeys));
  const auto* feature = member(value, "feature");
  const auto* categories = member(value, "categories");
  WHYZERO_TRY(check_string(feature ? *feature : nlohmann::json(), "onehot's \"feature\""));
  return check_strings(categories ? *categories : nlohmann::json(), "onehot's \"categories\"");
}

Result<void> apply(Value& value, const StepCall& call) {
  const std::string_view feature = text_or(call.value, "feature", "");
  if (value.cells.empty())
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("column \"{}\" is not a text any more; onehot works on a table and must stand "
                            "before the steps that compute",
                            feature));
  const auto found = std::find(value.columns.begin(), value.columns.end(), feature);
  if (found == value.columns.end()) {
    const std::vector<std::string_view> known(value.columns.begin(), value.columns.end());
    return fail(ErrorCode::kInvalidArgument, unknown_word("column", feature, known));
  }
  const auto place = found - value.columns.begin();
  const std::string cell = value.cells[static_cast<size_t>(place)];
  std::vector<std::string> columns, cells;
  for (const auto& category : call.value["categories"]) {
    columns.push_back(fmt::format("{}={}", feature, text_of(category)));
    cells.emplace_back(cell == text_of(category) ? "1.0" : "0.0");
  }
  value.columns.erase(found);
  value.columns.insert(value.columns.begin() + place, columns.begin(), columns.end());
  value.cells.erase(value.cells.begin() + place);
  value.cells.insert(value.cells.begin() + place, cells.begin(), cells.end());
  value.shape = {static_cast<int32_t>(value.cells.size())};
  return {};
}

}  // namespace

extern constinit const Step unit_onehot{.name = "onehot", .check = check, .apply = apply};

}  // namespace whyzero::app
