/* What an app does with whyzero_capture.h: files into the folder that is given, a console's log on standard output. */
#include "whyzero_capture.h"

static int send(void* user, const void* bytes, size_t size) {
  return fwrite(bytes, 1, size, (FILE*)user) == size ? 0 : 1;
}

static unsigned char picture[64 * 64 * 3];

int main(int argc, char** argv) {
  static const char* const names[] = {"float32", "uint8", "int8", "int16", "int32", "int64", "bool", "float16", "float64"};
  const int32_t shape[] = {2, 3}, vector[] = {4}, image[] = {1, 64, 64, 3}, broken[] = {1, 0}, huge[] = {2147483647, 2147483647, 2147483647};
  unsigned char bytes[48];
  float numbers[4] = {0, 0, 0, 0};
  whyzero_capture c;
  int failed = 0, k;
  size_t i;
  if (argc != 2 || whyzero_capture_begin(&c, argv[1]) != 0) return 2;
  for (k = 0; k < 9; ++k) {
    for (i = 0; i < sizeof bytes; ++i) bytes[i] = (unsigned char)((i * 37 + (size_t)k) % (k == WHYZERO_BOOL ? 2 : 256));
    failed |= whyzero_capture_tensor(&c, names[k], (whyzero_dtype)k, shape, 2, bytes);
  }
  whyzero_capture_limit(&c, 3);
  for (k = 0; k < 5; ++k) {
    whyzero_capture_next(&c);
    numbers[0] = (float)k;
    failed |= whyzero_capture_tensor(&c, "in", WHYZERO_FLOAT32, vector, 1, numbers);
    failed |= whyzero_capture_tensor(&c, "serving_default/x:0", WHYZERO_FLOAT32, vector, 1, numbers);
  }
  for (k = 0; k < 2; ++k) {
    for (i = 0; i < sizeof picture; ++i) picture[i] = (unsigned char)((i * 31 + (size_t)k) % 256);
    failed |= whyzero_hex_write(send, stdout, "in", (uint32_t)k, WHYZERO_INT8, image, 4, picture);
    failed |= whyzero_hex_write(send, stdout, "out", (uint32_t)k, WHYZERO_FLOAT32, vector, 1, numbers);
  }
  failed |= whyzero_hex_write(send, stdout, "scalar", 0, WHYZERO_FLOAT32, 0, 0, numbers);
  /* What makes no sense is refused, and nothing is written. */
  if (whyzero_npy_write(send, stdout, WHYZERO_INT8, broken, 2, bytes) == 0) failed = 1;
  if (whyzero_npy_write(send, stdout, WHYZERO_FLOAT64, huge, 3, bytes) == 0) failed = 1;
  if (whyzero_npy_write(send, stdout, (whyzero_dtype)99, shape, 2, bytes) == 0) failed = 1;
  if (whyzero_hex_write(0, stdout, "in", 0, WHYZERO_INT8, shape, 2, bytes) == 0) failed = 1;
  return failed ? 1 : 0;
}
