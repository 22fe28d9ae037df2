// Our kernels against the official runtime in one run on one machine: latency on one thread and the ratio, model by model. Only ratios mean
// anything elsewhere.
//
//   whyzero_side_by_side [--litert PATH] MODEL.tflite …
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "graph/macs.h"
#include "graph/tflite_reader.h"
#include "runtime/session.h"
#include "trace/compare_models.h"

namespace {

using namespace whyzero;
using Clock = std::chrono::steady_clock;

Result<std::unique_ptr<runtime::Session>> open(const runtime::Runtime& runtime, const std::shared_ptr<const graph::Model>& model) {
  WHYZERO_ASSIGN(auto session, runtime.open(model, {}));
  const auto inputs = trace::random_samples(*model, 1, 1)[0];
  for (size_t k = 0; k < inputs.size(); ++k) WHYZERO_TRY(session->set_input(static_cast<int>(k), inputs[k]));
  for (int run = 0; run < 3; ++run) WHYZERO_TRY(session->invoke());
  return session;
}

double median(std::vector<double>& times) {
  std::nth_element(times.begin(), times.begin() + static_cast<long>(times.size() / 2), times.end());
  return times[times.size() / 2];
}

/// Both take turns, so that whatever else the machine does hits both.
Result<void> race(const std::string& path, const runtime::Runtime& ours, const runtime::Runtime& theirs, double& product) {
  WHYZERO_ASSIGN(const auto reading, graph::read_tflite(path));
  if (!reading.model) return fail(ErrorCode::kMalformed, "no usable model");
  WHYZERO_ASSIGN(const auto a, open(ours, reading.model));
  WHYZERO_ASSIGN(const auto b, open(theirs, reading.model));
  std::vector<double> of_a, of_b;
  const auto start = Clock::now();
  while (of_a.size() < 10 || Clock::now() - start < std::chrono::seconds(2)) {
    WHYZERO_TRY(a->invoke());
    of_a.push_back(a->seconds() * 1e6);
    WHYZERO_TRY(b->invoke());
    of_b.push_back(b->seconds() * 1e6);
  }
  const double us = median(of_a), other = median(of_b);
  const auto macs = static_cast<double>(graph::total_macs(*reading.model));
  fmt::print("{:<40} {:>9.2f} {:>11.1f} {:>11.1f} {:>8.2f}\n", std::filesystem::path(path).stem().string(), macs / 1e6, us, other, us / other);
  product += std::log(us / other);
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  std::filesystem::path library;
  std::vector<std::string> models;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--litert") == 0 && i + 1 < argc)
      library = argv[++i];
    else
      models.push_back(argv[i]);
  }
  const auto theirs = runtime::litert_runtime(library);
  if (!theirs) {
    fmt::print(stderr, "{}\n", theirs.error().text());
    return 2;
  }
  const auto ours = runtime::own_runtime(runtime::Kernels::kFast);
  fmt::print("{:<40} {:>9} {:>11} {:>11} {:>8}\n", "median µs, one thread", "MMAC", "whyzero", "LiteRT", "ratio");
  double product = 0;
  size_t raced = 0;
  for (const std::string& model : models) {
    if (const auto done = race(model, *ours, **theirs, product); !done)
      fmt::print("{:<40} {}\n", std::filesystem::path(model).stem().string(), done.error().text());
    else
      ++raced;
  }
  if (raced > 0) fmt::print("{:<40} {:>9} {:>11} {:>11} {:>8.2f}\n", "geometric mean", "", "", "", std::exp(product / static_cast<double>(raced)));
  return raced == models.size() ? 0 : 1;
}
