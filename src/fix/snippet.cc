#include "fix/snippet.h"

#include "app/app.h"
#include "fix/snippet_parts.h"

namespace whyzero::fix {
namespace {

using nlohmann::json;

struct Writer {
  const char* name;
  Language language;
  Lines (*input)(const InputChange& change);
  Lines (*output)(const OutputChange& change);
};

constexpr Writer kWriters[] = {{"python", Language::kPython, &python_input, &python_output},
                               {"kotlin", Language::kKotlin, &kotlin_input, &kotlin_output},
                               {"cpp", Language::kCpp, &cpp_input, &cpp_output}};

/// Half a change would be worse than none: all of it, or nothing.
Lines lines_of(const Writer& writer, std::string text, const std::vector<InputChange>& inputs, const std::optional<OutputChange>& output) {
  for (const InputChange& change : inputs) {
    const Lines lines = writer.input(change);
    if (!lines) return std::nullopt;
    text += *lines;
  }
  if (!output) return text;
  const Lines lines = writer.output(*output);
  return lines ? Lines(text + *lines) : std::nullopt;
}

}  // namespace

json snippets(const json& before, const json& after, const app::Binding& binding) {
  const std::vector<InputChange> inputs = only_exchanged(before, after, binding) ? std::vector<InputChange>{} : input_changes(before, after, binding);
  const std::optional<OutputChange> output = output_change(before, after, binding);
  json code;
  for (const Writer& writer : kWriters) {
    const Lines lines = lines_of(writer, feeding_lines(before, after, binding, writer.language), inputs, output);
    if (lines && !lines->empty()) code[writer.name] = lines->substr(0, lines->size() - 1);
  }
  return code;
}

void add_snippets(json document, const BindingOf& binding_of, std::vector<evidence::Finding>& findings) {
  for (evidence::Finding& finding : findings) {
    if (!finding.fix || finding.fix->patch.empty()) continue;
    auto patched = app::apply_patch(document, finding.fix->patch);
    if (!patched) continue;
    const std::optional<app::Binding> binding = binding_of(*patched);
    if (finding.fix->code.is_null() && binding) finding.fix->code = snippets(document, *patched, *binding);
    if (finding.severity != evidence::Severity::kNote) document = std::move(*patched);
  }
}

}  // namespace whyzero::fix
