// The exif step against what Pillow makes of a 6 x 4 picture whose pixels are numbered.
#include "app/test_support.h"

namespace whyzero::app {
namespace {

TEST(ExifStep, TurnsAsPillowDoes) {
  const std::vector<std::vector<uint8_t>> first_rows = {{0, 3, 6, 9, 12, 15},     {15, 12, 9, 6, 3, 0}, {69, 66, 63, 60, 57, 54},
                                                        {54, 57, 60, 63, 66, 69}, {0, 18, 36, 54},      {54, 36, 18, 0},
                                                        {69, 51, 33, 15},         {15, 33, 51, 69}};
  for (int tag = 1; tag <= 8; ++tag) {
    Value picture = counting_picture(4, 6);
    picture.exif = tag;
    const auto value = run_text(picture, R"([{"exif": "apply"}])");
    ASSERT_TRUE(value);
    EXPECT_EQ(value->exif, 1);
    EXPECT_EQ(value->shape, tag < 5 ? (std::vector<int32_t>{4, 6, 3}) : (std::vector<int32_t>{6, 4, 3}));
    std::vector<uint8_t> row;
    for (int32_t x = 0; x < value->shape[1]; ++x) row.push_back(value->bytes[static_cast<size_t>(3 * x)]);
    EXPECT_EQ(row, first_rows[static_cast<size_t>(tag - 1)]) << "tag " << tag;
  }
}

TEST(ExifStep, KnowsOneWord) { EXPECT_TRUE(refused("exif", R"("ignore")")); }

}  // namespace
}  // namespace whyzero::app
