#include "app/recover/conventions.h"

namespace whyzero::recover {
namespace {

using nlohmann::json;

json affine(json scale, json offset) { return {{"normalize", {{"scale", std::move(scale)}, {"offset", std::move(offset)}}}}; }
json by_mean(json mean, json deviation) { return {{"normalize", {{"mean", std::move(mean)}, {"std", std::move(deviation)}}}}; }

}  // namespace

std::vector<json> first_halves() {
  return {json::array(), json::array({affine(1 / 255.0, 0)}), json::array({by_mean(0, 255)})};
}

std::vector<json> usual_numbers(int channels) {
  std::vector<json> list = {json::array()};
  const auto one = [&](json step) { list.push_back(json::array({std::move(step)})); };
  const auto two = [&](json first, json second) { list.push_back(json::array({std::move(first), std::move(second)})); };
  one(affine(1 / 127.5, -1));
  one(affine(1 / 255.0, 0));
  one(by_mean(127.5, 127.5));
  one(by_mean(0, 255));
  one(affine(1, -128));
  one(affine(1, 128));
  one(by_mean(128, 128));
  one(affine(1 / 128.0, -1));
  one(affine(1 / 256.0, 0));
  one(affine(2 / 255.0, -1));
  one(affine(1 / 255.0, -0.5));
  one(by_mean(127.5, 255));
  one(by_mean(127.5, 128));
  one(affine(-1 / 255.0, 1));
  one(affine(-1 / 127.5, 1));
  one(affine(-1, 255));
  two(affine(1 / 255.0, 0), affine(2, -1));
  two(affine(1 / 255.0, 0), by_mean(0.5, 0.5));
  two(by_mean(0, 255), affine(2, -1));
  two(by_mean(0, 255), by_mean(0.5, 0.5));
  two(by_mean(0, 127.5), affine(1, -1));
  two(affine(1 / 127.5, -1), affine(1 / 127.5, -1));
  two(affine(1 / 255.0, 0), affine(1 / 255.0, 0));
  two(affine(1 / 255.0, 0), affine(1 / 127.5, -1));
  two(affine(1 / 127.5, 0), affine(1, -1));
  if (channels == 3)
    for (const bool reversed : {false, true}) {
      const auto ordered = [&](double r, double g, double b) { return reversed ? json{b, g, r} : json{r, g, b}; };
      const json mean = ordered(0.485, 0.456, 0.406), deviation = ordered(0.229, 0.224, 0.225);
      one(by_mean(ordered(123.675, 116.28, 103.53), ordered(58.395, 57.12, 57.375)));
      two(affine(1 / 255.0, 0), by_mean(mean, deviation));
      two(by_mean(0, 255), by_mean(mean, deviation));
      for (const json& caffe : {ordered(123.68, 116.779, 103.939), ordered(123, 117, 104), ordered(123.675, 116.28, 103.53)}) {
        one(by_mean(caffe, 1));
        one(affine(1, json{-caffe[0].get<double>(), -caffe[1].get<double>(), -caffe[2].get<double>()}));
      }
    }
  if (channels == 1) {
    one(by_mean(33.3285, 78.5655));
    two(affine(1 / 255.0, 0), by_mean(0.1307, 0.3081));
    two(by_mean(0, 255), by_mean(0.1307, 0.3081));
  }
  return list;
}

std::vector<json> stores_of(DType dtype, const app::TensorInfo& tensor) {
  const json cast = json::array({{{"cast", dtype_name(dtype)}}});
  if (dtype == DType::kFloat32) return {json::array(), cast};
  if (dtype == DType::kUInt8) {
    if (dtype == tensor.dtype && tensor.scale > 0) return {json::array(), cast, json::array({{{"quantize", "affine"}}}), json::array({{{"quantize", "truncate"}}})};
    return {json::array(), cast};
  }
  if (dtype_is_integer(dtype) && dtype == tensor.dtype && tensor.scale > 0)
    return {cast, json::array({{{"quantize", "affine"}}}), json::array({{{"quantize", "truncate"}}})};
  return {cast};
}

}  // namespace whyzero::recover
