#include "fix/hand_over.h"

#include <algorithm>
#include <optional>
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

struct NewFile {
  fs::path path;
  std::vector<uint8_t> bytes;
};

NewFile text_file(fs::path path, const std::string& text) { return {std::move(path), {text.begin(), text.end()}}; }

/// The model of the fix that has one; the mended document names it as a neighbour of the app file.
std::optional<NewFile> new_model(HandOver& what, const fs::path& folder) {
  const auto finding = std::find_if(what.findings.begin(), what.findings.end(), [](const Finding& f) {
    return f.fix && f.fix->model && f.severity != evidence::Severity::kNote;
  });
  if (finding == what.findings.end()) return std::nullopt;
  Fix& fix = *finding->fix;
  std::error_code error;
  fix.model_file = fs::absolute(folder, error) / (what.model.stem().string() + "-mended.tflite");
  if (!what.mended.is_null()) {  // null: a model alone, there is no app file to patch
    json changed = what.mended;
    changed["model"] = fs::relative(fix.model_file, what.base.empty() ? fs::path(".") : what.base, error).generic_string();
    fix.patch = app::make_patch(what.mended, changed);
    what.mended = std::move(changed);
  }
  return NewFile{fix.model_file, *fix.model};
}

void add_app(const HandOver& what, const fs::path& folder, bool beside_model, std::vector<NewFile>& files) {
  json document = app::rebase(what.mended, what.base, folder);
  if (beside_model) document["model"] = files.front().path.filename().string();  // both move together
  files.push_back(text_file(folder / "app.json", document.dump(2) + "\n"));
  const auto labels = json::json_pointer(std::string(kLabels));
  if (std::none_of(what.findings.begin(), what.findings.end(), changes_labels) || !what.mended.contains(labels) || !what.mended[labels].is_array()) return;
  std::string lines;
  for (const json& label : what.mended[labels]) lines += label.get<std::string>() + "\n";
  files.push_back(text_file(folder / "labels.txt", lines));
}

/// Every file beside its place first: a full disk then leaves what was there.
Result<std::vector<fs::path>> write_all(const std::vector<NewFile>& files) {
  std::vector<fs::path> staged, written;
  std::error_code error;
  const auto clear = [&](Error why) {
    for (const fs::path& one : staged) fs::remove(one, error);
    return fail(std::move(why));
  };
  for (const NewFile& file : files) {
    if (fs::is_directory(file.path, error)) return clear({ErrorCode::kIo, "cannot write " + file.path.string() + ": a folder of that name is there", {}});
    fs::path beside = file.path;
    beside += ".new";
    if (auto done = write_file(beside, file.bytes); !done) return clear(std::move(done).error());
    staged.push_back(std::move(beside));
  }
  for (size_t i = 0; i < files.size(); ++i) {
    fs::rename(staged[i], files[i].path, error);
    if (error) return clear({ErrorCode::kIo, "cannot write " + files[i].path.string() + ": " + error.message(), {}});
    written.push_back(files[i].path);
  }
  return written;
}

}  // namespace

Result<std::vector<fs::path>> hand_over(HandOver what, const fs::path& folder, bool app_file, const std::vector<fs::path>& kept) {
  std::vector<NewFile> files;
  if (auto model = new_model(what, folder)) files.push_back(std::move(*model));
  if (app_file && !what.mended.is_null()) add_app(what, folder, !files.empty(), files);
  if (files.empty()) return std::vector<fs::path>{};
  std::error_code error;
  for (const NewFile& file : files)
    for (const fs::path& original : kept)
      if (fs::equivalent(file.path, original, error) && !error)
        return fail(ErrorCode::kInvalidArgument, file.path.string() + " belongs to the app that is diagnosed and is not written over; name another folder with --output");
  WHYZERO_TRY(make_folder(folder));
  return write_all(files);
}

}  // namespace whyzero::fix
