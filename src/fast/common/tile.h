// The innermost part of convolutions and fully-connected layers: a few rows of A times a panel of 16 columns of B, for floats
// and for quantized values. Rows of A come as one pointer for each tap, so that a convolution needs no copy of its input.
#pragma once

#include <bit>
#include <cstring>

#include "fast/common/requantize.h"

namespace whyzero::fast {

constexpr size_t kMostRows = 8;    // of one tile
constexpr size_t kLonePanels = 4;  // a single row takes this many panels together: one alone would wait for each sum

/// One call. `units` steps a tap: one float each, or one pair of int16 (8-bit values less their zero point).
template <class A>
struct Tile {
  size_t taps = 0, units = 0;
  const A* const* rows = nullptr;  // [taps][rows of the kernel]
  const A* panel = nullptr;        // [taps][units][kPanel]; for int16 [taps][units][kPanel][2]
  size_t panel_stride = 0;         // elements from one panel to the next
  size_t column = 0;               // where the panel's bias and multipliers begin
  void* out = nullptr;             // first row, first column
  size_t out_stride = 0;           // elements between rows
  size_t out_rows = 0, out_columns = 0;  // to store; the rest of the tile is padding

  const float* bias = nullptr;  // floats
  ops::Range<float> range{};
  const Requantizer* requantizer = nullptr;  // quantized values
};

/// Copies what is no padding of a tile that is `width` wide.
template <class A, class Out>
void store_rows(const Tile<A>& tile, const Out* from, size_t width) {
  for (size_t r = 0; r < tile.out_rows; ++r)
    std::memcpy(static_cast<Out*>(tile.out) + r * tile.out_stride, from + r * width, tile.out_columns * sizeof(Out));
}

/// Kernels for 1, 2, 4 and 8 rows, and for one row with kLonePanels panels.
template <class A>
struct TileKernels {
  using Run = void (*)(const Tile<A>&);
  size_t rows = 0;  // of the largest that is worth its registers
  Run run[4] = {};
  Run lone = nullptr;
};

using FloatTile = Tile<float>;
using QuantizedTile = Tile<int16_t>;

/// Every sum is taken in the order of the reference and without fused operations: the same bits on every machine.
TileKernels<float> float_tile_kernels();
/// Exact in 32 bits: |a * b| <= 255 * 255 and sums wrap as the reference's do.
TileKernels<int16_t> int8_tile_kernels();
TileKernels<int16_t> uint8_tile_kernels();

/// Pointers that multiply_panels needs as scratch for `taps` taps.
constexpr size_t kBlockTiles = 8;
constexpr size_t pointer_count(size_t taps) { return kBlockTiles * kMostRows * taps; }

/// All of `rows` rows and `columns` columns. `tile` comes with what stays the same; `out` is the first element.
/// point(row, to, step) writes the row's pointer of each tap to to[tap * step].
template <class A, class Out, class Point>
void multiply_panels(const TileKernels<A>& kernels, Tile<A> tile, size_t rows, size_t columns, Out* out, const A** pointers,
                     Point&& point) {
  const size_t block = kernels.rows * kBlockTiles, first_column = tile.column;
  const A* const first_panel = tile.panel;
  for (size_t begin = 0; begin < rows; begin += block) {
    const size_t end = std::min(rows, begin + block);
    // Few rows left: the next kernel size up with the last row repeated.
    auto padded = [&](size_t row) { return std::bit_ceil(std::min(kernels.rows, end - row)); };
    for (size_t row = begin; row < end; row += kernels.rows) {
      const A** to = pointers + (row - begin) * tile.taps;
      const size_t step = padded(row);
      for (size_t r = 0; r < step; ++r) point(std::min(row + r, end - 1), to + r, step);
    }
    for (size_t c = 0; c < columns;) {
      const bool lone = rows == 1 && columns - c >= kLonePanels * kPanel;
      const size_t width = lone ? kLonePanels * kPanel : kPanel;
      tile.panel = first_panel + c / kPanel * tile.panel_stride;
      tile.column = first_column + c;
      tile.out_columns = std::min(width, columns - c);
      for (size_t row = begin; row < end; row += kernels.rows) {
        tile.rows = pointers + (row - begin) * tile.taps;
        tile.out = out + row * tile.out_stride + c;
        tile.out_rows = std::min(kernels.rows, end - row);
        (lone ? kernels.lone : kernels.run[std::countr_zero(padded(row))])(tile);
      }
      c += width;
    }
  }
}

}  // namespace whyzero::fast
