// The search for the picture: which part of the photo, turned how, resized by what, in which colours lies in the memory.
#pragma once

#include <span>
#include <vector>

#include "app/recover/look.h"
#include "app/recover/match.h"
#include "app/recover/memory.h"
#include "app/recover/numbers.h"

namespace whyzero::recover {

/// One sample that the search looks at.
struct Exhibit {
  size_t index = 0;                     // of its photo
  std::vector<uint8_t> memory;
  app::Value photo, photo_tensorflow;   // decoded by Pillow and, where it differs, by TensorFlow
};

/// The readings under which the exhibits' memories are compared, with what each sees.
struct Sights {
  Reading reading;
  std::vector<Sight> by_exhibit;
  size_t plain = 0;  // number of the sights whose numbers these are, where they were turned back into pixels
};

/// A picture half and a reading of the memory, and how well they go together.
struct Candidate {
  Look look;
  Reading reading;
  size_t sights = 0;        // number of the reading in the search
  double explained = 0;
  bool alike = false;       // the numbers follow from the picture as closely as their type allows
  bool functional = false;  // … each from its byte
  Numbers numbers;

  nlohmann::json pipeline(const app::TensorInfo& tensor) const;
};

struct SearchInput {
  std::span<const Exhibit> exhibits;
  app::TensorInfo tensor;
  Frame frame;
  nlohmann::json believed;  // the author's pipeline; tried first
  int threads = 1;
};

/// The best candidate, its numbers found; nothing where no photo can be made into a picture of the frame.
std::optional<Candidate> search(const SearchInput& input);

}  // namespace whyzero::recover
