"""Arguments for every kernel that has a CUDA form, seeded: noise, extremes, one pixel, clips over every edge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from farm.render import kernels, sampling, sampling_over, straight_kernels, turning
from farm.render.cuda import kernels as cuda_kernels
from farm.render.frame import Plane
from farm_basics import (
    blur_cuda_kernels,
    blur_kernels,
    colour_cuda_kernels,
    colour_kernels,
    drawn_cuda_kernels,
    drawn_kernels,
    exposure_cuda_kernels,
    exposure_kernels,
    key_cuda_kernels,
    key_kernels,
    layer_cuda_kernels,
    layer_kernels,
    light_cuda_kernels,
    light_kernels,
    order_cuda_kernels,
    order_kernels,
    remap_cuda_kernels,
    remap_kernels,
    smear_cuda_kernels,
    smear_kernels,
    warp_cuda_kernels,
    warp_kernels,
)
from farm_basics import cuda_kernels as cuda_basics
from farm_basics import kernels as basics

BASICS = (
    basics,
    blur_kernels,
    colour_kernels,
    drawn_kernels,
    exposure_kernels,
    key_kernels,
    layer_kernels,
    light_kernels,
    order_kernels,
    remap_kernels,
    smear_kernels,
    warp_kernels,
)
CUDA_BASICS = (
    cuda_basics,
    blur_cuda_kernels,
    colour_cuda_kernels,
    drawn_cuda_kernels,
    exposure_cuda_kernels,
    key_cuda_kernels,
    layer_cuda_kernels,
    light_cuda_kernels,
    order_cuda_kernels,
    remap_cuda_kernels,
    smear_cuda_kernels,
    warp_cuda_kernels,
)
"""Their CUDA forms, in the same order."""
Rng = np.random.Generator
ONE = 65536


@dataclass(frozen=True, slots=True)
class Case:
    """A kernel's two forms and arguments for them; host planes stand for planes on either device."""

    name: str
    """The kernel."""
    cpu: Callable[..., None]
    """Its form for this machine's memory."""
    cuda: Callable[..., None]
    """Its form for a GPU's."""
    arguments: tuple[Any, ...]
    """Planes, tables, numbers."""
    written: int
    """Which argument is the plane that it writes."""


def noise(rng: Rng, height: int, width: int) -> Plane:
    """Return a plane of noise, of all levels or of the extremes alone."""
    if rng.random() < 0.2:
        return rng.choice(np.array([0, 255], np.uint8), (height, width))
    return rng.integers(0, 256, (height, width), np.uint8)


def premultiplied(rng: Rng, height: int, width: int) -> tuple[Plane, Plane]:
    """Return a premultiplied plane and its alpha, a part of which is opaque and a part clear."""
    alpha = noise(rng, height, width)
    alpha[: height // 3] = 255
    alpha[:, : width // 4] = 0
    straight = noise(rng, height, width)
    return np.round(straight.astype(float) * alpha / 255).astype(np.uint8), alpha


def strength(rng: Rng) -> int:
    """Return an opacity, 0 to 256, often whole."""
    return int(rng.choice([256, 256, 0, 1, int(rng.integers(0, 257))]))


def _table(rng: Rng, size: int, count: int) -> tuple[Any, Any]:
    at = np.sort(rng.random(count)) * (size - 1)
    fixed = np.floor(at * 256 + 0.5).astype(np.int64)
    index = np.minimum(fixed >> 8, size - 1)
    return index.astype(np.int32), (fixed - (index << 8)).astype(np.int32)


def _tables(rng: Rng, src: Plane, dst: Plane) -> tuple[Any, ...]:
    x0, y0 = int(rng.integers(0, dst.shape[1])), int(rng.integers(0, dst.shape[0]))
    xi, xw = _table(rng, src.shape[1], int(rng.integers(1, dst.shape[1] - x0 + 1)))
    yi, yw = _table(rng, src.shape[0], int(rng.integers(1, dst.shape[0] - y0 + 1)))
    return xi, xw, yi, yw, x0, y0


def _corner_and_clip(rng: Rng, dst: Plane, src: Plane) -> tuple[int, ...]:
    if rng.random() < 0.5:
        x0, y0 = (int(rng.integers(-1, 2)) for _ in range(2))
        return x0, y0, 0, 0, dst.shape[1], dst.shape[0]
    x0 = int(rng.integers(-src.shape[1], dst.shape[1] + 1))
    y0 = int(rng.integers(-src.shape[0], dst.shape[0] + 1))
    left, right = sorted(int(n) for n in rng.integers(0, dst.shape[1] + 1, 2))
    top, bottom = sorted(int(n) for n in rng.integers(0, dst.shape[0] + 1, 2))
    return x0, y0, left, top, right, bottom


def _solid(rng: np.random.Generator, alpha: Plane) -> tuple[int, int, int, int, int]:
    """Return a random rectangle and the size of its corners, made opaque; sometimes an empty one."""
    height, width = alpha.shape
    left, right = sorted(int(n) for n in rng.integers(0, width + 1, 2))
    top, bottom = sorted(int(n) for n in rng.integers(0, height + 1, 2))
    corner = int(rng.integers(0, 6))
    alpha[top + corner : max(top + corner, bottom - corner), left:right] = 255
    alpha[top:bottom, left + corner : max(left + corner, right - corner)] = 255
    return left, top, right, bottom, corner


def _matrix(rng: Rng, src: Plane) -> tuple[int, ...]:
    angle, scale = rng.uniform(-np.pi, np.pi), rng.uniform(0.3, 3.0)
    xx, xy = np.cos(angle) / scale, np.sin(angle) / scale
    at = rng.uniform(-4, 4, 2) + np.array([src.shape[1] / 4, src.shape[0] / 4])
    return tuple(round(float(value) * ONE) for value in (xx, xy, at[0], -xy, xx, at[1]))


def compositor_cases(rng: Rng, height: int, width: int) -> Iterator[Case]:
    """Yield every kernel of the compositor once."""

    def case(name: str, *arguments: Any) -> Case:
        homes = kernels, sampling, sampling_over, straight_kernels, turning
        home = next(module for module in homes if hasattr(module, name))
        return Case(name, getattr(home, name), getattr(cuda_kernels, name), arguments, 0)

    dst = noise(rng, height, width)
    rows, columns = (int(n) for n in rng.integers(1, 2 * max(height, width), 2))
    src, alpha = premultiplied(rng, rows, columns)
    yield case("resample", dst, src, *_tables(rng, src, dst))
    known = _solid(rng, alpha)
    yield case("resample_over", dst, src, alpha, *_tables(rng, src, dst), strength(rng), *known)
    yield case("resample_over", dst, alpha, alpha, *_tables(rng, src, dst), strength(rng), *known)
    yield case("over", dst, src, alpha, *_corner_and_clip(rng, dst, src), strength(rng))
    yield case("lay", dst, src, *_corner_and_clip(rng, dst, src), strength(rng))
    area = (0, 0, width, height)
    yield case("affine_over", dst, src, alpha, *_matrix(rng, src), *area, strength(rng), *_solid(rng, alpha))
    same, mask = premultiplied(rng, height, width)
    yield case("multiply", dst, same, mask)
    yield case("divide", dst, same, mask)
    small = noise(rng, (height + 1) // 2, (width + 1) // 2)
    yield case("gather", np.zeros_like(small), same, mask)
    yield case("gather", np.zeros_like(small), mask, mask)
    for thick in (0, 1):
        yield case("lay_on_small", dst, same, mask, small, thick)
    yield case("transpose", dst, noise(rng, width, height))
    yield case("blur_rows", dst, noise(rng, height, width), int(rng.integers(0, 2 * width)))


def _mesh(rng: Rng, height: int, width: int) -> Any:
    shape = (-(-height // warp_kernels.PITCH) + 1, -(-width // warp_kernels.PITCH) + 1)
    if rng.random() < 0.3:
        return rng.integers(-warp_kernels.FARTHEST, warp_kernels.FARTHEST + 1, shape, np.int32)
    return rng.integers(-512, 256 * max(height, width) + 512, shape, np.int32)


def basics_cases(rng: Rng, height: int, width: int) -> Iterator[Case]:
    """Yield every kernel of the basic elements at least once; ``height`` and ``width`` are chroma's."""

    def case(name: str, *arguments: Any) -> Case:
        home, forms = next(pair for pair in zip(BASICS, CUDA_BASICS, strict=True) if hasattr(pair[0], name))
        return Case(name, getattr(home, name), getattr(forms, name), arguments, len(arguments) - 1)

    old, new = noise(rng, height, width), noise(rng, height, width)
    luma = noise(rng, 2 * height, 2 * width)
    out = np.zeros((height, width), np.uint8)
    weight = int(rng.choice([0, ONE, int(rng.integers(0, ONE + 1))]))
    mask = rng.integers(0, 257, luma.shape).astype(np.uint16)
    table = rng.integers(0, 256, 256).astype(np.uint8)
    radius = int(rng.integers(0, 2 * max(height, width)))
    yield case("mix_planes", old, new, weight, out)
    yield case("tint_plane", old, new, weight, int(rng.integers(16, 241)), 0, out)
    yield case("tint_plane", old, old, weight, int(rng.integers(16, 241)), 1, out)
    yield case("mix_masked", old, new, mask, 2, out)
    yield case("mix_masked", luma, luma[::-1].copy(), mask, 1, np.zeros_like(luma))
    yield case("mix_striped", old, new, mask[0].copy(), 2, True, out)
    yield case("mix_striped", old, new, mask[:, 0].copy(), 2, False, out)
    yield case("map_plane", old, table, out)
    yield case("map_luma_to_chroma", luma, table, out)
    yield case("scale_masked", old, mask, 2, 128, out)
    yield case("add_blurred_light", old, new, int(rng.integers(16, 236)), 2 * weight, out)
    yield case("add_difference", old, new, 4 * weight, out)
    yield case("add_grain", old, int(rng.integers(0, 10**11)), int(rng.integers(1, 9)), 110, out)
    fraction = int(rng.integers(0, 32))
    yield case("average_rows", old, radius, fraction, out)
    yield case("average_rows", old, radius + 200, fraction, out)
    yield case("average_columns", old, radius, fraction, out)
    yield case("average_columns", old, radius + 200, fraction, out)
    for factor in (2, 4):
        small = noise(rng, -(-height // factor), -(-width // factor))
        yield case("shrink_plane", old, factor, np.zeros_like(small))
        yield case("enlarge_plane", small, factor, out)
    when = rng.integers(0, 32768, old.shape).astype(np.uint16)
    ramp, edge = int(rng.integers(1, 65537)), int(rng.integers(-40000, 70000))
    yield case("mix_ordered", old, new, when, edge, ramp, out)
    shares, colors = rng.integers(0, 257, 256).astype(np.uint16), table
    span = int(rng.integers(1, 32768))
    yield case("tint_front", new, when, edge, span, shares, colors, 0, old.copy())
    yield case("tint_front", new, when, edge, span, shares, colors, 1, old.copy())
    yield case("mix_by_luma", old, new, luma, shares, 2, out)
    for first, last in ((0, width), (-1, width), (width // 2, max(width // 2 + 1, width - 1))):
        nodes = [_mesh(rng, height, width) for _ in range(2)]
        box = (*sorted(int(n) for n in rng.integers(0, width + 1, 2)), 0, 0)
        rows = sorted(int(n) for n in rng.integers(0, height + 1, 2))
        yield case("warp_plane", old, *nodes, first, last, box[0], rows[0], box[1], rows[1], new.copy())
    shares = (int(rng.integers(0, 257)), int(rng.integers(0, 257)))
    yield case(
        "add_planes", old, new, *shares, int(rng.choice([16, 128])), 16, int(rng.choice([235, 240])), out
    )
    across, down = (rng.integers(0, 32769, count).astype(np.int32) // 2 for count in (width, height))
    color = int(rng.integers(16, 241))
    yield case("tint_spot", new, across, down, shares[0], color, 0, old.copy())
    yield case("tint_spot", new, across, down, shares[1], color, 1, old.copy())
    yield case("average_blocks", old, int(rng.integers(1, 2 * max(height, width))), out)


def effect_cases(rng: Rng, height: int, width: int) -> Iterator[Case]:
    """Yield the kernels of effects that move, smear and recolour."""

    def case(name: str, *arguments: Any) -> Case:
        home, forms = next(pair for pair in zip(BASICS, CUDA_BASICS, strict=True) if hasattr(pair[0], name))
        return Case(name, getattr(home, name), getattr(forms, name), arguments, len(arguments) - 1)

    def planes(count: int, grown: int = 1) -> list[Plane]:
        return [noise(rng, grown * height, grown * width) for _ in range(count)]

    out, large = np.zeros((height, width), np.uint8), np.zeros((2 * height, 2 * width), np.uint8)
    maps = [rng.integers(-1000, 256 * size + 1000, large.shape).astype(np.int32) for size in (width, height)]
    u, v, w, z = planes(4)
    y1, y2, y3 = planes(3, 2)
    factors = [int(one) for one in rng.integers(-65536, 65537, 2)]
    yield case("turn_chroma", u, v, *factors, out)
    yield case("join_luma", y1, u, y2, v, w, y3, z, large)
    for is_red in (0, 1):
        yield case("join_chroma", y1, u, y2, v, w, y3, z, is_red, out)
    yield case("remap_plane", u, *(one[:height, :width].copy() for one in maps), out)
    yield case("remap_chroma", u, *maps, out)
    affine = [int(one) for one in rng.integers(-100_000, 100_001, 6)]
    yield case("remap_affine", u, *affine, out)
    for name, length in (("shift_rows", height), ("shift_columns", width)):
        yield case(name, u, rng.integers(-4000, 4000, length).astype(np.int32), out)
    for flags in ((0, 0, 0), (0, 1, 0), (1, 0, 0), (1, 1, 0), (1, 0, 1), (1, 1, 1)):
        yield case("mirror_plane", u, *flags, out)
    offsets = rng.integers(0, 9, height).astype(np.int32)
    yield case("smear", u, offsets, int(rng.integers(0, 40)), out)
    yield case("transpose", u, np.zeros((width, height), np.uint8))
    share, color = int(rng.integers(0, 257)), int(rng.integers(16, 236))
    yield case("tint_by", y1, y2, color, share, 1, large)
    yield case("tint_by", u, y2, color, share, 2, out)
    yield case("screen_light", u, v, share, out)
    profile, starts = rng.integers(0, 256, 2 * width + 50).astype(np.uint8), rng.integers(0, 50, 2 * height)
    for plane, step, target in ((y1, 1, large), (u, 2, out)):
        yield case("tint_band", plane, profile, starts.astype(np.int32), color, step, target)
        yield case("cover_by", plane, y2, color, step, target)
    yield case("scale_rows", y1, rng.integers(0, 513, 2 * height).astype(np.uint16), 1, 16, large)
    yield case(
        "divide_light", u, v, (65536 * 219 // np.maximum(np.arange(256) - 16, 8)).astype(np.int32), out
    )
    yield case("find_edges", u, int(rng.integers(0, 400)), int(rng.integers(0, 2048)), out)
    dx, dy, gain = (int(one) for one in rng.integers(-9, 10, 3))
    yield case("emboss_plane", u, dx, dy, gain * 100, 126, out)
    yield case(
        "light_up", u, rng.integers(0, 257, width).astype(np.uint16), starts[:height].astype(np.uint16), out
    )
    yield case("ink_by_screen", u, v.astype(np.uint16), int(rng.integers(1, 200)), out)
    yield case("larger", u, v, out)
    alphas = np.maximum(np.arange(256), 1)
    yield case("lift_off", u, v, w, (4096 * 255 // alphas).astype(np.int32), 240, out)
    yield case("brightest", y1, u, v, large)
    yield case("map_chroma", u, v, rng.integers(0, 256, 65536).astype(np.uint8), out)
    reciprocals = (16384 // np.maximum(255 - np.arange(256), 32)).astype(np.int32)
    yield case("unmix", u, v, color, reciprocals, 240, out)
    yield case("darker", u, v, share, out)
    yield case("soft_light", u, v, int(rng.integers(0, 257)), out)


def all_cases(seed: int, height: int, width: int) -> list[Case]:
    """Return every kernel with arguments of its own."""
    rng = np.random.default_rng(seed)
    return [
        *compositor_cases(rng, height, width),
        *basics_cases(rng, height, width),
        *effect_cases(rng, height, width),
    ]


def on_cpu(case: Case) -> Plane:
    """Return what the CPU's form writes."""
    arguments = [one.copy() if _is_plane(one) else one for one in case.arguments]
    case.cpu(*arguments)
    written: Plane = arguments[case.written]
    return written


def on_gpu(case: Case, gpu: Any) -> Plane:
    """Return what the CUDA form writes, all planes uploaded before and the result downloaded."""
    # One upload a host plane: a kernel may be given the same plane twice.
    planes = {id(one): gpu.upload(one) for one in case.arguments if _is_plane(one)}
    arguments = [planes.get(id(one), one) for one in case.arguments]
    case.cuda(*arguments)
    written: Plane = gpu.download(arguments[case.written])
    return written


def _is_plane(argument: Any) -> bool:
    return isinstance(argument, np.ndarray) and argument.ndim == 2 and argument.dtype == np.uint8
