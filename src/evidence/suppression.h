// Findings that somebody has accepted: by code on the command line, or one by one in a baseline. They are told, but not counted.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "evidence/finding.h"
#include "whyzero/result.h"

namespace whyzero::evidence {

/// Codes or their beginnings: "P001", "P0", "P". The longest one that fits a code decides; all codes are selected where `select` is empty.
struct Selection {
  std::vector<std::string> select, ignore;
};
bool is_selected(const Selection& selection, const std::string& code);

/// One finding that is known and accepted. Numbers are no part of it, for they change with every sample.
struct Accepted {
  std::string code;
  std::string place;   // where the finding is, as `place_of` gives it
  std::string reason;  // for people
  bool operator==(const Accepted& other) const { return code == other.code && place == other.place; }
};

/// A line of the user's source, a pointer into the app file, a node or tensor of the model, or the stage alone.
std::string place_of(const Finding& finding);

/// A file that whyzero or a person wrote; every unknown key is an error.
Result<std::vector<Accepted>> read_baseline(const std::filesystem::path& file);
/// The file's text for all findings that count.
std::string baseline_text(const std::vector<Finding>& findings);

/// Marks findings as suppressed and returns the entries that fit none of the findings of selected codes: what was accepted is mended or has moved.
std::vector<Accepted> suppress(const Selection& selection, const std::vector<Accepted>& baseline, std::vector<Finding>& findings);

}  // namespace whyzero::evidence
