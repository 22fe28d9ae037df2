#include "evidence/suppression.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/check.h"
#include "base/file.h"

namespace whyzero::evidence {
namespace {

using nlohmann::json;

/// The length of the longest prefix of the code among `prefixes`; 0 where none fits.
size_t longest_prefix(const std::vector<std::string>& prefixes, const std::string& code) {
  size_t longest = 0;
  for (const std::string& prefix : prefixes)
    if (code.starts_with(prefix)) longest = std::max(longest, prefix.size());
  return longest;
}

Result<Accepted> accepted_from(const json& entry, const std::string& what) {
  constexpr std::string_view kKeys[] = {"code", "place", "reason"};
  WHYZERO_TRY(app::check_object(entry, what, kKeys));
  for (const auto& [key, value] : entry.items()) WHYZERO_TRY(app::check_string(value, what + "." + key));
  if (!entry.contains("code") || !entry.contains("place"))
    return fail(ErrorCode::kInvalidArgument, what + " needs \"code\" and \"place\", as --write-baseline writes them");
  return Accepted{entry["code"], entry["place"], entry.value("reason", "")};
}

}  // namespace

bool is_selected(const Selection& selection, const std::string& code) {
  const size_t selected = longest_prefix(selection.select, code), ignored = longest_prefix(selection.ignore, code);
  if (selected == 0 && !selection.select.empty()) return false;
  return ignored == 0 || selected > ignored;
}

std::string place_of(const Finding& finding) {
  const Where& where = finding.where;
  if (!where.line.empty()) return where.line;
  if (where.node >= 0) return fmt::format("node {}", where.node);
  if (where.tensor >= 0) return fmt::format("tensor {}", where.tensor);
  return where.pointer.empty() ? where.stage : where.pointer;
}

Result<std::vector<Accepted>> read_baseline(const std::filesystem::path& file) {
  WHYZERO_ASSIGN(const std::string text, read_text(file));
  const json document = json::parse(text, nullptr, false);
  if (document.is_discarded()) return fail(ErrorCode::kInvalidArgument, file.string() + " is no JSON; write a baseline with --write-baseline");
  constexpr std::string_view kKeys[] = {"schema", "accepted"};
  if (auto checked = app::check_object(document, "the baseline", kKeys); !checked) return fail(std::move(checked).error(), file.string());
  if (document.value("schema", json()) != "whyzero/baseline/1" || !document.contains("accepted") || !document["accepted"].is_array())
    return fail(ErrorCode::kInvalidArgument, file.string() + " needs \"schema\": \"whyzero/baseline/1\" and a list \"accepted\"");
  std::vector<Accepted> baseline;
  for (const json& entry : document["accepted"]) {
    auto accepted = accepted_from(entry, fmt::format("accepted[{}]", baseline.size()));
    if (!accepted) return fail(std::move(accepted).error(), file.string());
    baseline.push_back(std::move(*accepted));
  }
  return baseline;
}

std::string baseline_text(const std::vector<Finding>& findings) {
  json accepted = json::array();
  for (const Finding& finding : findings)
    if (finding.severity != Severity::kNote && finding.suppressed_by != "ignore")
      accepted.push_back({{"code", finding.code}, {"place", place_of(finding)}, {"reason", finding.message}});
  return json{{"schema", "whyzero/baseline/1"}, {"accepted", accepted}}.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

std::vector<Accepted> suppress(const Selection& selection, const std::vector<Accepted>& baseline, std::vector<Finding>& findings) {
  std::vector<bool> used(baseline.size(), false);
  for (Finding& finding : findings) {
    if (!is_selected(selection, finding.code)) finding.suppressed_by = "ignore";
    const Accepted self{finding.code, place_of(finding), {}};
    for (size_t i = 0; i < baseline.size(); ++i) {
      if (!(baseline[i] == self)) continue;
      used[i] = true;
      if (finding.suppressed_by.empty()) finding.suppressed_by = "baseline";
    }
  }
  std::vector<Accepted> stale;
  for (size_t i = 0; i < baseline.size(); ++i)
    if (!used[i] && is_selected(selection, baseline[i].code)) stale.push_back(baseline[i]);
  return stale;
}

}  // namespace whyzero::evidence
