// A change of the app file as code for the app itself: Python (NumPy, Pillow, OpenCV), Kotlin (ByteBuffer) and C++.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "app/evaluate.h"
#include "evidence/finding.h"

namespace whyzero::fix {

/// By language: {"python": …, "kotlin": …, "cpp": …}; a language is left out where it has no words for a step. Null where nothing
/// of an app's own code changes.
nlohmann::json snippets(const nlohmann::json& before, const nlohmann::json& after, const app::Binding& binding);
/// The same for every patch that has no code yet. `findings` by rank, `document` as the first patch finds it.
void add_snippets(nlohmann::json document, const app::Binding& binding, std::vector<evidence::Finding>& findings);

}  // namespace whyzero::fix
