// JPEG through libjpeg-turbo. libjpeg reports errors by calling back and must not return from there, so all its calls stand in
// one function without C++ objects, which longjmp leaves.
#include <cstdio>
// jpeglib.h needs FILE and size_t declared first.
#include <jpeglib.h>

#include <fmt/format.h>

#include <csetjmp>
#include <cstring>

#include "image/decode_internal.h"
#include "image/exif.h"

namespace whyzero::image {
namespace {

struct Session {
  jpeg_decompress_struct info;
  jpeg_error_mgr manager;
  jpeg_source_mgr source;
  jpeg_progress_mgr progress;
  std::jmp_buf jump;
  char message[JMSG_LENGTH_MAX];
  bool ended = false;      // libjpeg asked for bytes beyond the last one
  bool forgiving = false;  // what is missing of a file in one scan stays as libjpeg fills it
  unsigned rows_read = 0;  // complete before any trouble
  int scan = 0;            // of a progressive file, the one that was cut off
};

Session* session_of(j_common_ptr info) { return static_cast<Session*>(info->client_data); }

[[noreturn]] void on_error(j_common_ptr info) {
  Session* session = session_of(info);
  info->err->format_message(info, session->message);
  std::longjmp(session->jump, 1);
}

void on_message(j_common_ptr, int) {}
void on_output(j_common_ptr) {}
void on_source(j_decompress_ptr) {}

// A progressive file of a few hundred bytes can hold thousands of empty scans that each cost a pass over the picture.
constexpr int kMaxScans = 500;

void on_progress(j_common_ptr info) {
  Session* session = session_of(info);
  if (session->info.input_scan_number <= kMaxScans) return;
  std::strcpy(session->message, "more than 500 scans");
  std::longjmp(session->jump, 1);
}

/// The file is in memory as a whole: being asked for more means that it is cut off.
boolean on_empty(j_decompress_ptr info) {
  session_of(reinterpret_cast<j_common_ptr>(info))->ended = true;
  static const JOCTET kEndOfImage[2] = {0xFF, JPEG_EOI};
  info->src->next_input_byte = kEndOfImage;
  info->src->bytes_in_buffer = 2;
  return TRUE;
}

void on_skip(j_decompress_ptr info, long count) {
  if (count <= 0) return;
  if (static_cast<size_t>(count) > info->src->bytes_in_buffer) {
    on_empty(info);
    return;
  }
  info->src->next_input_byte += count;
  info->src->bytes_in_buffer -= static_cast<size_t>(count);
}

void prepare(Session& session, std::span<const uint8_t> bytes) {
  session.info.err = jpeg_std_error(&session.manager);
  session.info.client_data = &session;
  session.manager.error_exit = on_error;
  session.progress.progress_monitor = on_progress;
  session.manager.emit_message = on_message;
  session.manager.output_message = on_output;
  session.source.next_input_byte = bytes.data();
  session.source.bytes_in_buffer = bytes.size();
  session.source.init_source = on_source;
  session.source.fill_input_buffer = on_empty;
  session.source.skip_input_data = on_skip;
  session.source.resync_to_restart = jpeg_resync_to_restart;
  session.source.term_source = on_source;
}

bool read_header(Session& session) {
  if (setjmp(session.jump)) return false;
  jpeg_create_decompress(&session.info);
  session.info.client_data = &session;
  session.info.src = &session.source;
  session.info.progress = &session.progress;
  jpeg_read_header(&session.info, TRUE);
  return true;
}

/// Rows as libjpeg gives them (1, 3 or 4 channels), `stride` bytes each, into memory that the caller owns.
bool read_rows(Session& session, J_COLOR_SPACE color, J_DCT_METHOD transform, uint8_t* rows, size_t stride) {
  if (setjmp(session.jump)) return false;
  jpeg_decompress_struct& info = session.info;
  info.out_color_space = color;
  info.dct_method = transform;
  info.do_fancy_upsampling = TRUE;
  jpeg_start_decompress(&info);
  // Versions of libjpeg smooth what is missing of several scans in different ways.
  const bool forgiving = session.forgiving && !jpeg_has_multiple_scans(&info);
  const auto cut_off = [&] { return session.ended && !forgiving; };
  if (cut_off() && jpeg_has_multiple_scans(&info)) {
    session.scan = info.input_scan_number;
    return false;
  }
  while (info.output_scanline < info.output_height) {
    JSAMPROW row = rows + stride * info.output_scanline;
    jpeg_read_scanlines(&info, &row, 1);
    if (cut_off() && info.output_scanline < info.output_height) return false;
    session.rows_read = info.output_scanline;
  }
  if (!session.ended) jpeg_finish_decompress(&info);
  return !cut_off();
}

/// A Huffman-coded block of 64 pixels takes one bit or more; twice that is refused before it is allocated.
constexpr uint64_t kMostPixelsPerByte = 1024;

struct Closer {
  Session& session;
  ~Closer() { jpeg_destroy_decompress(&session.info); }
};

Unexpected trouble(Session& session, const char* where) {
  const unsigned height = session.info.image_height;
  if (!session.ended) {
    return fail(ErrorCode::kMalformed, fmt::format("the JPEG's {} cannot be read: {}", where, session.message));
  }
  std::string text;
  if (height == 0) {
    text = "the JPEG ends within its header";
  } else if (session.scan > 0) {
    text = fmt::format("the progressive JPEG ends within scan {}", session.scan);
  } else if (session.rows_read == height) {
    text = fmt::format("the JPEG ends after its {} rows without an end marker", height);
  } else {
    text = fmt::format("the JPEG ends after {} of {} rows", session.rows_read, height);
  }
  return fail(ErrorCode::kMalformed, text + "; copy the file again");
}

inline uint8_t multiply(unsigned a, unsigned b) {
  const unsigned product = a * b + 128;
  return static_cast<uint8_t>((product + (product >> 8)) >> 8);
}

/// Adobe writes 255 − ink. Pillow and OpenCV take that for granted, TensorFlow asks for Adobe's marker.
void rgb_from_cmyk(const uint8_t* from, uint8_t* to, size_t count, bool adobe, DecodeLike like) {
  for (size_t i = 0; i < count; i++, from += 4, to += 3) {
    const unsigned key = from[3];
    for (int c = 0; c < 3; c++) {
      const unsigned paper = from[c];
      if (like == DecodeLike::kPillow) {
        to[c] = static_cast<uint8_t>(key - multiply(255 - paper, key));
      } else if (like == DecodeLike::kOpenCV) {
        to[c] = static_cast<uint8_t>(key - ((255 - paper) * key >> 8));
      } else {
        to[c] = static_cast<uint8_t>(adobe ? paper * key / 255 : (255 - paper) * (255 - key) / 255);
      }
    }
  }
}

}  // namespace

Result<Decoded> decode_jpeg(std::span<const uint8_t> bytes, const DecodeOptions& options) {
  Session session = {};
  session.forgiving = options.like == DecodeLike::kOpenCV;  // it reads what is left of a file without a word
  prepare(session, bytes);
  const Closer closer{session};
  if (!read_header(session) || session.ended) return trouble(session, "header");
  const jpeg_decompress_struct& info = session.info;
  WHYZERO_TRY(check_size("JPEG", info.image_width, info.image_height, options));
  if (!info.arith_code && uint64_t{info.image_width} * info.image_height / kMostPixelsPerByte > bytes.size()) {
    return fail(ErrorCode::kMalformed, fmt::format("the JPEG header gives a size of {}x{}, more than {} bytes can hold; "
                                                   "copy the file again",
                                                   info.image_width, info.image_height, bytes.size()));
  }
  const bool inks = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
  const bool gray = info.jpeg_color_space == JCS_GRAYSCALE;
  if (!inks && !gray && info.num_components != 3) {
    return fail(ErrorCode::kUnsupported, fmt::format("a JPEG of {} components; 1, 3 and 4 are read", info.num_components));
  }

  const int width = static_cast<int>(info.image_width), height = static_cast<int>(info.image_height);
  const J_DCT_METHOD transform = options.like == DecodeLike::kTensorFlow ? JDCT_IFAST : JDCT_ISLOW;
  Decoded decoded;
  decoded.exif_orientation = jpeg_orientation(bytes);
  decoded.pixels = Image8(width, height, 3);
  Image8 inked;
  if (inks) inked = Image8(width, height, 4);
  uint8_t* rows = inks ? inked.data.data() : decoded.pixels.data.data();
  const size_t stride = size_t(width) * (inks ? 4 : 3);
  if (!read_rows(session, inks ? JCS_CMYK : JCS_RGB, transform, rows, stride)) return trouble(session, "pixels");
  if (inks) {
    rgb_from_cmyk(rows, decoded.pixels.data.data(), size_t(width) * size_t(height), info.saw_Adobe_marker, options.like);
  }
  return decoded;
}

}  // namespace whyzero::image
