// Which label belongs to which sample.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <unordered_map>

#include "app/csv.h"
#include "app/label_lines.h"
#include "app/score.h"
#include "app/words.h"
#include "base/file.h"

namespace whyzero::app {
namespace {

constexpr size_t kNobody = static_cast<size_t>(-1), kSeveral = static_cast<size_t>(-2);

/// Finds samples by name, by the end of the name (its last components) where only one sample has it, or by row number. Ends must
/// do, because an app file that was written into another folder names the same photos by longer paths.
class Matcher {
 public:
  explicit Matcher(const Source& source) : source_(source) {
    for (size_t i = 0; i < source.size(); ++i) {
      const std::string_view name = source.name(i);
      by_name_.emplace(name, i);
      for (size_t at = name.find('/'); at != std::string_view::npos; at = name.find('/', at + 1)) {
        auto [entry, fresh] = by_end_.emplace(name.substr(at + 1), i);
        if (!fresh && source.name(entry->second == kSeveral ? i : entry->second) != name) entry->second = kSeveral;
      }
    }
  }

  size_t find(const std::string& sample) const {
    for (const std::string& name : {sample, std::filesystem::path(sample).lexically_normal().string()}) {
      if (const auto found = by_name_.find(name); found != by_name_.end()) return found->second;
      if (const auto found = by_end_.find(name); found != by_end_.end()) return found->second == kSeveral ? kNobody : found->second;
    }
    size_t row = 0;
    const auto [end, error] = std::from_chars(sample.data(), sample.data() + sample.size(), row);
    const bool number = error == std::errc{} && end == sample.data() + sample.size();
    return number && row < source_.size() ? row : kNobody;
  }

 private:
  const Source& source_;
  std::unordered_map<std::string_view, size_t> by_name_, by_end_;
};

Result<std::vector<std::pair<std::string, std::string>>> read_rows(const std::filesystem::path& path) {
  WHYZERO_ASSIGN(const std::string text, read_text(path));
  WHYZERO_ASSIGN(const CsvTable table, parse_csv(text));
  const auto sample = table.column("sample"), label = table.column("label");
  if (!sample || !label) {
    const std::vector<std::string_view> given(table.header.begin(), table.header.end());
    return fail(ErrorCode::kMalformed,
                fmt::format("the header must have the columns \"sample\" and \"label\", given: {}", join_words(given)));
  }
  std::vector<std::pair<std::string, std::string>> rows;
  for (size_t i = 0; i < table.rows.size(); ++i) rows.emplace_back(table.cell(i, *sample), table.cell(i, *label));
  return rows;
}

/// All are files of numbers, as a recorder writes them.
bool names_tensors(const std::vector<std::string>& samples) {
  return std::all_of(samples.begin(), samples.end(), [](const std::string& name) {
    const std::string ending = std::filesystem::path(name).extension().string();
    return ending == ".npy" || ending == ".raw" || ending == ".bin";
  });
}

bool is_number(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

bool gives_class(const nlohmann::json& decode) {
  for (const auto& step : decode)
    if (step.contains("argmax") || step.contains("threshold")) return true;
  return false;
}

/// A label that no answer of the app could ever equal, whatever the model says.
bool is_unknown(const Output& output, bool classifies, const std::string& label) {
  if (!classifies) return !is_number(label);
  if (output.labels && std::find(output.labels->begin(), output.labels->end(), label) != output.labels->end()) return false;
  int64_t line = 0;
  const auto [end, error] = std::from_chars(label.data(), label.data() + label.size(), line);
  if (error != std::errc{} || end != label.data() + label.size() || line < 0) return true;
  return output.labels && line >= static_cast<int64_t>(output.labels->size());
}

}  // namespace

bool Truth::any() const {
  return std::any_of(labels.begin(), labels.end(), [](const auto& label) { return label.has_value(); });
}

Result<Truth> load_truth(const App& app, const Source& source) {
  Truth truth;
  truth.labels.resize(source.size());
  if (app.truth) {
    auto rows = read_rows(*app.truth);
    if (!rows) return fail(std::move(rows).error(), app.truth->string());
    const Matcher matcher(source);
    for (const auto& [sample, label] : *rows) {
      const size_t i = matcher.find(sample);
      if (i == kNobody)
        truth.unmatched_rows.push_back(sample);
      else
        truth.labels[i] = as_utf8(label);  // as the label file is read
    }
    // Photos put in the place of captured tensors stand in their order; the file still names the tensors.
    if (truth.unmatched_rows.size() == rows->size() && rows->size() == source.size() && !source.captured() && names_tensors(truth.unmatched_rows)) {
      truth.unmatched_rows.clear();
      for (size_t i = 0; i < source.size(); ++i) truth.labels[i] = as_utf8((*rows)[i].second);
    }
    // A file that is listed twice is two samples with one name.
    std::unordered_map<std::string_view, size_t> first;
    for (size_t i = 0; i < source.size(); ++i) {
      const auto [entry, fresh] = first.emplace(source.name(i), i);
      if (!fresh && !truth.labels[i]) truth.labels[i] = truth.labels[entry->second];
    }
  } else {
    for (size_t i = 0; i < source.size(); ++i)
      if (const auto found = source.own_truth().find(source.name(i)); found != source.own_truth().end())
        truth.labels[i] = found->second;
  }
  const bool classifies = gives_class(app.output.decode);
  std::set<std::string> unknown;
  for (const auto& label : truth.labels)
    if (label && is_unknown(app.output, classifies, *label)) unknown.insert(*label);
  truth.unknown_labels.assign(unknown.begin(), unknown.end());
  // Names of classes without a label file can be compared with no answer: that is no truth, not an accuracy of zero.
  const auto is_known = [&](const auto& label) { return label && !unknown.contains(*label); };
  if (!app.output.labels && std::none_of(truth.labels.begin(), truth.labels.end(), is_known)) truth.labels.assign(source.size(), std::nullopt);
  return truth;
}

}  // namespace whyzero::app
