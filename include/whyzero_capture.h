/* Writes what goes into and comes out of a model as files that whyzero (and NumPy) can read. One header, C99 or C++, no allocation.
 *
 * With files (a phone, a PC; needs stdio and a directory that exists):
 *
 *     whyzero_capture c;
 *     const int32_t shape[] = {1, 96, 96, 3};
 *     whyzero_capture_begin(&c, "/data/local/tmp/capture");
 *     whyzero_capture_next(&c);                                          before each sample
 *     whyzero_capture_tensor(&c, "in", WHYZERO_INT8, shape, 4, input->data.int8);    just before Invoke()
 *     whyzero_capture_tensor(&c, "out", WHYZERO_INT8, out_shape, 2, output->data.int8);   just after
 *
 * gives in_0000.npy, out_0000.npy, in_0001.npy, … Without files (a microcontroller): define WHYZERO_CAPTURE_NO_STDIO before the
 * include, hand over a function that sends bytes, and either whyzero_npy_write a .npy, or whyzero_hex_write text for a serial
 * console that `whyzero` reads back from the saved log.
 *
 * Every function returns 0, or -1 where the arguments make no sense or a write failed. */
#ifndef WHYZERO_CAPTURE_H
#define WHYZERO_CAPTURE_H

#include <stddef.h>
#include <stdint.h>
#ifndef WHYZERO_CAPTURE_NO_STDIO
#include <stdio.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define WHYZERO_MAX_RANK 8
/* Bytes a line of a hex dump holds: lines stay below 80 characters, which consoles do not break. */
#define WHYZERO_HEX_BYTES 32

typedef enum {
  WHYZERO_FLOAT32,
  WHYZERO_UINT8,
  WHYZERO_INT8,
  WHYZERO_INT16,
  WHYZERO_INT32,
  WHYZERO_INT64,
  WHYZERO_BOOL,
  WHYZERO_FLOAT16,
  WHYZERO_FLOAT64
} whyzero_dtype;

/* Sends `size` bytes; returns 0, or anything else where that failed. */
typedef int (*whyzero_write)(void* user, const void* bytes, size_t size);

static inline size_t whyzero_dtype_size(whyzero_dtype dtype) {
  static const unsigned char sizes[] = {4, 1, 1, 2, 4, 8, 1, 2, 8};
  return (unsigned)dtype < sizeof sizes ? sizes[dtype] : 0;
}

/* NumPy's type letter: "f4", "u1", … */
static inline const char* whyzero_dtype_code(whyzero_dtype dtype) {
  static const char codes[][3] = {"f4", "u1", "i1", "i2", "i4", "i8", "b1", "f2", "f8"};
  return (unsigned)dtype < sizeof codes / sizeof codes[0] ? codes[dtype] : "";
}

static inline int whyzero_is_little_endian(void) {
  const uint16_t one = 1;
  return *(const unsigned char*)&one == 1;
}

/* Bytes of all elements; 0 where a side is not positive or the product does not fit. */
static inline size_t whyzero_bytes(whyzero_dtype dtype, const int32_t* shape, int rank) {
  size_t bytes = whyzero_dtype_size(dtype);
  int i;
  if (rank < 0 || rank > WHYZERO_MAX_RANK) return 0;
  for (i = 0; i < rank; ++i) {
    if (shape[i] <= 0 || bytes > (size_t)-1 / (size_t)shape[i]) return 0;
    bytes *= (size_t)shape[i];
  }
  return bytes;
}

/* Text is put together in a small buffer on the stack; what does not fit is dropped, and the caller sees full == 1. */
typedef struct {
  char* text;
  size_t size, used;
  int full;
} whyzero_text;

static inline void whyzero_put_char(whyzero_text* t, char c) {
  if (t->used < t->size) t->text[t->used++] = c;
  else t->full = 1;
}

static inline void whyzero_put(whyzero_text* t, const char* words) {
  while (*words) whyzero_put_char(t, *words++);
}

static inline void whyzero_put_number(whyzero_text* t, uint32_t number, int width) {
  char digits[10];
  int n = 0;
  do {
    digits[n++] = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  for (; width > n; --width) whyzero_put_char(t, '0');
  while (n > 0) whyzero_put_char(t, digits[--n]);
}

/* One array as a .npy file (format 1.0), in the byte order of this machine. */
static inline int whyzero_npy_write(whyzero_write write, void* user, whyzero_dtype dtype, const int32_t* shape, int rank, const void* data) {
  static const char magic[] = "\x93NUMPY\x01";
  char head[256];
  whyzero_text t;
  size_t length;
  const size_t bytes = whyzero_bytes(dtype, shape, rank);
  int i;
  if (!write || !data || bytes == 0) return -1;
  t.text = head;
  t.size = sizeof head;
  t.used = 0;
  t.full = 0;
  whyzero_put(&t, magic);
  for (i = 0; i < 3; ++i) whyzero_put_char(&t, '\0'); /* minor version; the header's length, known below */
  whyzero_put(&t, "{'descr': '");
  whyzero_put_char(&t, whyzero_dtype_size(dtype) == 1 ? '|' : whyzero_is_little_endian() ? '<' : '>');
  whyzero_put(&t, whyzero_dtype_code(dtype));
  whyzero_put(&t, "', 'fortran_order': False, 'shape': (");
  for (i = 0; i < rank; ++i) {
    whyzero_put_number(&t, (uint32_t)shape[i], 0);
    whyzero_put(&t, rank == 1 ? "," : i + 1 < rank ? ", " : "");
  }
  whyzero_put(&t, "), }");
  while ((t.used + 1) % 64 != 0) whyzero_put_char(&t, ' '); /* NumPy aligns the data */
  whyzero_put_char(&t, '\n');
  length = t.used - 10;
  head[8] = (char)(length & 0xff);
  head[9] = (char)(length >> 8);
  if (t.full || write(user, head, t.used) != 0) return -1;
  return write(user, data, bytes) == 0 ? 0 : -1;
}

/* One array as lines of text:
 *     WHYZERO begin in 0003 i1 1,96,96,3
 *     WHYZERO 00000000 7f80…
 *     WHYZERO end in 0003 5a1f09c3
 * Whatever else the console prints, before the word WHYZERO or on lines of its own, is ignored by the reader. The number at the
 * end is Adler-32 of the bytes, so that a lost line is seen. */
static inline int whyzero_hex_write(whyzero_write write, void* user, const char* name, uint32_t sample, whyzero_dtype dtype, const int32_t* shape,
                                    int rank, const void* data) {
  static const char hex[] = "0123456789abcdef";
  const unsigned char* bytes = (const unsigned char*)data;
  const size_t size = whyzero_bytes(dtype, shape, rank);
  uint32_t a = 1, b = 0, sum;
  size_t at, i;
  int k;
  char line[160];
  whyzero_text t;
  if (!write || !data || !name || size == 0) return -1;
  t.text = line;
  t.size = sizeof line;
  t.used = 0;
  t.full = 0;
  whyzero_put(&t, "WHYZERO begin ");
  whyzero_put(&t, name);
  whyzero_put_char(&t, ' ');
  whyzero_put_number(&t, sample, 4);
  whyzero_put_char(&t, ' ');
  if (whyzero_dtype_size(dtype) > 1 && !whyzero_is_little_endian()) whyzero_put_char(&t, '>');
  whyzero_put(&t, whyzero_dtype_code(dtype));
  whyzero_put_char(&t, ' ');
  for (k = 0; k < rank; ++k) {
    if (k) whyzero_put_char(&t, ',');
    whyzero_put_number(&t, (uint32_t)shape[k], 0);
  }
  whyzero_put_char(&t, '\n');
  if (t.full || write(user, line, t.used) != 0) return -1;
  for (at = 0; at < size; at += WHYZERO_HEX_BYTES) {
    t.used = 0;
    whyzero_put(&t, "WHYZERO ");
    for (k = 28; k >= 0; k -= 4) whyzero_put_char(&t, hex[((uint32_t)at >> k) & 15]);
    whyzero_put_char(&t, ' ');
    for (i = at; i < size && i < at + WHYZERO_HEX_BYTES; ++i) {
      whyzero_put_char(&t, hex[bytes[i] >> 4]);
      whyzero_put_char(&t, hex[bytes[i] & 15]);
      a = (a + bytes[i]) % 65521;
      b = (b + a) % 65521;
    }
    whyzero_put_char(&t, '\n');
    if (write(user, line, t.used) != 0) return -1;
  }
  t.used = 0;
  whyzero_put(&t, "WHYZERO end ");
  whyzero_put(&t, name);
  whyzero_put_char(&t, ' ');
  whyzero_put_number(&t, sample, 4);
  whyzero_put_char(&t, ' ');
  sum = b << 16 | a;
  for (k = 28; k >= 0; k -= 4) whyzero_put_char(&t, hex[(sum >> k) & 15]);
  whyzero_put_char(&t, '\n');
  return write(user, line, t.used) == 0 ? 0 : -1;
}

#ifndef WHYZERO_CAPTURE_NO_STDIO
/* A running capture into a directory. Not for several threads at once. */
typedef struct {
  char path[512];
  size_t directory; /* length of the directory's name in `path` */
  uint32_t sample, limit;
} whyzero_capture;

static inline int whyzero_file_write(void* file, const void* bytes, size_t size) { return fwrite(bytes, 1, size, (FILE*)file) == size ? 0 : 1; }

/* Samples beyond the limit (200, changed by whyzero_capture_limit) are not written, so that a forgotten capture does not fill a phone. */
static inline int whyzero_capture_begin(whyzero_capture* c, const char* directory) {
  size_t n = 0;
  c->sample = 0;
  c->limit = 200;
  while (directory[n] && n < sizeof c->path - 64) {
    c->path[n] = directory[n];
    ++n;
  }
  if (directory[n]) return -1;
  if (n > 0 && c->path[n - 1] != '/') c->path[n++] = '/';
  c->directory = n;
  return 0;
}

static inline void whyzero_capture_limit(whyzero_capture* c, uint32_t samples) { c->limit = samples; }

/* Call it before each sample; then call whyzero_capture_tensor for each input and output. */
static inline void whyzero_capture_next(whyzero_capture* c) { ++c->sample; }

static inline int whyzero_capture_tensor(whyzero_capture* c, const char* name, whyzero_dtype dtype, const int32_t* shape, int rank, const void* data) {
  const uint32_t number = c->sample > 0 ? c->sample - 1 : 0;
  whyzero_text t;
  FILE* file;
  int failed;
  if (number >= c->limit) return 0;
  t.text = c->path;
  t.size = sizeof c->path - 1;
  t.used = c->directory;
  t.full = 0;
  for (; *name; ++name) whyzero_put_char(&t, *name == '/' || *name == ':' || *name == ' ' ? '_' : *name);
  whyzero_put_char(&t, '_');
  whyzero_put_number(&t, number, 4);
  whyzero_put(&t, ".npy");
  if (t.full) return -1;
  c->path[t.used] = '\0';
  file = fopen(c->path, "wb");
  if (!file) return -1;
  failed = whyzero_npy_write(whyzero_file_write, file, dtype, shape, rank, data);
  if (fclose(file) != 0) failed = -1;
  return failed;
}
#endif

#ifdef __cplusplus
}
#endif

#endif
