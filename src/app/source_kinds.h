// The kinds of sources, one opener each.
#pragma once

#include <memory>

#include "app/source.h"

namespace whyzero::app {

Result<std::unique_ptr<Source>> open_images(const App& app, const Input& input);
Result<std::unique_ptr<Source>> open_tensors(const App& app, const Input& input);
Result<std::unique_ptr<Source>> open_frames(const App& app, const Input& input);
Result<std::unique_ptr<Source>> open_arrays(const App& app, const Input& input);
Result<std::unique_ptr<Source>> open_table(const App& app, const Input& input);

}  // namespace whyzero::app
