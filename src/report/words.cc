#include "report/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace whyzero::report {
namespace {

using diagnosis::Diagnosis;
using nlohmann::json;

std::string top_predictions(const Diagnosis& d) {
  std::vector<std::pair<std::string, int>> counts(d.predictions.begin(), d.predictions.end());
  std::stable_sort(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  // "4 82" would be read as one number.
  const bool numbers = std::any_of(counts.begin(), counts.end(), [](const auto& c) { return !c.first.empty() && c.first.front() >= '0' && c.first.front() <= '9'; });
  for (size_t i = 0; i < counts.size() && i < 4; ++i) text += fmt::format("{}{}{} {}", i ? ", " : "", counts[i].first, numbers ? ":" : "", counts[i].second);
  return text + (counts.size() > 4 ? fmt::format(" and {} more", counts.size() - 4) : "");
}

std::string shown(const json& value) {
  constexpr size_t kLongest = 240;
  const std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  return text.size() > kLongest ? clean(text.substr(0, kLongest)) + "… (in full with --format json)" : text;
}

/// "app.py:31" as file and line.
Place source_line(const std::string& text) {
  const size_t colon = text.rfind(':');
  Place place{text.substr(0, colon), 0};
  if (colon != std::string::npos) std::from_chars(text.data() + colon + 1, text.data() + text.size(), place.line);
  return place;
}

}  // namespace

std::string metric_text(const std::string& metric, const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return "-";
  return metric == "top1" ? fmt::format("{:.1f} %", 100 * *value) : fmt::format("{:.4g}", *value);
}

std::string p_text(double p) { return p < 1e-12 ? "p < 1e-12" : fmt::format("p = {:.2g}", p); }

std::string symptom_text(const Diagnosis& d) {
  if (!d.measured || d.measured->samples == 0) return {};
  const diagnosis::Measure& m = *d.measured;
  std::string text = m.value ? fmt::format("As deployed: {} {} of {} sample{}", m.metric, metric_text(m.metric, m.value), m.samples, m.samples == 1 ? "" : "s")
                             : fmt::format("As deployed: {} sample{} without truth", m.samples, m.samples == 1 ? "" : "s");
  if (m.interval) text += fmt::format(" (95 % interval {:.1f} to {:.1f} %)", 100 * m.interval->first, 100 * m.interval->second);
  if (!d.predictions.empty()) text += "; it answers " + top_predictions(d);
  return text + ".";
}

std::string evidence_text(const evidence::Measured& m) {
  if (m.metric.empty()) return m.text;
  std::string text = m.before || !m.after ? fmt::format("{} {} -> {}", m.metric, metric_text(m.metric, m.before), metric_text(m.metric, m.after))
                                          : fmt::format("as deployed the app does not run; with the change {} {}", m.metric, metric_text(m.metric, m.after));
  text += fmt::format(" on {} sample{}", m.samples, m.samples == 1 ? "" : "s");
  if (m.p_value) text += fmt::format("; sign-flip max-T {}", p_text(*m.p_value));
  if (m.p_mcnemar) text += fmt::format(", McNemar {}", p_text(*m.p_mcnemar));
  return text + (m.text.empty() ? "" : "; " + m.text);
}

Outcome outcome_of(const evidence::Fix& fix) {
  if (fix.verified)
    return {"Verified", fix.model ? "the app was read afresh with the mended model and run on all samples; the reference kernels decide alike"
                                  : "the mended app file was read afresh and run on all samples; the reference kernels decide alike"};
  if (!fix.rejected_by.empty()) return {"Rejected", "do not rely on this change: " + fix.rejected_by};
  if (fix.safety == evidence::Safety::kDisplay) return {"By hand", "the change is in your own code or training; no patch of the app file can make it"};
  if (fix.safety == evidence::Safety::kUnsafe) return {"Unsafe", "nobody has seen that this restores the app; look at it before you use it"};
  return {};
}

std::vector<Change> changes_of(const json& patch) {
  std::vector<Change> changes;
  for (const json& operation : patch) {
    const std::string op = operation["op"], pointer = operation["path"];
    const auto tested = std::find_if(changes.begin(), changes.end(), [&](const Change& c) { return c.pointer == pointer && c.after.empty(); });
    if (op == "test")
      changes.push_back({pointer, shown(operation["value"]), {}});
    else if (op == "replace" && tested != changes.end())
      tested->after = shown(operation["value"]);
    else if (op != "remove" || tested == changes.end())
      changes.push_back({pointer, {}, operation.contains("value") ? shown(operation["value"]) : std::string()});
  }
  return changes;
}

std::optional<Reordered> reordered(const json& patch) {
  constexpr size_t kFew = 4;  // of which each is shown with what it replaces
  Reordered result;
  std::vector<std::string> before;
  for (const json& operation : patch) {
    const std::string op = operation["op"], pointer = operation["path"];
    const std::string list = pointer.substr(0, pointer.rfind('/'));
    if ((op != "test" && op != "replace") || !operation["value"].is_string() || (!result.pointer.empty() && list != result.pointer)) return std::nullopt;
    result.pointer = list;
    (op == "test" ? before : result.entries).push_back(operation["value"].get<std::string>());
  }
  std::vector<std::string> after = result.entries;
  std::sort(before.begin(), before.end());
  std::sort(after.begin(), after.end());
  return after.size() > kFew && before == after ? std::optional(std::move(result)) : std::nullopt;
}

Place place_of(const evidence::Finding& finding, const Diagnosis& diagnosis, const Subject& subject) {
  const evidence::Where& where = finding.where;
  if (!where.line.empty()) return source_line(where.line);
  if (subject.lines.empty() || where.stage == "file" || where.stage == "model") return {diagnosis.model.generic_string(), 0};
  // The patch points at the very step. One that is to be added stands nowhere yet; then what it belongs to is named.
  const bool patched = finding.fix && !finding.fix->patch.empty();
  std::string pointer = patched ? finding.fix->patch[0]["path"].get<std::string>() : where.pointer;
  while (!pointer.empty() && !subject.lines.contains(pointer)) pointer.resize(pointer.rfind('/') == std::string::npos ? 0 : pointer.rfind('/'));
  const auto line = subject.lines.find(pointer);
  return {subject.name, line == subject.lines.end() ? 1 : line->second};
}

std::string clean(std::string_view text) {
  std::string valid = json::parse(json(text).dump(-1, ' ', false, json::error_handler_t::replace)).get<std::string>();
  std::replace_if(valid.begin(), valid.end(), [](unsigned char c) { return (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f; }, ' ');
  return valid;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : clean(text)) switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  return out;
}

}  // namespace whyzero::report
