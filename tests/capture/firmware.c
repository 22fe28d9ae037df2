/* A microcontroller: no files, no standard library, one function that sends bytes. */
#define WHYZERO_CAPTURE_NO_STDIO
#include "whyzero_capture.h"

#ifdef __cplusplus
extern "C" {
#endif

void uart_send(const void* bytes, size_t size);
int on_frame(const int8_t* input, const int8_t* output, uint32_t sample);

static int send(void* user, const void* bytes, size_t size) {
  (void)user;
  uart_send(bytes, size);
  return 0;
}

int on_frame(const int8_t* input, const int8_t* output, uint32_t sample) {
  const int32_t in_shape[] = {1, 96, 96, 1}, out_shape[] = {1, 2};
  return whyzero_hex_write(send, 0, "in", sample, WHYZERO_INT8, in_shape, 4, input) | whyzero_hex_write(send, 0, "out", sample, WHYZERO_INT8, out_shape, 2, output) |
         whyzero_npy_write(send, 0, WHYZERO_INT8, in_shape, 4, input);
}

#ifdef __cplusplus
}
#endif
