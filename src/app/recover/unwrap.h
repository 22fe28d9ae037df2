// Integers that wrapped around, turned back into the pixels they came from: a photo cast to int8, or scaled beyond its type, is only
// then like the photo.
#pragma once

#include <vector>

#include "app/recover/search.h"

namespace whyzero::recover {

/// The same sights with their numbers as pixels, one for each usual arithmetic that wraps; none for types of more than a byte.
std::vector<Sights> unwrapped(const Sights& sights, const app::TensorInfo& tensor, int channels);

}  // namespace whyzero::recover
