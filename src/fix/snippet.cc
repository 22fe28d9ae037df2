#include "fix/snippet.h"

#include "app/app.h"
#include "fix/snippet_parts.h"

namespace whyzero::fix {
namespace {

using nlohmann::json;

struct Language {
  const char* name;
  Lines (*input)(const InputChange& change);
  Lines (*output)(const OutputChange& change);
};

constexpr Language kLanguages[] = {{"python", &python_input, &python_output}, {"kotlin", &kotlin_input, &kotlin_output}, {"cpp", &cpp_input, &cpp_output}};

/// Half a change would be worse than none: all of it, or nothing.
Lines lines_of(const Language& language, const std::vector<InputChange>& inputs, const std::optional<OutputChange>& output) {
  std::string text;
  for (const InputChange& change : inputs) {
    const Lines lines = language.input(change);
    if (!lines) return std::nullopt;
    text += *lines;
  }
  if (!output) return text;
  const Lines lines = language.output(*output);
  return lines ? Lines(text + *lines) : std::nullopt;
}

}  // namespace

json snippets(const json& before, const json& after, const app::Binding& binding) {
  const std::vector<InputChange> inputs = input_changes(before, after, binding);
  const std::optional<OutputChange> output = output_change(before, after, binding);
  json code;
  for (const Language& language : kLanguages) {
    const Lines lines = lines_of(language, inputs, output);
    if (lines && !lines->empty()) code[language.name] = lines->substr(0, lines->size() - 1);
  }
  return code;
}

void add_snippets(json document, const app::Binding& binding, std::vector<evidence::Finding>& findings) {
  for (evidence::Finding& finding : findings) {
    if (!finding.fix || finding.fix->patch.empty()) continue;
    auto patched = app::apply_patch(document, finding.fix->patch);
    if (!patched) continue;
    if (finding.fix->code.is_null()) finding.fix->code = snippets(document, *patched, binding);
    if (finding.severity != evidence::Severity::kNote) document = std::move(*patched);
  }
}

}  // namespace whyzero::fix
