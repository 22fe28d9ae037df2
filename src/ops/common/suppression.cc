// Contract and kernel of non-maximum suppression.
#include "ops/common/suppression.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <queue>

#include "ops/common/scratch.h"

namespace whyzero::ops {
namespace {

enum { kBoxes, kScores, kMost, kOverlap, kScore, kSigma };

struct Candidate {
  int32_t index = 0;
  float score = 0.0f;
  size_t compared = 0;  // with so many of the chosen boxes already
};

float overlap(const float* a, const float* b) {
  const float a_top = std::min(a[0], a[2]), a_left = std::min(a[1], a[3]), a_bottom = std::max(a[0], a[2]),
              a_right = std::max(a[1], a[3]);
  const float b_top = std::min(b[0], b[2]), b_left = std::min(b[1], b[3]), b_bottom = std::max(b[0], b[2]),
              b_right = std::max(b[1], b[3]);
  const float a_area = (a_bottom - a_top) * (a_right - a_left), b_area = (b_bottom - b_top) * (b_right - b_left);
  if (!(a_area > 0.0f) || !(b_area > 0.0f)) return 0.0f;
  const float height = std::max(std::min(a_bottom, b_bottom) - std::max(a_top, b_top), 0.0f);
  const float width = std::max(std::min(a_right, b_right) - std::max(a_left, b_left), 0.0f);
  return height * width / (a_area + b_area - height * width);
}

Result<void> give_shapes(Context& ctx, bool soft) {
  const int32_t most = *ctx.input(kMost).as<int32_t>();
  if (most < 0) return ctx.error(ErrorCode::kMalformed, fmt::format("is to choose at most {} boxes", most));
  WHYZERO_TRY(ctx.resize_output(0, {most}));
  if (soft) WHYZERO_TRY(ctx.resize_output(1, {most}));
  return {};
}

}  // namespace

Result<void> prepare_suppression(Context& ctx, bool soft) {
  const int inputs = soft ? 6 : 5, outputs = soft ? 3 : 2;
  WHYZERO_TRY(ctx.expect_arity(inputs, inputs, outputs, outputs));
  for (int k = 0; k < inputs; ++k) {
    WHYZERO_TRY(ctx.expect_input(k));
    WHYZERO_TRY(ctx.expect_dtype(ctx.input(k), {k == kMost ? DType::kInt32 : DType::kFloat32}));
    if (k >= kMost && ctx.input(k).elements() != 1)
      return ctx.error(ErrorCode::kShapeMismatch, fmt::format("input {} ({}) must be a single value", k, ctx.input(k).label()));
  }
  WHYZERO_TRY(ctx.expect_rank(ctx.input(kBoxes), 2, 2));
  WHYZERO_TRY(ctx.expect_rank(ctx.input(kScores), 1, 1));
  if (ctx.input(kBoxes).dim(1) != 4 || ctx.input(kBoxes).dim(0) != ctx.input(kScores).dim(0))
    return ctx.error(ErrorCode::kShapeMismatch,
                     fmt::format("boxes {} are [{},{}], expected [{},4] for as many scores", ctx.input(kBoxes).label(),
                                 ctx.input(kBoxes).dim(0), ctx.input(kBoxes).dim(1), ctx.input(kScores).dim(0)));
  for (int k = 0; k < outputs; ++k)
    WHYZERO_TRY(ctx.expect_dtype(ctx.output(k), {soft && k == 1 ? DType::kFloat32 : DType::kInt32}));
  WHYZERO_TRY(ctx.resize_output(outputs - 1, {}));
  if (ctx.input(kMost).constant) return give_shapes(ctx, soft);
  for (int k = 0; k + 1 < outputs; ++k) ctx.make_dynamic(k);
  return {};
}

Result<void> eval_suppression(Context& ctx, bool soft) {
  WHYZERO_TRY(give_shapes(ctx, soft));
  const int last = soft ? 2 : 1;
  if (ctx.output(last).dynamic) WHYZERO_TRY(ctx.resize_output(last, {}));
  const float overlap_threshold = *ctx.input(kOverlap).as<float>(), score_threshold = *ctx.input(kScore).as<float>();
  const float sigma = soft ? *ctx.input(kSigma).as<float>() : 0.0f;
  if (!(overlap_threshold >= 0.0f && overlap_threshold <= 1.0f) || !(sigma >= 0.0f))
    return ctx.error(ErrorCode::kMalformed, fmt::format("has overlap threshold {} and sigma {}, expected 0 to 1 and at least 0",
                                                        overlap_threshold, sigma));
  const float fading = sigma > 0.0f ? -0.5f / sigma : 0.0f;
  const auto count = static_cast<size_t>(ctx.input(kScores).elements());
  const float* boxes = ctx.input(kBoxes).as<float>();
  const float* scores = ctx.input(kScores).as<float>();

  WHYZERO_ASSIGN(auto memory, scratch<Candidate>(ctx, count));
  memory.clear();
  auto worse = [](const Candidate& a, const Candidate& b) { return a.score < b.score; };
  std::priority_queue<Candidate, std::vector<Candidate>, decltype(worse)> queue(worse, std::move(memory));
  for (size_t k = 0; k < count; ++k)
    if (scores[k] > score_threshold) queue.push({static_cast<int32_t>(k), scores[k], 0});

  int32_t* chosen = ctx.output(0).as<int32_t>();
  float* chosen_scores = soft ? ctx.output(1).as<float>() : nullptr;
  const size_t most = ctx.output(0).elements();
  size_t found = 0;
  while (found < most && !queue.empty()) {
    Candidate next = queue.top();
    queue.pop();
    const float before = next.score;
    bool covered = false;
    // The latest choices first: they are the likeliest to overlap.
    for (size_t k = found; k > next.compared && !covered; --k) {
      const float shared = overlap(boxes + 4 * next.index, boxes + 4 * chosen[k - 1]);
      covered = shared >= overlap_threshold;
      if (covered || !(sigma > 0.0f)) continue;
      next.score *= std::exp(fading * shared * shared);
      if (next.score <= score_threshold) break;
    }
    next.compared = found;
    if (covered) continue;
    if (next.score == before) {
      chosen[found] = next.index;
      if (soft) chosen_scores[found] = next.score;
      ++found;
    } else if (next.score > score_threshold) {
      queue.push(next);
    }
  }
  std::fill(chosen + found, chosen + most, 0);
  if (soft) std::fill(chosen_scores + found, chosen_scores + most, 0.0f);
  *ctx.output(last).as<int32_t>() = static_cast<int32_t>(found);
  return {};
}

}  // namespace whyzero::ops
