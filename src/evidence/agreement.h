// Agreement under a harmless transformation: photos seen from slightly nearer show the same things. An app that feeds its model
// rightly answers most of them alike; one that feeds it noise answers at random, or the same to everything.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "base/progress.h"
#include "evidence/case.h"

namespace whyzero::evidence {

struct Agreement {
  int samples = 0, alike = 0;  // photos that get the same answer both ways
  double above_chance = 0;     // Cohen's kappa: 0 where answers agree by their frequencies alone, 1 where all agree
};

/// The same app with the central 92 % of what it cut of its photos so far in the place of all; nothing where it resizes no photos.
std::optional<nlohmann::json> from_nearer(const Case& a_case, const nlohmann::json& document);

/// Of the app in this document, on its first samples. Nothing where it does not run, decides nothing or resizes no photos.
std::optional<Agreement> agreement(const Case& a_case, const nlohmann::json& document, const app::EvaluateOptions& options, Progress* progress = nullptr);

}  // namespace whyzero::evidence
