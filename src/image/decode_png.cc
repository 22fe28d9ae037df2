// PNG through libpng, with the colour conversions of the library that the app decodes with. libpng reports errors by a callback
// that must not return: all its calls stand in functions without C++ objects, which longjmp leaves.
#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>

#include "image/decode_internal.h"
#include "image/exif.h"

namespace whyzero::image {
namespace {

struct Session {
  png_structp png = nullptr;
  png_infop info = nullptr;
  std::span<const uint8_t> bytes;
  size_t at = 0;
  bool ended = false;
  std::jmp_buf jump;
  char message[160] = {};
  unsigned width = 0, height = 0;
  int depth = 0, color = 0;
  size_t stride = 0;
  unsigned rows_read = 0;
  bool interlaced = false;
};

[[noreturn]] void on_error(png_structp png, png_const_charp text) {
  Session* session = static_cast<Session*>(png_get_error_ptr(png));
  std::strncpy(session->message, text, sizeof session->message - 1);
  std::longjmp(session->jump, 1);
}

void on_warning(png_structp, png_const_charp) {}

void on_read(png_structp png, png_bytep to, size_t count) {
  Session* session = static_cast<Session*>(png_get_io_ptr(png));
  if (count > session->bytes.size() - session->at) {
    session->ended = true;
    png_error(png, "the file is cut off");
  }
  std::memcpy(to, session->bytes.data() + session->at, count);
  session->at += count;
}

bool read_header(Session& session) {
  if (setjmp(session.jump)) return false;
  session.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &session, on_error, on_warning);
  if (!session.png) return false;
  session.info = png_create_info_struct(session.png);
  if (!session.info) return false;
  // check_size is the one place that limits sizes; libpng's own limit is a million a side.
  png_set_user_limits(session.png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_read_fn(session.png, &session, on_read);
  png_read_info(session.png, session.info);
  session.width = png_get_image_width(session.png, session.info);
  session.height = png_get_image_height(session.png, session.info);
  session.depth = png_get_bit_depth(session.png, session.info);
  session.color = png_get_color_type(session.png, session.info);
  session.interlaced = png_get_interlace_type(session.png, session.info) != PNG_INTERLACE_NONE;
  return true;
}

/// Colours of palette and 1-, 2- and 4-bit gray are expanded to bytes, 16-bit samples stay two bytes, alpha stays a channel.
bool start_rows(Session& session) {
  if (setjmp(session.jump)) return false;
  png_structp png = session.png;
  if (session.color == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
  if (session.color == PNG_COLOR_TYPE_GRAY && session.depth < 8) png_set_expand_gray_1_2_4_to_8(png);
  if (session.depth < 8) png_set_packing(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, session.info);
  session.stride = png_get_rowbytes(png, session.info);
  return true;
}

bool read_rows(Session& session, uint8_t* rows) {
  if (setjmp(session.jump)) return false;
  const int passes = session.interlaced ? PNG_INTERLACE_ADAM7_PASSES : 1;
  for (int pass = 0; pass < passes; pass++) {
    session.rows_read = 0;
    for (unsigned y = 0; y < session.height; y++) {
      png_read_row(session.png, rows + session.stride * y, nullptr);
      session.rows_read++;
    }
  }
  return true;
}

/// What follows the pixels matters only for eXIf; trouble there is no reason to refuse a complete picture.
bool read_end(Session& session) {
  if (setjmp(session.jump)) return false;
  png_read_end(session.png, session.info);
  return true;
}

int orientation(Session& session) {
  png_bytep exif = nullptr;
  png_uint_32 count = 0;
  if (setjmp(session.jump)) return 1;
  if (!png_get_eXIf_1(session.png, session.info, &count, &exif) || !exif) return 1;
  return exif_orientation({exif, count});
}

/// Deflate shrinks zeros by no more than this: a header that asks for more pixels is refused before they are allocated.
constexpr uint64_t kMostPerByte = 1040;

struct Closer {
  Session& session;
  ~Closer() { png_destroy_read_struct(&session.png, &session.info, nullptr); }
};

Unexpected trouble(const Session& session, const char* where) {
  if (session.ended && session.stride > 0) {
    return fail(ErrorCode::kMalformed,
                fmt::format("the PNG ends after {} of {} rows; copy the file again", session.rows_read, session.height));
  }
  return fail(ErrorCode::kMalformed, fmt::format("the PNG's {} cannot be read: {}", where, session.message));
}

/// One row of samples → RGB. 16-bit gray saturates in Pillow (its mode I;16), all else of 16 bits keeps the high byte.
void rgb_from_row(const uint8_t* from, uint8_t* to, size_t width, int channels, bool wide, DecodeLike like) {
  const int step = wide ? 2 : 1;
  const bool gray = channels < 3;
  const bool saturates = wide && channels == 1 && like == DecodeLike::kPillow;
  for (size_t x = 0; x < width; x++, from += channels * step, to += 3) {
    for (int c = 0; c < 3; c++) {
      const uint8_t* sample = from + (gray ? 0 : c * step);
      to[c] = saturates && sample[0] != 0 ? 255 : sample[saturates ? 1 : 0];
    }
  }
}

}  // namespace

Result<Decoded> decode_png(std::span<const uint8_t> bytes, const DecodeOptions& options) {
  Session session;
  session.bytes = bytes;
  const Closer closer{session};
  if (!read_header(session)) return trouble(session, "header");
  WHYZERO_TRY(check_size("PNG", session.width, session.height, options));
  if (!start_rows(session)) return trouble(session, "header");

  if (uint64_t{session.stride} * session.height / kMostPerByte > bytes.size()) {
    return fail(ErrorCode::kMalformed, fmt::format("the PNG header gives a size of {}x{}, more than {} bytes can hold; "
                                                   "copy the file again",
                                                   session.width, session.height, bytes.size()));
  }

  const size_t width = session.width;
  std::vector<uint8_t> rows(session.stride * session.height);
  if (!read_rows(session, rows.data())) return trouble(session, "pixels");
  read_end(session);

  const bool wide = session.depth == 16;
  const int channels = static_cast<int>(session.stride / width / (wide ? 2 : 1));
  Decoded decoded;
  decoded.exif_orientation = orientation(session);
  decoded.pixels = Image8(static_cast<int>(session.width), static_cast<int>(session.height), 3);
  for (unsigned y = 0; y < session.height; y++) {
    uint8_t* to = decoded.pixels.at(0, static_cast<int>(y));
    rgb_from_row(rows.data() + session.stride * y, to, width, channels, wide, options.like);
  }
  return decoded;
}

}  // namespace whyzero::image
