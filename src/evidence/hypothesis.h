// One way in which the app may be wrong, as a change of its file that can be tried, stacked and written as a patch.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace whyzero::evidence {

/// Which half of the chain a change touches. Changes of the answer's reading cost no run of the model.
enum class Side { kInput, kOutput };

struct Hypothesis {
  std::string code;     // the cause it stands for: "P001"
  std::string axis;     // hypotheses on one axis exclude each other: "channels", "range", "geometry", "labels", …
  std::string text;     // the change as an order to the reader: "feed RGB instead of BGR"
  std::string pointer;  // where in the app file
  double prior = 1;     // how likely among its equals; only ratios count
  bool declared = false;  // undoes a step that the app declares, or follows a convention of metadata or graph
  double data_p = 1;      // chance that the data would speak for it so clearly if nothing were wrong, whatever the answers
  double must_restore = 0;  // share of the errors that it must take away to be believed: for changes that flatter weak models
  bool last_resort = false;  // so free that it absorbs what other changes explain: believed where it restores more than they do
  Side side = Side::kInput;
  /// The changed document, or nothing where the change does not apply. Must not depend on anything but its argument.
  std::function<std::optional<nlohmann::json>(const nlohmann::json& document)> edit;
};

}  // namespace whyzero::evidence
