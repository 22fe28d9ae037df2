// Decoding against what Pillow, OpenCV and TensorFlow gave, and what happens to files that are cut off or damaged.
#include "image/decode.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "image/exif.h"

namespace whyzero::image {
namespace {

std::filesystem::path data_folder() { return std::filesystem::path(WHYZERO_SOURCE_DIR) / "tests/data/decode"; }

std::vector<uint8_t> read_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

nlohmann::json read_json(const std::filesystem::path& path) {
  std::ifstream file(path);
  return nlohmann::json::parse(file, nullptr, false);
}

void check_like(DecodeLike like, const std::string& library) {
  const nlohmann::json index = read_json(data_folder() / "index.json");
  ASSERT_GE(index.size(), 40u);
  for (const auto& [name, entry] : index.items()) {
    SCOPED_TRACE(name);
    const nlohmann::json& want = entry[library];
    const auto got = decode(read_bytes(data_folder() / name), {.like = like});
    ASSERT_EQ(bool(got), !want.is_null()) << (got ? "decoded" : got.error().text());
    if (!got) continue;
    EXPECT_EQ(got->pixels.width, want[0].get<int>());
    EXPECT_EQ(got->pixels.height, want[1].get<int>());
    EXPECT_EQ(crc32(0, got->pixels.data.data(), static_cast<unsigned>(got->pixels.data.size())), want[2].get<uint32_t>());
  }
}

TEST(Decode, EqualsPillow) { check_like(DecodeLike::kPillow, "pillow"); }
TEST(Decode, EqualsOpenCv) { check_like(DecodeLike::kOpenCV, "opencv"); }
TEST(Decode, EqualsTensorFlow) { check_like(DecodeLike::kTensorFlow, "tensorflow"); }

TEST(Decode, OrientationIsReportedUnlessApplied) {
  for (const char* name : {"exif6.jpg", "exif6.png"}) {
    const std::vector<uint8_t> bytes = read_bytes(data_folder() / name);
    const auto pillow = decode(bytes);
    ASSERT_TRUE(pillow);
    EXPECT_EQ(pillow->exif_orientation, 6);
    const auto opencv = decode(bytes, {.like = DecodeLike::kOpenCV});
    ASSERT_TRUE(opencv);
    EXPECT_EQ(opencv->exif_orientation, 1);
    EXPECT_EQ(opencv->pixels.width, pillow->pixels.height);
  }
  EXPECT_EQ(decode(read_bytes(data_folder() / "gray.jpg"))->exif_orientation, 1);
}

TEST(Decode, OrientationOfEitherByteOrderAndOfNonsense) {
  const std::vector<uint8_t> big = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 7, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(exif_orientation(big), 7);
  std::vector<uint8_t> beyond = big;
  beyond[4] = 0xFF;  // the directory far outside
  EXPECT_EQ(exif_orientation(beyond), 1);
  std::vector<uint8_t> nine = big;
  nine[19] = 9;
  EXPECT_EQ(exif_orientation(nine), 1);
  for (size_t size = 0; size < big.size() - 4; size++) {
    const int value = exif_orientation(std::span(big).first(size));
    EXPECT_EQ(value, size >= 22 ? 7 : 1) << size;
  }
}

TEST(Decode, MessagesNameTheTrouble) {
  const auto message = [](std::vector<uint8_t> bytes) {
    const auto got = decode(bytes);
    return got ? std::string("decoded") : got.error().message;
  };
  EXPECT_NE(message({}).find("empty"), std::string::npos);
  EXPECT_NE(message({'R', 'I', 'F', 'F', 1, 2, 3, 4, 'W', 'E', 'B', 'P'}).find("WebP"), std::string::npos);
  EXPECT_NE(message({'h', 'e', 'l', 'l', 'o'}).find("68 65 6c 6c 6f"), std::string::npos);
  std::vector<uint8_t> bmp = read_bytes(data_folder() / "bits24.bmp");
  bmp.resize(bmp.size() - 100);
  EXPECT_EQ(message(bmp), "the BMP ends after 6 of 9 rows; copy the file again");
  std::vector<uint8_t> jpeg = read_bytes(data_folder() / "sampling0.jpg");
  jpeg.resize(jpeg.size() - 40);
  EXPECT_TRUE(message(jpeg).starts_with("the JPEG ends after ")) << message(jpeg);
  EXPECT_NE(message(jpeg).find(" of 29 rows"), std::string::npos) << message(jpeg);
  std::vector<uint8_t> progressive = read_bytes(data_folder() / "progressive.jpg");
  progressive.resize(progressive.size() - 40);
  EXPECT_NE(message(progressive).find("within scan"), std::string::npos) << message(progressive);
}

TEST(Decode, OpenCvReadsWhatIsLeftOfAJpeg) {
  const std::vector<uint8_t> whole = read_bytes(data_folder() / "sampling0.jpg");
  std::vector<uint8_t> cut = whole;
  cut.resize(cut.size() - 40);
  const auto all = decode(whole, {.like = DecodeLike::kOpenCV}), rest = decode(cut, {.like = DecodeLike::kOpenCV});
  ASSERT_TRUE(rest) << rest.error().text();
  const size_t first_rows = size_t(all->pixels.width) * 3 * 8;
  EXPECT_TRUE(std::equal(rest->pixels.data.begin(), rest->pixels.data.begin() + first_rows, all->pixels.data.begin()));
  EXPECT_NE(rest->pixels.data, all->pixels.data);
  EXPECT_FALSE(decode(cut, {.like = DecodeLike::kTensorFlow}));
}

void put_u32(std::vector<uint8_t>& bytes, size_t at, uint32_t value, bool big_endian) {
  for (size_t i = 0; i < 4; i++) bytes[at + i] = static_cast<uint8_t>(value >> 8 * (big_endian ? 3 - i : i));
}

TEST(Decode, RefusesHugeHeadersBeforeAllocating) {
  std::vector<uint8_t> png = read_bytes(data_folder() / "rgb.png");
  put_u32(png, 16, 60000, true);
  put_u32(png, 20, 60000, true);
  put_u32(png, 29, static_cast<uint32_t>(crc32(0, png.data() + 12, 17)), true);
  std::vector<uint8_t> bmp = read_bytes(data_folder() / "bits24.bmp");
  put_u32(bmp, 18, 60000, false);
  put_u32(bmp, 22, 60000, false);
  std::vector<uint8_t> jpeg = read_bytes(data_folder() / "sampling0.jpg");
  for (size_t i = 0; i + 9 < jpeg.size(); i++) {
    if (jpeg[i] == 0xFF && jpeg[i + 1] == 0xC0) put_u32(jpeg, i + 5, 60000u << 16 | 60000, true);
  }
  for (const auto& bytes : {png, bmp, jpeg}) {
    const auto got = decode(bytes);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::kOutOfMemory) << got.error().text();
    EXPECT_NE(got.error().message.find("60000x60000"), std::string::npos) << got.error().message;
  }
  const auto small = decode(read_bytes(data_folder() / "rgb.png"), {.max_pixels = 1000});
  ASSERT_FALSE(small);
  EXPECT_EQ(small.error().code, ErrorCode::kOutOfMemory);
  // Within the limit, but more than the file can hold.
  put_u32(png, 16, 16000, true);
  put_u32(png, 20, 16000, true);
  put_u32(png, 29, static_cast<uint32_t>(crc32(0, png.data() + 12, 17)), true);
  EXPECT_NE(decode(png).error().message.find("can hold"), std::string::npos);
}

const std::set<std::string>& damaged_files() {
  static const std::set<std::string> names = {"sampling2.jpg", "progressive.jpg", "exif6.jpg", "cmyk.jpg",       "palette.png",
                                              "exif6.png",     "rgba16.png",      "few_colors.bmp", "masks565.bmp", "bits1.bmp",
                                              "interlaced.gif", "plain_offset.gif", "run_length8_31.bmp", "run_length4_90.bmp"};
  return names;
}

TEST(Decode, RowsBeyondTheEndOfABmpAreNotRead) {
  std::vector<uint8_t> bytes = read_bytes(data_folder() / "bits8.bmp");
  put_u32(bytes, 22, 1, false);                                            // one row …
  put_u32(bytes, 10, static_cast<uint32_t>(bytes.size()) + 1000, false);   // … that starts behind the file
  const auto got = decode(bytes);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().message, "the BMP ends after 0 of 1 rows; copy the file again");
}

TEST(Decode, EveryTruncationIsAnErrorOrThePicture) {
  for (const std::string& name : damaged_files()) {
    SCOPED_TRACE(name);
    const std::vector<uint8_t> whole = read_bytes(data_folder() / name);
    const auto want = decode(whole);
    ASSERT_TRUE(want) << want.error().text();
    size_t refused = 0;
    for (size_t size = 0; size < whole.size(); size++) {
      const std::vector<uint8_t> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      const auto got = decode(part);
      if (!got) {
        refused++;
        EXPECT_FALSE(got.error().message.empty());
      } else {
        EXPECT_TRUE(got->pixels.data == want->pixels.data) << size;
      }
    }
    EXPECT_GE(refused + 21, whole.size());  // a PNG's end chunk and check sums may be missing, a BMP's last padding
  }
}

TEST(Decode, DamagedBytesNeverCrash) {
  std::mt19937 random(20240917);
  for (const std::string& name : damaged_files()) {
    SCOPED_TRACE(name);
    const std::vector<uint8_t> whole = read_bytes(data_folder() / name);
    for (int round = 0; round < 1000; round++) {
      std::vector<uint8_t> bytes = whole;
      const int flips = 1 + static_cast<int>(random() % 4);
      for (int k = 0; k < flips; k++) {
        const size_t at = random() % (k % 2 ? std::min<size_t>(bytes.size(), 64) : bytes.size());
        bytes[at] = static_cast<uint8_t>(random());
      }
      const auto got = decode(bytes, {.like = static_cast<DecodeLike>(round % 3), .max_pixels = 1 << 20});
      if (got) {
        EXPECT_EQ(got->pixels.data.size(), size_t(got->pixels.width) * size_t(got->pixels.height) * 3);
      } else {
        EXPECT_FALSE(got.error().message.empty());
      }
    }
  }
}

std::string sha256(const std::vector<uint8_t>& bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr);
  std::string text;
  for (unsigned i = 0; i < size; i++) {
    text += "0123456789abcdef"[digest[i] >> 4];
    text += "0123456789abcdef"[digest[i] & 15];
  }
  return text;
}

TEST(DecodeShared, PhotosEqualTheLibraries) {
  const std::filesystem::path folder = std::filesystem::path(WHYZERO_SHARED_DATA) / "preprocess";
  if (!std::filesystem::exists(folder / "index.json")) GTEST_SKIP() << "needs ../shared/preprocess";
  const nlohmann::json index = read_json(folder / "index.json");
  ASSERT_EQ(index["photos"].size(), 8u);
  for (const auto& photo : index["photos"]) {
    SCOPED_TRACE(photo["name"].get<std::string>());
    const std::vector<uint8_t> jpeg = read_bytes(folder / photo["jpeg"].get<std::string>());
    const auto hash_of = [&](DecodeLike like) {
      const auto got = decode(jpeg, {.like = like});
      return got ? sha256(got->pixels.data) : got.error().text();
    };
    const nlohmann::json& decoders = photo["decoders"];
    EXPECT_EQ(hash_of(DecodeLike::kPillow), decoders["pillow"]["sha256_of_rgb_bytes"]);
    EXPECT_EQ(hash_of(DecodeLike::kTensorFlow), decoders["tf_default"]["sha256_of_rgb_bytes"]);
    EXPECT_EQ(hash_of(DecodeLike::kOpenCV), decoders["opencv_ignore_orientation"]["sha256_of_rgb_bytes"]);
    const auto from_png = decode(read_bytes(folder / photo["png"].get<std::string>()));
    ASSERT_TRUE(from_png) << from_png.error().text();
    EXPECT_EQ(sha256(from_png->pixels.data), decoders["pillow"]["sha256_of_rgb_bytes"]);
  }
}

}  // namespace
}  // namespace whyzero::image
