#include "diagnosis/photos_in_place.h"

#include <algorithm>

#include "app/recover/recover.h"

namespace whyzero::diagnosis {
namespace {

using evidence::Finding;
using nlohmann::json;

/// Every tensor is what the pipeline makes of its photo, wherever both can be read.
bool reproduces(const recover::Recovery& recovery) {
  using recover::Verdict;
  const auto is = [](std::initializer_list<Verdict> verdicts) {
    return [verdicts](const recover::SampleResidual& s) { return std::find(verdicts.begin(), verdicts.end(), s.verdict) != verdicts.end(); };
  };
  return recovery.pipeline.is_array() && std::any_of(recovery.samples.begin(), recovery.samples.end(), is({Verdict::kExact, Verdict::kNear})) &&
         std::all_of(recovery.samples.begin(), recovery.samples.end(), is({Verdict::kExact, Verdict::kNear, Verdict::kUnreadable}));
}

bool never_filled(const recover::Recovery& recovery) {
  return std::any_of(recovery.pipeline.begin(), recovery.pipeline.end(), [](const json& step) { return step.contains("constant"); });
}

json with_photos(json input, const json& pipeline) {
  input["images"] = input["original_images"];
  input["pipeline"] = pipeline;
  input.erase("tensors");
  input.erase("original_images");
  return input;
}

bool touches(const json& operation, const std::string& pointer) {
  const std::string path = operation.value("path", "");
  return path == pointer || path.starts_with(pointer + "/");
}

}  // namespace

Result<void> put_photos_in_place(evidence::Case& a_case, int threads, Progress* progress) {
  a_case.recoveries.assign(a_case.app.inputs.size(), std::nullopt);
  const auto binding = app::bind(a_case.app, *a_case.model);
  if (!binding) return {};
  json document = a_case.app.document;
  bool changed = false;
  for (size_t k = 0; k < a_case.app.inputs.size(); ++k) {
    const app::Input& input = a_case.app.inputs[k];
    if (input.kind != app::SourceKind::kTensors) continue;
    WHYZERO_ASSIGN(const auto captured, app::open_source(a_case.app, input));
    auto originals = recover::open_originals(a_case.app, input, *captured);
    auto found = recover::recover(input, *captured, originals ? originals->get() : nullptr, binding->tensors[k], {threads, progress});
    if (!found) continue;
    // A buffer that is never filled says nothing of the pipeline before it.
    if (reproduces(*found) && !never_filled(*found)) {
      json& place = document[json::json_pointer(input.pointer)];
      place = with_photos(std::move(place), found->pipeline);
      changed = true;
    }
    a_case.recoveries[k] = std::move(*found);
  }
  if (changed) {
    WHYZERO_ASSIGN(a_case.app, app::parse_app(std::move(document), a_case.app.base));
  }
  return {};
}

void patch_the_tensors(const json& deployed, const evidence::Case& a_case, std::vector<Finding>& findings, json& mended) {
  bool in_place = false;
  for (const app::Input& input : a_case.app.inputs) {
    const json::json_pointer pointer(input.pointer);
    if (!deployed.contains(pointer) || !deployed[pointer].contains("tensors") || input.kind == app::SourceKind::kTensors) continue;
    in_place = true;
    json with_photos = a_case.app.document;
    for (Finding& finding : findings) {
      if (!finding.fix || finding.fix->patch.empty()) continue;
      const bool first = std::any_of(finding.fix->patch.begin(), finding.fix->patch.end(), [&](const json& o) { return touches(o, input.pointer); });
      auto after = app::apply_patch(with_photos, finding.fix->patch);
      if (!after) break;
      with_photos = std::move(*after);
      if (!first) continue;
      json patch = json::array({{{"op", "test"}, {"path", input.pointer + "/tensors"}, {"value", deployed[pointer]["tensors"]}},
                                {{"op", "replace"}, {"path", input.pointer}, {"value", with_photos[pointer]}}});
      for (const json& operation : finding.fix->patch)
        if (!touches(operation, input.pointer)) patch.push_back(operation);
      finding.fix->patch = std::move(patch);
      break;
    }
  }
  if (!in_place) return;
  json document = deployed;
  for (const Finding& finding : findings) {
    if (!finding.fix || finding.fix->patch.empty() || finding.severity == evidence::Severity::kNote) continue;
    auto next = app::apply_patch(document, finding.fix->patch);
    if (!next) return;
    document = std::move(*next);
  }
  if (!mended.is_null()) mended = std::move(document);
}

}  // namespace whyzero::diagnosis
