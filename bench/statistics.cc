// Power and false alarms of a diagnosis' final test: the search that the program runs, on random draws of an app's samples.
//   whyzero_statistics --draws 100 --samples 20,50,100,200 APP.json …
// Each line of the output is one draw as JSON. The app files list photos, as many as draws may choose from; tools/power_tables.py makes
// the tables of docs/statistics.md of them.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "app/evaluate.h"
#include "base/random.h"
#include "evidence/case.h"
#include "evidence/search.h"
#include "numerics/sign_flip.h"
#include "rules/rule.h"

namespace whyzero {
namespace {

using nlohmann::json;

[[noreturn]] void stop(const std::string& text) {
  std::fprintf(stderr, "whyzero_statistics: %s\n", text.c_str());
  std::exit(2);
}

template <typename T>
T need(Result<T> result) {
  if (!result) stop(result.error().text());
  return std::move(*result);
}

/// What a diagnosis knows of the app before its experiments.
evidence::Case case_of(app::App app) {
  evidence::Case made;
  made.app = std::move(app);
  made.experiment = made.app.document;
  made.model = need(graph::read_tflite(made.app.model)).model;
  if (!made.model) stop("the model cannot be read");
  for (const app::Input& input : made.app.inputs) made.sources.push_back(need(app::open_source(made.app, input)));
  made.binding = need(app::bind(made.app, *made.model));
  made.classes = static_cast<int>(made.binding->output_tensor.elements());
  made.truth = need(app::load_truth(made.app, *made.sources.front()));
  app::EvaluateOptions run;
  run.threads = 1;
  made.symptom.evaluation = need(app::evaluate(made.app, made.model, run));
  return made;
}

/// The app over `count` of its photos.
app::App drawn(const app::App& app, size_t count, Random& random) {
  json document = app.document;
  json& photos = document["input"]["images"];
  if (!photos.is_array() || photos.size() < count) stop("the app lists fewer photos than a draw takes");
  for (size_t k = 0; k < count; ++k) std::swap(photos[k], photos[k + random.next() % (photos.size() - k)]);
  photos.erase(photos.begin() + static_cast<std::ptrdiff_t>(count), photos.end());
  return need(app::parse_app(document, app.base));
}

json draw(const app::App& app, size_t count, uint64_t seed) {
  Random random(seed);
  const evidence::Case a_case = case_of(drawn(app, count, random));
  std::vector<evidence::Hypothesis> hypotheses;
  for (const rules::Rule* rule : rules::all_rules())
    if (rule->propose) rule->propose(*rule, a_case, hypotheses);
  std::erase_if(hypotheses, [](const evidence::Hypothesis& h) { return h.last_resort; });
  evidence::LabOptions options;
  options.threads = 1;
  options.seed = seed;
  evidence::Lab lab(a_case, options);
  const evidence::Explanation found = need(evidence::search(lab, a_case, hypotheses, {.seed = seed}));
  json codes = json::array();
  for (const evidence::Upheld& upheld : found.upheld) codes.push_back(upheld.hypothesis->code);
  const evidence::Lab::Comparison& best = found.overall;
  return {{"samples", count}, {"seed", seed}, {"codes", codes}, {"best", found.upheld.empty() && found.lead ? json(found.lead->code) : json()},
          {"p", found.p_value}, {"gain", best.gain}, {"gained", best.gained}, {"lost", best.lost}, {"tried", found.tried},
          {"mcnemar", numerics::mcnemar_exact(best.gained, best.lost)}};
}

int run(int argc, char** argv) {
  int draws = 100;
  std::vector<size_t> counts = {20, 50, 100, 200};
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--draws" && i + 1 < argc) {
      draws = std::atoi(argv[++i]);
    } else if (word == "--samples" && i + 1 < argc) {
      counts.clear();
      std::stringstream list(argv[++i]);
      for (std::string part; std::getline(list, part, ',');) counts.push_back(std::strtoul(part.c_str(), nullptr, 10));
    } else {
      files.push_back(word);
    }
  }
  for (const std::string& file : files) {
    const app::App app = need(app::load_app(file));
    for (const size_t count : counts)
      for (int k = 0; k < draws; ++k) {
        json line = draw(app, count, static_cast<uint64_t>(k) + 1);
        line["app"] = file;
        fmt::print("{}\n", line.dump());
        std::fflush(stdout);
      }
  }
  return 0;
}

}  // namespace
}  // namespace whyzero

int main(int argc, char** argv) { return whyzero::run(argc, argv); }
