// Scattered copies and filling.
#include "ops/common/spread.h"

#include <algorithm>
#include <cstring>

namespace whyzero::ops {

void spread_strided(const uint8_t* in, const Shape& shape, size_t bytes, uint8_t* out, int64_t offset,
                    std::span<const int64_t> strides) {
  const size_t count = element_count(shape);
  std::vector<int32_t> counter(shape.size(), 0);
  for (size_t done = 0; done < count; ++done) {
    std::memcpy(out + offset * static_cast<int64_t>(bytes), in + done * bytes, bytes);
    for (size_t d = shape.size(); d-- > 0;) {
      offset += strides[d];
      if (++counter[d] < shape[d]) break;
      offset -= strides[d] * shape[d];
      counter[d] = 0;
    }
  }
}

void fill_elements(uint8_t* out, size_t count, const uint8_t* element, size_t bytes) {
  if (count == 0) return;
  std::memcpy(out, element, bytes);
  // Doubling what is there already.
  for (size_t done = 1; done < count;) {
    const size_t more = std::min(done, count - done);
    std::memcpy(out + done * bytes, out, more * bytes);
    done += more;
  }
}

}  // namespace whyzero::ops
