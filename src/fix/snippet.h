// A change of the app file as code for the app itself: Python (NumPy, Pillow, OpenCV), Kotlin (ByteBuffer) and C++.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "app/evaluate.h"
#include "evidence/finding.h"

namespace whyzero::fix {

/// By language: {"python": …, "kotlin": …, "cpp": …}; a language is left out where it has no words for a step. Null where nothing
/// of an app's own code changes. `binding` is that of `after`.
nlohmann::json snippets(const nlohmann::json& before, const nlohmann::json& after, const app::Binding& binding);
/// The same for every patch that has no code yet. `findings` by rank, `document` as the first patch finds it.
/// `binding_of` says which tensors a patched document feeds and reads.
using BindingOf = std::function<std::optional<app::Binding>(const nlohmann::json& document)>;
void add_snippets(nlohmann::json document, const BindingOf& binding_of, std::vector<evidence::Finding>& findings);

}  // namespace whyzero::fix
