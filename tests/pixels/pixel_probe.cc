// Decodes and resizes as a list of jobs says, for the scripts that compare with the real libraries and that measure.
//
//   pixel_probe JOBS    one JSON object a line; prints one line a job: "ok SECONDS" (the shortest of its "repeat" runs) or "error TEXT"
//   {"decode": "pillow", "in": "x.jpg", "out": "x.npy"}
//   {"frame": "nv21", "width": w, "height": h, "row_bytes": n, "in": "x.raw", "out": "x.npy"}
//   {"resize": ["bilinear", "opencv"], "to": [w, h], "box": [l, t, r, b], "in": "a.npy", "out": "b.npy", "repeat": 9}
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "image/decode.h"
#include "image/frame.h"
#include "image/resize.h"
#include "trace/npz.h"

namespace {

using namespace whyzero;
using nlohmann::json;

template <class T>
trace::Array array_of(const image::Pixels<T>& picture) {
  trace::Array array;
  array.dtype = std::is_same_v<T, float> ? DType::kFloat32 : DType::kUInt8;
  array.shape = {picture.height, picture.width, picture.channels};
  array.data.resize(picture.data.size() * sizeof(T));
  std::memcpy(array.data.data(), picture.data.data(), array.data.size());
  return array;
}

template <class T>
image::Pixels<T> picture_of(const trace::Array& array) {
  const auto side = [&](size_t axis) { return static_cast<int>(array.shape.at(axis)); };
  image::Pixels<T> picture(side(1), side(0), side(2));
  std::memcpy(picture.data.data(), array.data.data(), array.data.size());
  return picture;
}

/// The result of the last run, and the time of the fastest.
template <class Work>
auto timed(const json& job, double& seconds, Work work) {
  const int repeat = job.value("repeat", 1);
  seconds = 1e30;
  for (int i = 1;; i++) {
    const auto start = std::chrono::steady_clock::now();
    auto result = work();
    seconds = std::min(seconds, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    if (i >= repeat || !result) return result;
  }
}

Result<double> decode(const json& job) {
  const std::string like = job["decode"];
  const image::DecodeOptions options{.like = like == "opencv"       ? image::DecodeLike::kOpenCV
                                             : like == "tensorflow" ? image::DecodeLike::kTensorFlow
                                                                    : image::DecodeLike::kPillow};
  WHYZERO_ASSIGN(const auto bytes, read_file(job["in"].get<std::string>()));
  double seconds = 0;
  WHYZERO_ASSIGN(const image::Decoded decoded, timed(job, seconds, [&] { return image::decode(bytes, options); }));
  WHYZERO_TRY(trace::write_npy(job["out"].get<std::string>(), array_of(decoded.pixels)));
  return seconds;
}

Result<double> frame(const json& job) {
  const auto format = image::frame_format_from_name(job["frame"].get<std::string>());
  if (!format) return fail(ErrorCode::kInvalidArgument, "unknown format");
  WHYZERO_ASSIGN(const auto bytes, read_file(job["in"].get<std::string>()));
  const image::FrameLayout layout{*format, job["width"], job["height"], job.value("row_bytes", int64_t{0})};
  double seconds = 0;
  WHYZERO_ASSIGN(const image::Image8 picture, timed(job, seconds, [&] { return image::decode_frame(bytes, layout); }));
  WHYZERO_TRY(trace::write_npy(job["out"].get<std::string>(), array_of(picture)));
  return seconds;
}

template <class T>
Result<double> resize_as(const json& job, const trace::Array& array) {
  const auto method = image::method_from_name(job["resize"][0].get<std::string>());
  const auto library = image::library_from_name(job["resize"][1].get<std::string>());
  if (!method || !library) return fail(ErrorCode::kInvalidArgument, "unknown method or library");
  std::optional<image::Box> box;
  if (job.contains("box")) box = image::Box{job["box"][0], job["box"][1], job["box"][2], job["box"][3]};
  const auto source = picture_of<T>(array);
  double seconds = 0;
  WHYZERO_ASSIGN(const auto out, timed(job, seconds, [&] {
                   return image::resize(source, job["to"][0], job["to"][1], *method, *library, box);
                 }));
  WHYZERO_TRY(trace::write_npy(job["out"].get<std::string>(), array_of(out)));
  return seconds;
}

Result<double> run(const json& job) {
  if (job.contains("decode")) return decode(job);
  if (job.contains("frame")) return frame(job);
  WHYZERO_ASSIGN(const trace::Array array, trace::read_npy(job["in"].get<std::string>()));
  return array.dtype == DType::kFloat32 ? resize_as<float>(job, array) : resize_as<uint8_t>(job, array);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  std::ifstream jobs(arguments[1]);
  for (std::string line; std::getline(jobs, line);) {
    const auto seconds = run(json::parse(line));
    fmt::print("{}\n", seconds ? fmt::format("ok {:.9f}", *seconds) : "error " + seconds.error().text());
  }
  return 0;
}
