// Changes of an app document, spoken in roles instead of positions, so that several can be stacked: "another range", "other
// channels". A role's steps are replaced where they stand.
#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace whyzero::app {

/// What a pipeline step is about, in the order in which an ordinary pipeline has them.
enum class StepRole { kDecode, kExif, kColumns, kGeometry, kOrientation, kChannels, kRange, kStore, kLayout, kMemory };

/// kGeometry: crop letterbox resize; kOrientation: rotate flip; kRange: normalize standardize minmax; kStore: quantize cast;
/// kMemory: reinterpret byte_order stride_bug constant.
StepRole role_of(const nlohmann::json& step);

/// The steps of these roles, in order.
nlohmann::json steps_of(const nlohmann::json& pipeline, std::initializer_list<StepRole> roles);

/// The pipeline with all steps of these roles replaced by `steps`, which stand where the first of them stood, or where an
/// ordinary pipeline has them.
nlohmann::json replace_steps(const nlohmann::json& pipeline, std::initializer_list<StepRole> roles, const nlohmann::json& steps);

/// The pipeline of the input at `pointer` ("/input"), an empty array where it has none.
nlohmann::json pipeline_at(const nlohmann::json& document, const std::string& pointer);
void set_pipeline(nlohmann::json& document, const std::string& pointer, nlohmann::json pipeline);

/// RFC 6902 operations that turn `before` into `after`: each change preceded by a `test` of what it replaces or removes. Arrays
/// change only between their common head and tail.
nlohmann::json make_patch(const nlohmann::json& before, const nlohmann::json& after);

}  // namespace whyzero::app
