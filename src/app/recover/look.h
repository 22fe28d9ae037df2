// The half of a pipeline that makes a picture of a photo: decoder, turns, crop, size, colours.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "app/recover/geometry.h"
#include "app/source.h"

namespace whyzero::recover {

struct Look {
  std::string decoder;                               // empty: Pillow's
  bool exif = false;                                 // the orientation tag is applied
  bool real = false;                                 // pixels are made float32 before they are resized
  bool turn_first = false, gray_first = false;       // before the geometry instead of after it
  nlohmann::json turn = nlohmann::json::array();
  nlohmann::json geometry = nlohmann::json::array();  // without a method
  Resizer resizer{"bilinear", "pillow"};
  std::string order = "rgb";

  nlohmann::json steps() const;
  bool letterboxed() const;
};

/// Turns and mirrors, none first.
const std::vector<nlohmann::json>& all_turns();
/// Where the pixel (x, y) of a picture turned into width × height comes from, before turn number `turn`.
struct Point {
  int x = 0, y = 0;
};
Point before_turn(size_t turn, int x, int y, int width, int height);

/// Orders of the colours that give this many channels, likeliest first.
std::vector<std::string> orders_of(int channels);

/// Whether its pixels are real numbers.
bool gives_real(const Resizer& resizer);
bool gives_real(const Look& look);

/// The photo as the look shows it.
Result<app::Value> picture_of(const app::Value& photo, const Look& look, const app::TensorInfo& tensor);
/// The places that a letterbox fills; empty where the look has none.
std::vector<uint8_t> border_of(const app::Value& photo, const Look& look, const app::TensorInfo& tensor);

}  // namespace whyzero::recover
