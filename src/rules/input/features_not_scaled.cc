// P014 features-not-scaled: features are not scaled, encoded or ordered as in training.
#include "rules/rule.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "app/csv.h"
#include "app/edit.h"
#include "base/file.h"
#include "numerics/assignment.h"
#include "rules/common/columns.h"
#include "rules/common/picture.h"

namespace whyzero::rules {
namespace {

using app::StepRole;
using evidence::Case;
using evidence::Hypothesis;
using nlohmann::json;
using Order = std::vector<int>;  // new place → old place

/// Far enough for two columns to be surely different; more says nothing.
constexpr double kFarthest = 50;
/// A category list that is longer is a text.
constexpr size_t kMostCategories = 64;

Hypothesis hypothesis(const Rule& rule, const Case& a_case, size_t k, std::string axis, std::string text, double prior, bool declared) {
  Hypothesis h;
  h.code = rule.code;
  h.axis = std::move(axis) + a_case.input(k).pointer;
  h.text = std::move(text);
  h.pointer = a_case.input(k).pointer + (h.axis.starts_with("columns") ? "/table/features" : "/pipeline");
  h.prior = prior;
  h.declared = declared;
  return h;
}

json reordered(const json& list, const Order& order) {
  json result = json::array();
  for (int from : order) result.push_back(list[static_cast<size_t>(from)]);
  return result;
}

/// The recorded numbers of every step in another order.
json with_statistics_reordered(json pipeline, const Order& order) {
  for (json& step : pipeline) {
    if (app::role_of(step) != StepRole::kRange) continue;
    for (auto& [key, numbers] : step.begin().value().items())
      if (numbers.is_array() && numbers.size() == order.size() && key != "to") numbers = reordered(numbers, order);
  }
  return pipeline;
}

void propose_order(const Rule& rule, const Case& a_case, size_t k, const json& features, std::string text, double prior, bool declared, const Order& order,
                   bool with_features, bool with_statistics, std::vector<Hypothesis>& out) {
  if (std::is_sorted(order.begin(), order.end())) return;
  auto h = hypothesis(rule, a_case, k, "columns", std::move(text), prior, declared);
  h.edit = [pointer = a_case.input(k).pointer, features = reordered(features, order), order, with_features, with_statistics](const json& document) -> std::optional<json> {
    json changed = document;
    if (with_features) changed[json::json_pointer(pointer)]["table"]["features"] = features;
    if (with_statistics) app::set_pipeline(changed, pointer, with_statistics_reordered(app::pipeline_at(document, pointer), order));
    return changed;
  };
  out.push_back(std::move(h));
}

/// Means and deviations that the first scaling of the app expects, by column; nothing where it has none by column.
std::optional<std::vector<Column>> expected_columns(const json& steps, size_t columns) {
  if (steps.empty()) return std::nullopt;
  const json& value = steps[0].begin().value();
  const bool ends = steps[0].contains("minmax");
  const auto list = [&](const char* key) -> json { return value.contains(key) ? value[key] : json(); };
  const json a = ends ? list("min") : list("mean"), b = ends ? list("max") : list("std");
  if (!a.is_array() || !b.is_array() || a.size() != columns || b.size() != columns) return std::nullopt;
  std::vector<Column> expected(columns);
  for (size_t j = 0; j < columns; ++j) {
    const double low = a[j].get<double>(), high = b[j].get<double>();
    // Of ends only the middle and the width are known; a quarter of it is a usual deviation.
    expected[j].mean = ends ? (low + high) / 2 : low;
    expected[j].deviation = ends ? (high - low) / 4 : high;
  }
  return expected;
}

double distance(const Column& data, const Column& expected) {
  const double wide = std::max(expected.deviation, 1e-12);
  return std::min(kFarthest, std::abs(data.mean - expected.mean) / wide + std::abs(std::log(std::max(data.deviation, 1e-12) / wide)));
}

/// The order of the data's columns that the recorded statistics fit best.
Order best_order(const std::vector<Column>& data, const std::vector<Column>& expected) {
  std::vector<std::vector<double>> cost(expected.size(), std::vector<double>(data.size()));
  for (size_t place = 0; place < expected.size(); ++place)
    for (size_t column = 0; column < data.size(); ++column) cost[place][column] = distance(data[column], expected[place]);
  return numerics::least_assignment(cost);
}

/// A column that the recorded statistics put elsewhere lies this many standard errors from those of its place.
constexpr double kMisplaced = 6;
/// Stands for chance as small as that, with room for data that drifted since the training.
constexpr double kMisplacedP = 1e-3;

bool misplaced(const std::vector<Column>& data, const std::vector<Column>& expected, const Order& order, size_t samples) {
  for (size_t place = 0; place < order.size(); ++place) {
    if (order[place] == static_cast<int>(place) || expected[place].deviation <= 0) continue;
    const double error = expected[place].deviation / std::sqrt(static_cast<double>(samples));
    if (std::abs(data[place].mean - expected[place].mean) > kMisplaced * error) return true;
  }
  return false;
}

Order sorted_by(const json& features, auto less) {
  Order order(features.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return less(static_cast<size_t>(a), static_cast<size_t>(b)); });
  return order;
}

Order inverse(const Order& order) {
  Order result(order.size());
  for (size_t i = 0; i < order.size(); ++i) result[static_cast<size_t>(order[i])] = static_cast<int>(i);
  return result;
}

/// The columns in the order of the table's file; empty where it cannot be read.
std::vector<std::string> header_of(const Case& a_case, size_t k) {
  const auto text = read_text(a_case.app.resolve(a_case.input(k).source.value("csv", "")));
  if (!text) return {};
  const auto table = app::parse_csv(*text);
  return table ? table->header : std::vector<std::string>{};
}

void propose_orders(const Rule& rule, const Case& a_case, size_t k, std::vector<Hypothesis>& out) {
  const json& pipeline = a_case.input(k).pipeline;
  if (a_case.input(k).kind != app::SourceKind::kTable || !app::steps_of(pipeline, {StepRole::kColumns}).empty()) return;
  const auto data = columns_of(a_case, k, pipeline, 0);
  if (!data || data->size() < 2) return;
  json features = json::array();
  for (const Column& column : *data) features.push_back(column.name);
  const json steps = app::steps_of(pipeline, {StepRole::kRange});
  if (const auto expected = expected_columns(steps, data->size())) {
    const Order order = best_order(*data, *expected);
    double as_deployed = 0, best = 0;
    for (size_t place = 0; place < order.size(); ++place) {
      as_deployed += distance((*data)[place], (*expected)[place]);
      best += distance((*data)[static_cast<size_t>(order[place])], (*expected)[place]);
    }
    const bool clear = best < as_deployed / 2;  // the statistics know another order
    const size_t before = out.size();
    propose_order(rule, a_case, k, features, "order the columns as the recorded means and deviations are", clear ? 1.0 : 0.1, clear, order, true, false, out);
    propose_order(rule, a_case, k, features, "order the recorded means and deviations as the columns are", clear ? 0.5 : 0.05, clear, inverse(order), false, true, out);
    if (clear && misplaced(*data, *expected, order, a_case.sources[k]->size()))
      for (size_t i = before; i < out.size(); ++i) out[i].data_p = kMisplacedP;
  }
  const std::vector<std::string> in_file = header_of(a_case, k);
  const auto place_in_file = [&](size_t j) { return std::find(in_file.begin(), in_file.end(), features[j].get<std::string>()); };
  const auto name = [&](size_t j) { return features[j].get<std::string>(); };
  Order reversed(features.size());
  for (size_t j = 0; j < reversed.size(); ++j) reversed[j] = static_cast<int>(reversed.size() - 1 - j);
  const Order alphabetical = sorted_by(features, [&](size_t a, size_t b) { return name(a) < name(b); });
  const Order as_in_file = sorted_by(features, [&](size_t a, size_t b) { return place_in_file(a) < place_in_file(b); });
  for (bool statistics : {false, true}) {
    propose_order(rule, a_case, k, features, "order the columns as in the file", 0.5, true, as_in_file, true, statistics, out);
    propose_order(rule, a_case, k, features, "reverse the order of the columns", 0.2, false, reversed, true, statistics, out);
    propose_order(rule, a_case, k, features, "order the columns by their names", 0.2, false, alphabetical, true, statistics, out);
  }
}

/// Columns of words, or of few whole numbers, and what stands in them.
void propose_onehot(const Rule& rule, const Case& a_case, size_t k, std::vector<Hypothesis>& out) {
  if (a_case.input(k).kind != app::SourceKind::kTable || !a_case.symptom.failure) return;
  const app::Source& source = *a_case.sources[k];
  std::vector<std::string> names;
  std::vector<std::set<std::string>> seen;
  for (size_t i = 0; i < source.size(); ++i) {
    const auto value = source.first_value(i, image::DecodeLike::kPillow, a_case.input_tensor(k));
    if (!value) continue;
    if (value->cells.empty()) return;
    names = value->columns;
    seen.resize(names.size());
    for (size_t j = 0; j < names.size() && j < value->cells.size(); ++j)
      if (seen[j].size() <= kMostCategories) seen[j].insert(value->cells[j]);
  }
  const size_t wanted = a_case.input_tensor(k).elements();
  for (size_t j = 0; j < names.size(); ++j) {
    if (seen[j].size() < 2 || seen[j].size() > kMostCategories || names.size() - 1 + seen[j].size() != wanted) continue;
    auto h = hypothesis(rule, a_case, k, "onehot", "encode " + names[j] + " as one column a category", 1.0, true);
    const json step = {{"onehot", {{"feature", names[j]}, {"categories", std::vector<std::string>(seen[j].begin(), seen[j].end())}}}};
    h.edit = [pointer = a_case.input(k).pointer, step](const json& document) -> std::optional<json> {
      json changed = document, pipeline = app::pipeline_at(document, pointer);
      pipeline.insert(pipeline.begin(), step);
      app::set_pipeline(changed, pointer, std::move(pipeline));
      return changed;
    };
    out.push_back(std::move(h));
  }
}

void propose(const Rule& rule, const Case& a_case, std::vector<Hypothesis>& out) {
  propose_changes(a_case, rule.code, "range", &row_changes, out);
  for (size_t k = 0; k < a_case.app.inputs.size(); ++k) {
    propose_orders(rule, a_case, k, out);
    propose_onehot(rule, a_case, k, out);
  }
}

}  // namespace

extern constinit const Rule unit_input_features_not_scaled{
    .code = "P014",
    .name = "features-not-scaled",
    .summary = "features are not scaled, encoded or ordered as in training",
    .documentation = R"(## What it finds
Columns of a table or of an array that are fed raw to a model trained on standardized or min-max scaled ones, one column
that is left out of the scaling, columns in another order than in training, a category fed as a number or a word.

## Why it hurts
A column of thousands beside columns of tenths drowns them, and saturates the first layer; in another order every weight
meets the wrong feature.

## Evidence
The same rows with each column standardized or brought to 0…1 by the data's own statistics, and in the order that the
recorded means and deviations fit best (an optimal assignment), compared row by row.

## Example
model.predict(df.values) where training used StandardScaler().fit_transform(df).

## Fix safety
Safe, but statistics of the data at hand only stand in for those of training: store the scaler with the model and use its
numbers where they are known.

## When to ignore it
When the model normalizes inside, or all features are on one scale.
)",
    .propose = &propose,
};

}  // namespace whyzero::rules
