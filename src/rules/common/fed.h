// What the bytes in an input tensor prove by themselves, before any experiment and without truth.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rules/rule.h"

namespace whyzero::rules {

/// Samples that are looked at.
inline constexpr size_t kSamplesFed = 8;

/// The values that input k writes into its tensor, as deployed or captured; empty where they cannot be made, or are none.
std::vector<app::Value> fed_values(const evidence::Case& a_case, size_t k);

/// Numbers that no sensor and no arithmetic of an app makes: not finite, beyond 1e10 or below 1e-10. Share of those that are
/// not zero (bytes that are too few leave the rest of a tensor empty).
double absurd_share(const app::Value& value);
/// The same after the bytes of each number are reversed.
double absurd_share_reversed(app::Value value);
/// Integer bytes that are really the bytes of float32 numbers: every fourth holds sign and exponent.
bool holds_floats(const app::Value& value);
/// 8-bit numbers with their highest bit the wrong way round: neighbours that are close lie on both sides of the type's end, and
/// almost none on both sides of its middle.
bool is_half_turned(const app::Value& value, int width, int channels);

/// Truth leaves the proof to the experiments where it is enough for them; captured bytes are no experiment's to change.
bool wants_proof_of_bytes(const evidence::Case& a_case, size_t k);

/// One finding with the proof of the tensor on input k; the engine chooses its mend among the rule's hypotheses.
evidence::Finding finding_of_bytes(const Rule& rule, const evidence::Case& a_case, size_t k, std::string message);

}  // namespace whyzero::rules
