// What rules about pictures share: the tensor as height × width × channels, and the changes of a pipeline that apps get wrong.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/case.h"
#include "evidence/hypothesis.h"

namespace whyzero::rules {

/// The input tensor read as a picture.
struct Picture {
  int height = 0, width = 0, channels = 0;
  bool channels_first = false;
};
/// Nothing where app input k does not feed pictures, or its tensor is none (rank 3 or 4 with 1, 3 or 4 channels).
std::optional<Picture> picture_of(const evidence::Case& a_case, size_t k);

/// What the steps make of a black and of a white pixel, channel by channel, black first; integers of a quantized tensor as the numbers
/// they stand for. Empty where the steps do not run or give another type.
std::vector<double> black_and_white(const nlohmann::json& steps, int channels, const app::TensorInfo& tensor);

/// One change of an input's pipeline and the cause that it would mend.
struct Change {
  std::string code;
  std::string text;
  double prior = 1;
  bool declared = false;
  std::function<std::optional<nlohmann::json>(const nlohmann::json& pipeline)> edit;
  double must_restore = 0;  // as of the hypothesis
};

/// Other ranges of the numbers and other ways of storing them: P002 to P006, P016, P020.
std::vector<Change> range_changes(const evidence::Case& a_case, size_t k);
/// Other crops, sizes and resizers: P008, P009, P011, P015.
std::vector<Change> geometry_changes(const evidence::Case& a_case, size_t k);
/// Other orders and numbers of channels: P001, P017, P015.
std::vector<Change> channel_changes(const evidence::Case& a_case, size_t k);

/// Turned, mirrored, EXIF: P010.
std::vector<Change> orientation_changes(const evidence::Case& a_case, size_t k);
/// Channels first or last: P007.
std::vector<Change> layout_changes(const evidence::Case& a_case, size_t k);

/// Other scalings of rows of numbers (tables, arrays), from what is declared and from the data's own statistics: P002, P003, P004, P014.
std::vector<Change> row_changes(const evidence::Case& a_case, size_t k);

/// Changes of captured tensors, made on the tensor itself: P001, P002, P005, P010, P014.
std::vector<Change> captured_changes(const evidence::Case& a_case, size_t k);

/// Those changes of all inputs whose code is the rule's, as hypotheses on `axis`.
void propose_changes(const evidence::Case& a_case, std::string_view code, std::string_view axis,
                     std::vector<Change> (*changes)(const evidence::Case&, size_t), std::vector<evidence::Hypothesis>& out);

}  // namespace whyzero::rules
