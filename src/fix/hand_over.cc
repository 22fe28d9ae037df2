#include "fix/hand_over.h"

#include <algorithm>
#include <string_view>

#include "app/edit.h"
#include "app/rebase.h"
#include "base/file.h"

namespace whyzero::fix {
namespace {

namespace fs = std::filesystem;
using evidence::Finding;
using evidence::Fix;
using nlohmann::json;

constexpr std::string_view kLabels = "/output/labels";

bool changes_labels(const Finding& finding) {
  return finding.fix && std::any_of(finding.fix->patch.begin(), finding.fix->patch.end(), [](const json& operation) {
    return operation["op"] != "test" && operation["path"].get_ref<const std::string&>().starts_with(kLabels);
  });
}

Result<void> make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fail(ErrorCode::kIo, "the folder " + folder.string() + " cannot be made: " + error.message());
  return {};
}

}  // namespace

Result<std::vector<fs::path>> hand_over_model(HandOver what, const fs::path& folder) {
  const auto finding = std::find_if(what.findings.begin(), what.findings.end(), [](const Finding& f) {
    return f.fix && f.fix->model && f.severity != evidence::Severity::kNote;
  });
  if (finding == what.findings.end()) return std::vector<fs::path>{};
  Fix& fix = *finding->fix;
  WHYZERO_TRY(make_folder(folder));
  std::error_code error;
  const fs::path file = fs::absolute(folder, error) / (what.model.stem().string() + "-mended.tflite");
  WHYZERO_TRY(write_file(file, *fix.model));
  fix.model_file = file;
  if (!what.mended.is_null()) {  // null: a model alone, there is no app file to patch
    json changed = what.mended;
    changed["model"] = fs::relative(file, what.base.empty() ? fs::path(".") : what.base, error).generic_string();
    fix.patch = app::make_patch(what.mended, changed);
    what.mended = std::move(changed);
  }
  return std::vector<fs::path>{file};
}

Result<std::vector<fs::path>> hand_over_app(HandOver what, const fs::path& folder) {
  std::vector<fs::path> written;
  if (what.mended.is_null()) return written;
  WHYZERO_TRY(make_folder(folder));
  written.push_back(folder / "app.json");
  std::error_code error;
  json document = app::rebase(what.mended, what.base, folder);
  for (const Finding& finding : what.findings)  // a model that lies beside the app file moves with it
    if (finding.fix && !finding.fix->model_file.empty() && fs::equivalent(finding.fix->model_file, folder / finding.fix->model_file.filename(), error)) document["model"] = finding.fix->model_file.filename().string();
  WHYZERO_TRY(write_text(written.back(), document.dump(2) + "\n"));
  const auto labels = json::json_pointer(std::string(kLabels));
  if (std::none_of(what.findings.begin(), what.findings.end(), changes_labels) || !what.mended.contains(labels) || !what.mended[labels].is_array())
    return written;
  std::string lines;
  for (const json& label : what.mended[labels]) lines += label.get<std::string>() + "\n";
  written.push_back(folder / "labels.txt");
  WHYZERO_TRY(write_text(written.back(), lines));
  return written;
}

}  // namespace whyzero::fix
