// TFLite_Detection_PostProcess: boxes of a single-shot detector from encodings relative to anchors, thinned out where they
// overlap (non-maximum suppression), best ones first.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "numerics/fixed_point.h"
#include "ops/common/custom_options.h"
#include "ops/common/scratch.h"
#include "ops/operator.h"

namespace whyzero::ops {
namespace {

struct Box {
  float top = 0, left = 0, bottom = 0, right = 0;
};

struct State {
  int32_t detections = 0, classes_each = 0, per_class = 100, classes = 0;
  bool each_class = false;  // "regular": suppression within every class; otherwise over the best class of each box
  float score_threshold = 0, overlap_threshold = 0;
  float y = 1, x = 1, h = 1, w = 1;
  size_t boxes = 0, stride = 0, background = 0;  // classes with background in the scores, and how many of them it is
};

Result<void> read_options(const Context& ctx, State& s) {
  WHYZERO_ASSIGN(const auto map, options_map(ctx));
  s.detections = map["max_detections"].AsInt32();
  s.classes_each = map["max_classes_per_detection"].AsInt32();
  if (!map["detections_per_class"].IsNull()) s.per_class = map["detections_per_class"].AsInt32();
  if (!map["use_regular_nms"].IsNull()) s.each_class = map["use_regular_nms"].AsBool();
  s.classes = map["num_classes"].AsInt32();
  s.score_threshold = map["nms_score_threshold"].AsFloat();
  s.overlap_threshold = map["nms_iou_threshold"].AsFloat();
  s.y = map["y_scale"].AsFloat();
  s.x = map["x_scale"].AsFloat();
  s.h = map["h_scale"].AsFloat();
  s.w = map["w_scale"].AsFloat();
  constexpr int32_t kMost = 1 << 16;
  const bool sane = s.detections > 0 && s.detections <= kMost && s.classes_each > 0 && s.classes_each <= kMost &&
                    s.per_class >= 0 && s.classes > 0;
  if (!sane)
    return ctx.error(
        ErrorCode::kMalformed,
        fmt::format("max_detections {}, max_classes_per_detection {} and num_classes {} must be positive and below 65537",
                    s.detections, s.classes_each, s.classes));
  if (!(s.y > 0 && s.x > 0 && s.h > 0 && s.w > 0))
    return ctx.error(ErrorCode::kMalformed, "x_scale, y_scale, h_scale and w_scale must be positive");
  if (!(s.overlap_threshold > 0 && s.overlap_threshold <= 1))
    return ctx.error(ErrorCode::kMalformed,
                     fmt::format("nms_iou_threshold is {}, expected above 0 up to 1", s.overlap_threshold));
  return {};
}

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(3, 3, 4, 4));
  for (int k = 0; k < 3; ++k) {
    WHYZERO_TRY(ctx.expect_input(k));
    WHYZERO_TRY(ctx.expect_dtype(ctx.input(k), {DType::kFloat32, DType::kUInt8, DType::kInt8}));
    WHYZERO_TRY(ctx.expect_rank(ctx.input(k), k == 2 ? 2 : 3, k == 2 ? 2 : 3));
    if (ctx.input(k).dtype != DType::kFloat32) WHYZERO_TRY(ctx.expect_quantized(ctx.input(k)));
    WHYZERO_TRY(ctx.expect_dtype(ctx.output(k), {DType::kFloat32}));
  }
  WHYZERO_TRY(ctx.expect_dtype(ctx.output(3), {DType::kFloat32}));
  auto& s = ctx.make_state<State>();
  WHYZERO_TRY(read_options(ctx, s));
  const Tensor& encodings = ctx.input(0);
  const Tensor& scores = ctx.input(1);
  const Tensor& anchors = ctx.input(2);
  const int32_t extra = scores.dim(2) - s.classes;
  if (encodings.dim(0) != 1 || scores.dim(0) != 1 || encodings.dim(2) < 4 || anchors.dim(1) != 4 ||
      anchors.dim(0) != encodings.dim(1) || scores.dim(1) != encodings.dim(1) || extra < 0 || extra > 1)
    return ctx.error(ErrorCode::kMalformed,
                     fmt::format("boxes {} need [1,n,4], scores {} [1,n,{}] or one class more, anchors {} [n,4] with the same n",
                                 encodings.label(), scores.label(), s.classes, anchors.label()));
  s.boxes = static_cast<size_t>(encodings.dim(1));
  s.stride = static_cast<size_t>(scores.dim(2));
  s.background = static_cast<size_t>(extra);
  const int64_t found = int64_t{s.detections} * s.classes_each;
  if (found > 1 << 24) return ctx.error(ErrorCode::kMalformed, fmt::format("{} detections are too many", found));
  const auto count = static_cast<int32_t>(found);
  WHYZERO_TRY(ctx.resize_output(0, {1, count, 4}));
  WHYZERO_TRY(ctx.resize_output(1, {1, count}));
  WHYZERO_TRY(ctx.resize_output(2, {1, count}));
  return ctx.resize_output(3, {1});
}

float value(const Tensor& t, size_t k) {
  if (t.dtype == DType::kFloat32) return t.as<float>()[k];
  const int32_t q = t.dtype == DType::kUInt8 ? int32_t{t.as<uint8_t>()[k]} : int32_t{t.as<int8_t>()[k]};
  return t.scale() * static_cast<float>(q - t.zero_point());
}

std::vector<Box> decode(const Context& ctx, const State& s) {
  const Tensor& encodings = ctx.input(0);
  const Tensor& anchors = ctx.input(2);
  const auto width = static_cast<size_t>(encodings.dim(2));
  std::vector<Box> boxes(s.boxes);
  for (size_t k = 0; k < s.boxes; ++k) {
    const float anchor_h = value(anchors, 4 * k + 2), anchor_w = value(anchors, 4 * k + 3);
    const float y = value(encodings, width * k) / s.y * anchor_h + value(anchors, 4 * k);
    const float x = value(encodings, width * k + 1) / s.x * anchor_w + value(anchors, 4 * k + 1);
    const float half_h = 0.5f * std::exp(value(encodings, width * k + 2) / s.h) * anchor_h;
    const float half_w = 0.5f * std::exp(value(encodings, width * k + 3) / s.w) * anchor_w;
    boxes[k] = {y - half_h, x - half_w, y + half_h, x + half_w};
  }
  return boxes;
}

float overlap(const Box& a, const Box& b) {
  const float area_a = (a.bottom - a.top) * (a.right - a.left), area_b = (b.bottom - b.top) * (b.right - b.left);
  if (!(area_a > 0) || !(area_b > 0)) return 0.0f;
  const float height = std::max(std::min(a.bottom, b.bottom) - std::max(a.top, b.top), 0.0f);
  const float width = std::max(std::min(a.right, b.right) - std::max(a.left, b.left), 0.0f);
  return height * width / (area_a + area_b - height * width);
}

/// Indices by falling score; NaN counts as lowest, so that the order is a strict one.
void sort_by_score(std::vector<size_t>& indices, const std::vector<float>& scores) {
  auto key = [&](size_t k) { return std::isnan(scores[k]) ? -INFINITY : scores[k]; };
  std::stable_sort(indices.begin(), indices.end(), [&](size_t a, size_t b) { return key(a) > key(b); });
}

/// At most `most` boxes, best first, none of which overlaps a better one by more than the threshold.
std::vector<size_t> suppress(const std::vector<Box>& boxes, const std::vector<float>& scores, const State& s, size_t most) {
  std::vector<size_t> order, chosen;
  for (size_t k = 0; k < boxes.size(); ++k)
    if (scores[k] >= s.score_threshold) order.push_back(k);
  sort_by_score(order, scores);
  for (size_t k : order) {
    if (chosen.size() >= most) break;
    const bool covered = std::any_of(chosen.begin(), chosen.end(),
                                     [&](size_t better) { return overlap(boxes[better], boxes[k]) > s.overlap_threshold; });
    if (!covered) chosen.push_back(k);
  }
  return chosen;
}

struct Detection {
  size_t box = 0, label = 0;
  float score = 0.0f;
};

std::vector<Detection> best_class_first(const std::vector<Box>& boxes, const State& s, const std::vector<float>& scores) {
  const auto classes = static_cast<size_t>(s.classes), each = std::min(static_cast<size_t>(s.classes_each), classes);
  std::vector<float> best(boxes.size());
  for (size_t k = 0; k < boxes.size(); ++k) {
    const float* row = scores.data() + k * s.stride + s.background;
    best[k] = *std::max_element(row, row + classes);
  }
  std::vector<Detection> found;
  std::vector<size_t> order(classes);
  for (size_t box : suppress(boxes, best, s, static_cast<size_t>(s.detections))) {
    const auto first = scores.begin() + static_cast<std::ptrdiff_t>(box * s.stride + s.background);
    const std::vector<float> row(first, first + static_cast<std::ptrdiff_t>(classes));
    std::iota(order.begin(), order.end(), size_t{0});
    sort_by_score(order, row);
    for (size_t k = 0; k < each; ++k) found.push_back({box, order[k], row[order[k]]});
  }
  return found;
}

std::vector<Detection> class_by_class(const std::vector<Box>& boxes, const State& s, const std::vector<float>& scores) {
  std::vector<Detection> found;
  std::vector<float> column(boxes.size());
  for (size_t label = 0; label < static_cast<size_t>(s.classes); ++label) {
    for (size_t k = 0; k < boxes.size(); ++k) column[k] = scores[k * s.stride + s.background + label];
    for (size_t box : suppress(boxes, column, s, static_cast<size_t>(s.per_class))) found.push_back({box, label, column[box]});
    std::stable_sort(found.begin(), found.end(), [](const Detection& a, const Detection& b) { return a.score > b.score; });
    if (found.size() > static_cast<size_t>(s.detections)) found.resize(static_cast<size_t>(s.detections));
  }
  return found;
}

Result<void> eval(Context& ctx) {
  const auto& s = ctx.state<State>();
  const std::vector<Box> boxes = decode(ctx, s);
  WHYZERO_ASSIGN(std::vector<float> scores, scratch<float>(ctx, s.boxes * s.stride));
  for (size_t k = 0; k < scores.size(); ++k) scores[k] = value(ctx.input(1), k);
  const std::vector<Detection> found = s.each_class ? class_by_class(boxes, s, scores) : best_class_first(boxes, s, scores);
  for (int k = 0; k < 4; ++k) std::fill_n(ctx.output(k).as<float>(), ctx.output(k).elements(), 0.0f);
  for (size_t k = 0; k < found.size(); ++k) {
    const Box& box = boxes[found[k].box];
    const float corners[] = {box.top, box.left, box.bottom, box.right};
    std::copy_n(corners, 4, ctx.output(0).as<float>() + 4 * k);
    ctx.output(1).as<float>()[k] = static_cast<float>(found[k].label);
    ctx.output(2).as<float>()[k] = found[k].score;
  }
  const size_t each = s.each_class ? 1 : std::min(static_cast<size_t>(s.classes_each), static_cast<size_t>(s.classes));
  *ctx.output(3).as<float>() = static_cast<float>(found.size() / each);
  return {};
}

}  // namespace

extern constinit const Operator unit_tflite_detection_postprocess{
    .name = "TFLite_Detection_PostProcess", .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
