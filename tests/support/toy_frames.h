// An app that is fed camera frames: noisy copies of one pattern of light and colour a class, and the best linear model for them.
#pragma once

#include <string>

#include "support/toy_rows.h"

namespace whyzero::toy {

struct CameraOptions {
  std::string format = "nv21";  // of the files: nv21, nv12, i420, rgba, bgra
  int row_bytes = 0;            // of the first plane; 0: no gaps
};
Writer camera(const CameraOptions& options = {});

}  // namespace whyzero::toy
