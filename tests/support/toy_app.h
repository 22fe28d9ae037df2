// An app of a few kilobytes whose truth is known by construction: photos are noisy copies of one pattern a class, and the model
// is the best classifier there is for them (Gaussian noise, equal variance), as one FULLY_CONNECTED. Every fault of the chain
// hurts it, by an amount that follows from contrast and noise.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "diagnosis/diagnosis.h"
#include "support/folder.h"
#include "support/toy_rows.h"
#include "whyzero/dtype.h"

namespace whyzero::toy {

/// {"resize": …} to the size of the toy's tensor.
nlohmann::json resize(const char* method = "bilinear", const char* library = "pillow", int size = 8);
nlohmann::json normalize(double scale = 1 / 127.5, double offset = -1);

struct Options {
  int classes = 6, samples = 48;
  int width = 24, height = 16;  // of the photos
  double contrast = 8;          // deviation of the pattern, in gray levels
  double noise = 45;            // deviation of the noise of each byte
  nlohmann::json pipeline = nlohmann::json::array({resize(), normalize()});  // the right one; the model is fitted to it
  std::vector<int32_t> shape = {1, 8, 8, 3};                                 // of the input tensor
  DType dtype = DType::kFloat32;                                             // other dtypes are dequantized in the graph
  float scale = 0;
  int zero_point = 0;
  bool rescales_inside = false;  // the graph begins with x / 127.5 - 1
  bool one_unit = false;         // two classes, one output: the probability of class 1
  bool deep = false;             // 16-bit gray PNG files, whose high byte is the photo
  bool exif = false;             // PNG files that lie on their side and say so
  uint64_t seed = 1;
};

class App {
 public:
  explicit App(Options options = {});
  /// An app of another kind: the writer's files and document.
  explicit App(const Writer& write) : document_(write(folder_)) {}

  const Folder& folder() const { return folder_; }
  const Options& options() const { return options_; }
  /// The healthy app.
  const nlohmann::json& document() const { return document_; }
  /// The same with another pipeline, or with one value changed: with("/output/label_offset", 1).
  nlohmann::json with_pipeline(nlohmann::json pipeline) const;
  nlohmann::json with(const std::string& pointer, nlohmann::json value) const;

  /// The same with another model file, which is written beside it.
  nlohmann::json with_model(const std::string& name, const std::vector<uint8_t>& bytes) const;

  /// The diagnosis of a document, computed once.
  const diagnosis::Diagnosis& diagnose(const nlohmann::json& document) const;
  /// Its metric by app::evaluate, without any of the diagnosis' machinery; nothing where it cannot run.
  std::optional<double> value(const nlohmann::json& document) const;

 private:
  Options options_;
  Folder folder_;
  nlohmann::json document_;
  mutable std::map<std::string, diagnosis::Diagnosis> diagnoses_;
};

/// The diagnosis of a model alone.
diagnosis::Diagnosis diagnose_model(const std::vector<uint8_t>& bytes);

/// App{} made once for all tests of a binary.
const App& standard();

const evidence::Finding* find(const diagnosis::Diagnosis& diagnosis, const std::string& code);
/// Codes of errors and warnings, by rank: "P001 L001".
std::string loud_codes(const diagnosis::Diagnosis& diagnosis);
/// All patches of errors and warnings, applied in order of rank. A patch that does not apply is a test failure.
nlohmann::json mended(const nlohmann::json& document, const diagnosis::Diagnosis& diagnosis);

/// GoogleTest expectations, for the three tests that every rule has.
void expect_fires(const App& app, const nlohmann::json& broken, const std::string& code);
void expect_silent(const App& app, const nlohmann::json& healthy);
/// Without truth the tensor proves the cause and the patch gives the metric back, and nothing is said of the healthy app.
void expect_proven_by_bytes(const App& app, const nlohmann::json& broken, const std::string& code);
/// The patches bring the metric back to the healthy app's, measured afresh, and nothing loud is left to say.
void expect_restores(const App& app, const nlohmann::json& broken);

}  // namespace whyzero::toy
