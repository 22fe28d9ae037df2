#include "trace/npz.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <complex>
#include <cstring>
#include <filesystem>
#include <random>

#include "base/file.h"
#include "trace/target.h"

namespace whyzero::trace {
namespace {

namespace fs = std::filesystem;

template <class T>
std::vector<T> values(const Array& array) {
  std::vector<T> out(array.data.size() / sizeof(T));
  std::memcpy(out.data(), array.data.data(), array.data.size());
  return out;
}

template <class T>
Array make(DType dtype, std::vector<int64_t> shape, const std::vector<T>& from) {
  Array array;
  array.dtype = dtype;
  array.shape = std::move(shape);
  array.data.resize(from.size() * sizeof(T));
  if (!from.empty()) std::memcpy(array.data.data(), from.data(), array.data.size());
  return array;
}

class NpzTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("whyzero_npz_test_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path folder_;
  const fs::path numpy_ = fs::path(WHYZERO_SOURCE_DIR) / "tests/data/numpy_arrays.npz";
};

std::vector<uint8_t> npy(const std::string& header, size_t data_bytes, int version = 1) {
  std::string text("\x93NUMPY", 6);
  text += {static_cast<char>(version), '\0', static_cast<char>(header.size() & 255), static_cast<char>(header.size() >> 8)};
  if (version > 1) text += {'\0', '\0'};
  text += header;
  std::vector<uint8_t> bytes(text.begin(), text.end());
  bytes.resize(bytes.size() + data_bytes, 1);
  return bytes;
}

TEST_F(NpzTest, ReadsWhatNumPyWrote) {
  auto read = read_npz(numpy_);
  ASSERT_TRUE(read) << read.error().text();
  const Arrays& a = *read;
  EXPECT_EQ(a.size(), 14u + 11u + 7u);
  for (const std::string order : {"le_", "be_"}) {
    EXPECT_EQ(values<int16_t>(a.at(order + "i2")), (std::vector<int16_t>{-2, -1, 0, 1, 2, 3}));
    EXPECT_EQ(values<uint16_t>(a.at(order + "u2")), (std::vector<uint16_t>{0, 1, 2, 3, 4, 5}));
    EXPECT_EQ(values<int32_t>(a.at(order + "i4")), (std::vector<int32_t>{-2, -1, 0, 1, 2, 3}));
    EXPECT_EQ(values<uint32_t>(a.at(order + "u4")), (std::vector<uint32_t>{0, 1, 2, 3, 4, 5}));
    EXPECT_EQ(values<int64_t>(a.at(order + "i8")), (std::vector<int64_t>{-2, -1, 0, 1, 2, 3}));
    EXPECT_EQ(values<uint64_t>(a.at(order + "u8")), (std::vector<uint64_t>{0, 1, 2, 3, 4, 5}));
    EXPECT_EQ(values<uint16_t>(a.at(order + "f2")), (std::vector<uint16_t>{0xC000, 0xBC00, 0, 0x3C00, 0x4000, 0x4200}));
    EXPECT_EQ(values<float>(a.at(order + "f4")), (std::vector<float>{-2, -1, 0, 1, 2, 3}));
    EXPECT_EQ(values<double>(a.at(order + "f8")), (std::vector<double>{-2, -1, 0, 1, 2, 3}));
    EXPECT_EQ(values<std::complex<float>>(a.at(order + "c8"))[4], std::complex<float>(4, 14));
    EXPECT_EQ(values<std::complex<double>>(a.at(order + "c16"))[5], std::complex<double>(5, 15));
    EXPECT_EQ(a.at(order + "c16").dtype, DType::kComplex128);
    EXPECT_EQ(a.at(order + "f4").shape, (std::vector<int64_t>{2, 3}));
  }
  EXPECT_EQ(values<uint8_t>(a.at("le_b1")), (std::vector<uint8_t>{0, 1, 0, 1, 0, 1}));
  EXPECT_EQ(a.at("le_b1").dtype, DType::kBool);
  EXPECT_EQ(values<int8_t>(a.at("le_i1")), (std::vector<int8_t>{-2, -1, 0, 1, 2, 3}));
  std::vector<int32_t> counting(24);
  for (int k = 0; k < 24; ++k) counting[static_cast<size_t>(k)] = k;
  EXPECT_EQ(values<int32_t>(a.at("fortran")), counting);
  EXPECT_EQ(values<int16_t>(a.at("fortran_be")), (std::vector<int16_t>{0, 1, 2, 3, 4, 5}));
  EXPECT_TRUE(a.at("scalar").shape.empty());
  EXPECT_EQ(values<float>(a.at("scalar")), std::vector<float>{1.5f});
  EXPECT_EQ(a.at("empty").shape, (std::vector<int64_t>{0, 4}));
  EXPECT_EQ(a.at("strings").strings, (std::vector<std::string>{"abc", "", "de", std::string("\xff\0z", 3)}));
  EXPECT_EQ(a.at("text").strings, std::vector<std::string>{"hello"});
}

// The header must be NumPy's own, byte for byte: then NumPy reads what follows.
TEST_F(NpzTest, HeadersAreThoseOfNumPy) {
  auto text = npy_header(make<float>(DType::kFloat32, {2, 3}, std::vector<float>(6)));
  ASSERT_TRUE(text);
  std::string expected = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
  expected.append(128 - 10 - 1 - expected.size(), ' ');
  EXPECT_EQ(*text, std::string("\x93NUMPY\x01\x00\x76\x00", 10) + expected + "\n");
  EXPECT_NE(npy_header(make<float>(DType::kFloat32, {5}, std::vector<float>(5)))->find("'shape': (5,), }"), std::string::npos);
  EXPECT_NE(npy_header(make<float>(DType::kFloat32, {}, std::vector<float>(1)))->find("'shape': (), }"), std::string::npos);
  EXPECT_NE(npy_header(make<uint8_t>(DType::kBool, {1}, {1}))->find("'|b1'"), std::string::npos);
  EXPECT_EQ(npy_header(make<uint8_t>(DType::kBFloat16, {1}, {1, 1})).error().code, ErrorCode::kUnsupported);
}

TEST_F(NpzTest, WritesAndReadsBackTheSame) {
  auto all = read_npz(numpy_);
  ASSERT_TRUE(all);
  for (bool compress : {false, true}) {
    const fs::path path = folder_ / "sub" / "copy.npz";
    auto written = write_npz(path, *all, compress);
    ASSERT_TRUE(written) << written.error().text();
    auto again = read_npz(path);
    ASSERT_TRUE(again) << again.error().text();
    ASSERT_EQ(again->size(), all->size());
    for (const auto& [name, array] : *all) {
      const Array& copy = again->at(name);
      EXPECT_EQ(copy.dtype, array.dtype) << name;
      EXPECT_EQ(copy.shape, array.shape) << name;
      EXPECT_EQ(copy.data, array.data) << name;
      EXPECT_EQ(copy.strings, array.strings) << name;
    }
    EXPECT_EQ(std::distance(fs::directory_iterator(path.parent_path()), fs::directory_iterator()), 1) << "a temporary stayed";
  }
  const fs::path single = folder_ / "one.npy";
  ASSERT_TRUE(write_npy(single, all->at("strings")));
  EXPECT_EQ(read_npy(single)->strings, all->at("strings").strings);
}

TEST_F(NpzTest, FilesWithoutArraysAreFiles) {
  const fs::path path = folder_ / "none.npz";
  ASSERT_TRUE(write_npz(path, {}));
  auto read = read_npz(path);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_TRUE(read->empty());
}

TEST_F(NpzTest, DevicesAreWrittenDirectly) {
  Arrays arrays;
  arrays["x"] = make<float>(DType::kFloat32, {2}, {1, 2});
  ASSERT_TRUE(write_npz("/dev/null", arrays));
  ASSERT_TRUE(write_npz("/dev/null", {}));
  ASSERT_TRUE(write_npy("/dev/null", arrays["x"]));
  EXPECT_TRUE(is_special("/dev/null"));
  auto nowhere = write_npz("/dev/null/x.npz", arrays);
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, ErrorCode::kIo);
}

TEST_F(NpzTest, ParserRefusesWhatNumPyWouldNotWrite) {
  const std::string tail = ", 'fortran_order': False, 'shape': (2,), }\n";
  EXPECT_TRUE(parse_npy(npy("{'descr': '<f4'" + tail, 8)));
  EXPECT_TRUE(parse_npy(npy("{'descr': '<f4'" + tail, 8, 2)));
  EXPECT_TRUE(parse_npy(npy("{'shape': (2L,), 'fortran_order': True, 'descr': '<f4'}", 8)));
  const struct {
    std::string header;
    size_t data;
    ErrorCode code;
  } refused[] = {
      {"{'descr': '<f4'" + tail, 7, ErrorCode::kMalformed},
      {"{'descr': '<f4'" + tail, 9, ErrorCode::kMalformed},
      {"{'descr': '|O'" + tail, 8, ErrorCode::kUnsupported},
      {"{'descr': '<U4'" + tail, 32, ErrorCode::kUnsupported},
      {"{'descr': '<f3'" + tail, 6, ErrorCode::kUnsupported},
      {"{'descr': [('a', '<f4')]" + tail, 8, ErrorCode::kUnsupported},
      {"{'descr': '<f4', 'descr': '<f4'" + tail, 8, ErrorCode::kMalformed},
      {"{'descr': '<f4', 'extra': '<f4'" + tail, 8, ErrorCode::kMalformed},
      {"{'descr': '<f4', 'fortran_order': False}", 8, ErrorCode::kMalformed},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}", 8, ErrorCode::kMalformed},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x", 8, ErrorCode::kMalformed},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)}", 8, ErrorCode::kMalformed},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000, 1000000000000)}", 8, ErrorCode::kMalformed},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000, 1000000000000, 0)}", 0, ErrorCode::kMalformed},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", 8, ErrorCode::kMalformed},
      {"{'descr': '|S0', 'fortran_order': False, 'shape': (1000000000000,)}", 0, ErrorCode::kOutOfMemory},
      {"", 0, ErrorCode::kMalformed},
  };
  for (const auto& one : refused) {
    auto parsed = parse_npy(npy(one.header, one.data));
    ASSERT_FALSE(parsed) << one.header;
    EXPECT_EQ(parsed.error().code, one.code) << one.header << ": " << parsed.error().text();
  }
  EXPECT_FALSE(parse_npy(npy("{'descr': '<f4'" + tail, 8, 4)));
  EXPECT_FALSE(parse_npy({}));
  auto lying = npy("{'descr': '<f4'" + tail, 8);
  lying[9] = 0xff;
  EXPECT_FALSE(parse_npy(lying));
}

TEST_F(NpzTest, LimitsHold) {
  NpzLimits limits;
  limits.array_bytes = 100;
  EXPECT_EQ(read_npz(numpy_, limits).error().code, ErrorCode::kOutOfMemory);
  limits = {};
  limits.total_bytes = 1000;
  EXPECT_EQ(read_npz(numpy_, limits).error().code, ErrorCode::kOutOfMemory);
  limits = {};
  limits.arrays = 3;
  EXPECT_EQ(read_npz(numpy_, limits).error().code, ErrorCode::kOutOfMemory);
  EXPECT_EQ(read_npz(folder_ / "absent.npz").error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(write_text(folder_ / "empty.npz", ""));
  EXPECT_EQ(read_npz(folder_ / "empty.npz").error().code, ErrorCode::kMalformed);
  ASSERT_TRUE(write_text(folder_ / "text.npz", "<html>not found</html>"));
  EXPECT_EQ(read_npz(folder_ / "text.npz").error().code, ErrorCode::kMalformed);
  EXPECT_FALSE(read_npz(folder_));
}

TEST_F(NpzTest, DamagedFilesAreErrorsAndNeverCrash) {
  auto bytes = read_file(numpy_);
  ASSERT_TRUE(bytes);
  const fs::path path = folder_ / "damaged.npz";
  for (size_t length = 1; length < bytes->size(); length += 37) {
    ASSERT_TRUE(write_file(path, std::span(*bytes).first(length)));
    EXPECT_FALSE(read_npz(path)) << "cut at " << length;
  }
  std::mt19937 random(7);
  int refused = 0;
  for (int turn = 0; turn < 300; ++turn) {
    std::vector<uint8_t> damaged = *bytes;
    for (int k = 0; k < 4; ++k) damaged[random() % damaged.size()] = static_cast<uint8_t>(random());
    ASSERT_TRUE(write_file(path, damaged));
    refused += !read_npz(path);
  }
  EXPECT_GT(refused, 200);
}

TEST_F(NpzTest, DamagedHeadersNeverCrash) {
  const auto sound = npy("{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3), }\n", 12);
  std::mt19937 random(11);
  for (int turn = 0; turn < 20000; ++turn) {
    std::vector<uint8_t> damaged = sound;
    for (int k = 0; k < 3; ++k) damaged[random() % (sound.size() - 12)] = static_cast<uint8_t>(random());
    const auto parsed = parse_npy(damaged);
    if (!parsed) continue;
    EXPECT_EQ(parsed->data.size(), parsed->elements() * dtype_size(parsed->dtype));
  }
}

}  // namespace
}  // namespace whyzero::trace
