// Captured tensors whose pipeline is known may as well be photos and that pipeline: then every experiment and every patch is that of
// an app that reads photos.
#pragma once

#include "base/progress.h"
#include "evidence/case.h"
#include "evidence/finding.h"

namespace whyzero::diagnosis {

/// Recovers the pipelines of captured inputs (`recoveries`), and where one reproduces every tensor, puts the photos and the
/// pipeline in the place of the tensors in the case's app.
Result<void> put_photos_in_place(evidence::Case& a_case, int threads, Progress* progress);

/// Patches were made for the app with photos. The first one that touches such an input gets to replace the tensors of `deployed`;
/// `mended` becomes the deployed document with all patches.
void patch_the_tensors(const nlohmann::json& deployed, const evidence::Case& a_case, std::vector<evidence::Finding>& findings, nlohmann::json& mended);

}  // namespace whyzero::diagnosis
