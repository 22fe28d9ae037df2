// Uses the public headers as a stranger would; the status says whether the library that was linked behaves as they promise.
#include "every_header.h"

int main() {
  const bool words = whyzero::dtype_from_name("int8") == whyzero::DType::kInt8 && whyzero::dtype_size(whyzero::DType::kInt8) == 1;
  const whyzero::Result<int> result = whyzero::fail(whyzero::ErrorCode::kNotFound, "nothing here");
  return words && !result && result.error().text().find("nothing here") != std::string::npos ? 0 : 1;
}
