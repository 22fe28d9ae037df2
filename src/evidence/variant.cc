#include "evidence/variant.h"

#include <algorithm>
#include <cmath>

namespace whyzero::evidence {

Comparison compare(const Variant& a, const Variant& b) {
  Comparison c;
  double sum = 0, squares = 0, loss_a = 0, loss_b = 0, nearer = 0;
  for (size_t k = 0; k < a.score.size(); ++k) {
    const double d = double(a.score[k]) - b.score[k];
    if (std::isnan(d)) continue;
    ++c.samples;
    sum += d;
    squares += d * d;
    const double s = double(a.standing[k]) - b.standing[k];
    c.standing += s;
    c.standing_squares += s * s;
    c.gained += a.right[k] == 1 && b.right[k] == 0;
    c.lost += a.right[k] == 0 && b.right[k] == 1;
    loss_a += a.score[k] * a.score[k];
    loss_b += b.score[k] * b.score[k];
    if (!std::isnan(a.shown[k]) && !std::isnan(b.shown[k])) nearer += double(a.shown[k]) - b.shown[k];
  }
  if (c.samples == 0) return c;
  c.mean = sum / c.samples;
  c.standing_t = c.standing_squares > 0 ? c.standing / std::sqrt(c.standing_squares) : 0;
  c.standing /= c.samples;
  c.t = squares > 0 ? sum / std::sqrt(squares) : 0;
  const bool probabilities = a.app.output.reports == "probability";
  const bool numbers = std::all_of(a.right.begin(), a.right.end(), [](int8_t right) { return right < 0; });
  c.gain = numbers ? (loss_b > 0 ? 1 - loss_a / loss_b : 0) : probabilities ? nearer / c.samples : double(c.gained - c.lost) / c.samples;
  return c;
}

}  // namespace whyzero::evidence
