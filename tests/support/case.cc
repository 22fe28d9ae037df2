#include "support/case.h"

#include <gtest/gtest.h>

#include <string>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "graph/tflite_reader.h"

namespace whyzero::toy {

using nlohmann::json;
namespace fs = std::filesystem;

std::unique_ptr<evidence::Case> case_of(const json& document, const fs::path& base) {
  auto made = std::make_unique<evidence::Case>();
  auto app = app::parse_app(document, base);
  EXPECT_TRUE(app) << app.error().text();
  if (!app) return nullptr;
  made->app = std::move(*app);
  made->experiment = made->app.document;
  auto reading = graph::read_tflite(made->app.model);
  EXPECT_TRUE(reading && reading->model);
  if (!reading || !reading->model) return nullptr;
  made->model = reading->model;
  for (const app::Input& input : made->app.inputs) {
    auto source = app::open_source(made->app, input);
    EXPECT_TRUE(source) << source.error().text();
    if (!source) return nullptr;
    made->sources.push_back(std::move(*source));
  }
  auto binding = app::bind(made->app, *made->model);
  EXPECT_TRUE(binding) << binding.error().text();
  if (!binding) return nullptr;
  made->binding = std::move(*binding);
  made->classes = static_cast<int>(made->binding->output_tensor.elements());
  auto truth = app::load_truth(made->app, *made->sources.front());
  EXPECT_TRUE(truth) << truth.error().text();
  if (!truth) return nullptr;
  made->truth = std::move(*truth);
  auto evaluation = app::evaluate(made->app, made->model, {.threads = 2});
  if (evaluation) made->symptom.evaluation = std::move(*evaluation);
  else made->symptom.failure = std::move(evaluation).error();
  return made;
}

Fruit::Fruit(int per_class) {
  const fs::path original = fs::path(WHYZERO_SOURCE_DIR) / "examples" / "fruit";
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(original, error))
    if (entry.is_regular_file()) fs::create_symlink(entry.path(), folder_ / entry.path().filename().string(), error);
  for (const auto& entry : fs::directory_iterator(original / "photos", error)) {
    const fs::path photos = folder_ / "photos" / entry.path().filename();
    fs::create_directories(photos, error);
    for (int i = 0; i < per_class; ++i) {
      const std::string name = (i < 10 ? "00" : "0") + std::to_string(i) + ".jpg";
      fs::create_symlink(entry.path() / name, photos / name, error);
    }
  }
  EXPECT_FALSE(error) << error.message();
}

json Fruit::document(const char* file) const {
  const auto text = read_text(folder_ / file);
  EXPECT_TRUE(text) << text.error().text();
  return json::parse(text ? *text : "{}", nullptr, false);
}

}  // namespace whyzero::toy
