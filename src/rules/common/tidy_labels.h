// Label files as editors, exports and other programs leave them, and the list of names that was meant.
#pragma once

#include <string>
#include <vector>

namespace whyzero::rules {

struct TidyLabels {
  std::string text;  // what was done, as an order to the reader
  std::vector<std::string> labels;
};

/// The lists that may be meant by these lines, each with as many labels as there are classes and another than the lines: UTF-16 read as such, names
/// taken out of JSON, CSV and "item" blocks, byte order marks, blanks, quotes, comments, numbering and doubled lines left out. Plainest first.
std::vector<TidyLabels> tidy_labels(const std::vector<std::string>& lines, int classes);

}  // namespace whyzero::rules
