// Random graphs over every operator of the table, random types, shapes, quantization and options: well-formed files, so that all of
// them reach the operators' contracts and many their kernels.
#include <cstdlib>

#include "graph/tflite_writer.h"
#include "graph/validate.h"
#include "random_graph.h"
#include "run_both.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace whyzero;
  const graph::ModelBuilder builder = fuzz::random_graph({data, size});
  const graph::Reading reading = builder.read();
  if (!reading.model) {
    if (reading.defects.empty()) std::abort();
    return 0;
  }
  for (const graph::Defect& defect : graph::validate(*reading.model))
    if (defect.code.empty() || defect.message.empty()) std::abort();
  fuzz::run_both(reading.model);
  const auto same = graph::apply_patch(*reading.model, {});
  if (!same || *same != *reading.model->bytes) std::abort();
  return 0;
}
