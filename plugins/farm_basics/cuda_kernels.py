"""The pixel loops of the basic elements on a GPU, with the names, arguments and results of :mod:`farm_basics.kernels`.

Results are identical byte for byte. Each thread strides over its share of the output plane, which is the last argument,
so that any number of threads gives the same bytes.
"""

from __future__ import annotations

from numba import cuda, int64

from farm.plugin import CudaPlane, cuda_kernel, each_pixel
from farm_basics.kernels import AXIS, SHIFT, STEP

_ONE = 65536
_HALF = 32768


@each_pixel
def mix_planes(old, new, weight, out):  # type: ignore[no-untyped-def]
    """out = old + (new - old) * weight."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            out[y, x] = (int64(old[y, x]) * (_ONE - weight) + int64(new[y, x]) * weight + _HALF) >> 16


@each_pixel
def tint_plane(plane, alpha, weight, color, opaque, out):  # type: ignore[no-untyped-def]
    """out = plane + (color * alpha / 255 - plane) * weight; ``opaque`` 1 ignores ``alpha``."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            goal = color if opaque == 1 else (color * int64(alpha[y, x]) + 127) // 255
            out[y, x] = (int64(plane[y, x]) * (_ONE - weight) + goal * weight + _HALF) >> 16


@each_pixel
def mix_masked(old, new, mask, step, out):  # type: ignore[no-untyped-def]
    """out = old + (new - old) * mask / 256, the mask (0 to 256) read at every ``step``-th row and column."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            weight = int64(mask[y * step, x * step])
            out[y, x] = (int64(old[y, x]) * (256 - weight) + int64(new[y, x]) * weight + 128) >> 8


@each_pixel
def mix_striped(old, new, mask, step, across, out):  # type: ignore[no-untyped-def]
    """As :func:`mix_masked`, with one weight per column (``across``) or per row."""
    left, top = cuda.grid(2)
    columns, rows = cuda.gridsize(2)
    for y in range(top, out.shape[0], rows):
        for x in range(left, out.shape[1], columns):
            weight = int64(mask[x * step]) if across != 0 else int64(mask[y * step])
            out[y, x] = (int64(old[y, x]) * (256 - weight) + int64(new[y, x]) * weight + 128) >> 8


@each_pixel
def map_plane(src, table, out):  # type: ignore[no-untyped-def]
    """out = table[src]; the table has 256 entries, uint8."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            out[y, x] = table[src[y, x]]


@each_pixel
def map_luma_to_chroma(luma, table, out):  # type: ignore[no-untyped-def]
    """out = table[mean of the 2x2 luma pixels above each chroma pixel]."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            total = int64(luma[2 * y, 2 * x]) + int64(luma[2 * y, 2 * x + 1])
            total += int64(luma[2 * y + 1, 2 * x]) + int64(luma[2 * y + 1, 2 * x + 1])
            out[y, x] = table[(total + 2) >> 2]


@each_pixel
def scale_masked(src, mask, step, zero, out):  # type: ignore[no-untyped-def]
    """out = zero + (src - zero) * mask / 256, the mask read at every ``step``-th row and column."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            value = (int64(src[y, x]) - zero) * int64(mask[y * step, x * step])
            out[y, x] = zero + ((value + 128) >> 8)


@each_pixel
def add_blurred_light(src, blurred, floor, weight, out):  # type: ignore[no-untyped-def]
    """Screen the light of ``blurred`` above ``floor`` onto ``src`` (luma, 16 to 235)."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            light = min(219, (max(0, int64(blurred[y, x]) - floor) * weight) >> 16)
            value = min(235, max(16, int64(src[y, x])))
            out[y, x] = value + light * (235 - value) // 219


@each_pixel
def add_difference(src, blurred, weight, out):  # type: ignore[no-untyped-def]
    """Unsharp mask: out = src + (src - blurred) * weight, clamped to 16 to 235."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            value = int64(src[y, x])
            sharper = value + (((value - int64(blurred[y, x])) * weight + _HALF) >> 16)
            out[y, x] = min(235, max(16, sharper))


@cuda_kernel
def _add_grain(src, offset, size, strength, out):  # type: ignore[no-untyped-def]
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            h = ((x // size) * 0x9E3779B1 + (y // size) * 0x85EBCA77 + offset) & 0xFFFFFFFF
            h ^= h >> 16
            # 0x85EBCA6B and 0xC2B2AE35 as halves, to keep products below 63 bits: the simulator does not wrap around.
            h = (h * 0xCA6B + (((h * 0x85EB) & 0xFFFF) << 16)) & 0xFFFFFFFF
            h ^= h >> 13
            h = (h * 0xAE35 + (((h * 0xC2B2) & 0xFFFF) << 16)) & 0xFFFFFFFF
            h ^= h >> 16
            noise = (h & 0xFF) + ((h >> 8) & 0xFF) - 255
            value = int64(src[y, x])
            middle = (max(0, (value - 16) * (235 - value)) * 5597) >> 18
            grain = (noise * strength * middle + _HALF) >> 16
            out[y, x] = min(235, max(16, value + grain))


def add_grain(src: CudaPlane, seed: int, size: int, strength: int, out: CudaPlane) -> None:
    """Add noise of up to ``strength`` levels to luma, strongest in the mid-tones, in grains of ``size`` pixels."""
    offset = seed * 0xC2B2AE3D & 0xFFFFFFFF
    out.device.launch(_add_grain, *out.shape, src, offset, size, strength, out)


@cuda_kernel
def _sum_rows_of_blocks(src, size, sums):  # type: ignore[no-untyped-def]
    height, width = src.shape
    first, start = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(start, height, down):
        for block in range(first, sums.shape[1], across):
            total = int64(0)
            for x in range(block * size, min(block * size + size, width)):
                total += int64(src[y, x])
            sums[y, block] = total


@cuda_kernel
def _mean_of_blocks(sums, size, width, means):  # type: ignore[no-untyped-def]
    height = sums.shape[0]
    first, start = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for row in range(start, means.shape[0], down):
        for block in range(first, means.shape[1], across):
            total = int64(0)
            bottom = min(row * size + size, height)
            for y in range(row * size, bottom):
                total += int64(sums[y, block])
            count = (bottom - row * size) * (min(block * size + size, width) - block * size)
            means[row, block] = (total + count // 2) // count


@cuda_kernel
def _spread_blocks(means, size, out):  # type: ignore[no-untyped-def]
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for y in range(top, out.shape[0], down):
        for x in range(left, out.shape[1], across):
            out[y, x] = means[y // size, x // size]


def average_blocks(src: CudaPlane, size: int, out: CudaPlane) -> None:
    """Replace each square of ``size`` pixels by its mean: sums along rows, then along columns, then spread."""
    gpu = out.device
    height, width = src.shape
    across, down = -(-width // size), -(-height // size)
    means = gpu.plane((down, across))
    with gpu.scratch((height, across)) as sums:
        gpu.launch(_sum_rows_of_blocks, height, across, src, size, sums)
        gpu.launch(_mean_of_blocks, down, across, sums, size, width, means)
    gpu.launch(_spread_blocks, *out.shape, means, size, out)


@each_pixel
def _lut_3d_plane(y, u, v, lut, weight, plane, out):  # type: ignore[no-untyped-def]
    """One plane of :func:`map_lut_3d`: 0 luma, 1 and 2 chroma."""
    left, top = cuda.grid(2)
    across, down = cuda.gridsize(2)
    for row in range(top, out.shape[0], down):
        for column in range(left, out.shape[1], across):
            r, c = (row // 2, column // 2) if plane == 0 else (row, column)
            blue, red = int64(u[r, c]), int64(v[r, c])
            if plane == 0:
                at = before = int64(y[row, column])
            else:
                at = int64(y[2 * r, 2 * c]) + int64(y[2 * r, 2 * c + 1])
                at = (at + int64(y[2 * r + 1, 2 * c]) + int64(y[2 * r + 1, 2 * c + 1]) + 2) >> 2
                before = blue if plane == 1 else red
            i, j = blue >> SHIFT, red >> SHIFT
            wi, wj = blue & (STEP - 1), red & (STEP - 1)
            a = (plane * AXIS + i) * AXIS + j
            low = int64(lut[a, at]) * (STEP - wj) + int64(lut[a + 1, at]) * wj
            high = int64(lut[a + AXIS, at]) * (STEP - wj) + int64(lut[a + AXIS + 1, at]) * wj
            value = (low * (STEP - wi) + high * wi + (1 << (2 * SHIFT - 1))) >> (2 * SHIFT)
            out[row, column] = (value * weight + before * (256 - weight) * 256 + 32768) >> 16


def map_lut_3d(y, u, v, lut, weight, y_out, u_out, v_out):  # type: ignore[no-untyped-def]
    """As :func:`farm_basics.kernels.map_lut_3d`, with a separate lookup for each pixel."""
    for plane, out in enumerate((y_out, u_out, v_out)):
        _lut_3d_plane(y, u, v, lut, weight, plane, out)
