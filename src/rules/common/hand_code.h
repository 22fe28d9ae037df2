// The change in an app whose steps nobody has written down: only its tensors were captured.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "app/value.h"

namespace whyzero::rules {

/// Code by language for a cause that the bytes of a tensor prove; null where the cause has no few words for it.
nlohmann::json hand_code(std::string_view code, const app::TensorInfo& tensor);

}  // namespace whyzero::rules
