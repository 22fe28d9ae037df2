#include "app/recover/equivalents.h"

#include "app/recover/geometry.h"
#include "app/recover/verify.h"
#include "base/parallel.h"

namespace whyzero::recover {

using nlohmann::json;

std::vector<json> equivalents(const Recovery& recovery, const app::Source& captured, const app::Source& originals, const app::TensorInfo& tensor, int threads) {
  std::vector<json> list;
  if (!recovery.exact || !recovery.pipeline.is_array()) return list;
  std::vector<size_t> exact;
  for (size_t i = 0; i < recovery.samples.size(); ++i)
    if (recovery.samples[i].verdict == Verdict::kExact) exact.push_back(i);
  std::vector<json> others = other_resizers(recovery.pipeline);
  std::vector<char> same(others.size(), 1);
  parallel_for(others.size(), threads, [&](int, size_t k) {
    // Nearly always the first sample tells.
    for (size_t n = 0; n < exact.size() && same[k]; ++n) {
      const auto memory = captured.first_value(exact[n], image::DecodeLike::kPillow, tensor);
      const auto made = run_on_photo(originals, exact[n], others[k], tensor);
      same[k] = memory && made && made->bytes == memory->bytes;
    }
  });
  for (size_t k = 0; k < others.size(); ++k)
    if (same[k]) list.push_back(std::move(others[k]));
  return list;
}

}  // namespace whyzero::recover
