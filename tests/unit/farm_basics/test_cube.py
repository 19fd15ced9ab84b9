"""Colour tables from files: what is read, what is refused, and tetrahedral interpolation against float64."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from farm.errors import MediaError
from farm.media.probe import probe
from farm.model.asset import MediaKind
from farm.plugins.registry import load_registry
from farm.plugins.resolve import resolve
from farm.render.cube import parse_cube
from farm.render.frame import Frame, Moment
from farm.render.media_picture import MediaPicture
from farm.render.media_table import MediaTable
from farm_basics.cubes import CubeLut

NOW = Moment(0, 30, Fraction(30))


def written(folder: Path, size: int, dimensions: int, head: str = "", seed: int = 1) -> Path:
    """Write a table of noise around the identity."""
    rng = np.random.default_rng(seed)
    grid = np.linspace(0, 1, size)
    if dimensions == 3:
        b, g, r = np.meshgrid(grid, grid, grid, indexing="ij")
        rows = np.stack([r, g, b], axis=-1).reshape(-1, 3)
    else:
        rows = np.stack([grid] * 3, axis=-1)
    rows = np.clip(rows + rng.normal(0, 0.08, rows.shape), 0, 1)
    text = f'# noise\nTITLE "noise"\nLUT_{dimensions}D_SIZE {size}\n{head}'
    path = folder / f"table{size}x{dimensions}.cube"
    path.write_text(text + "\n".join(" ".join(f"{n:.7f}" for n in row) for row in rows) + "\n")
    return path


def tetrahedral(rows: np.ndarray, size: int, rgb: np.ndarray) -> np.ndarray:
    """Return colours interpolated in float64, pixel by pixel."""
    cube = rows.reshape(size, size, size, 3)
    out = np.empty_like(rgb)
    for index in np.ndindex(rgb.shape[:-1]):
        place = rgb[index] * (size - 1)
        base = np.minimum(place.astype(int), size - 2)
        fraction = place - base
        corner, value = base.copy(), np.zeros(3)
        order = np.argsort(-fraction, kind="stable")
        weights = [1 - fraction[order[0]], *-np.diff(fraction[order]), fraction[order[2]]]
        for step in range(4):
            value += weights[step] * cube[corner[2], corner[1], corner[0]]
            if step < 3:
                corner[order[step]] += 1
        out[index] = value
    return out


def reference(frame: Frame, path: Path) -> list[np.ndarray]:
    cube = parse_cube(path.read_text())
    low, high = np.array(cube.low), np.array(cube.high)
    u, v = (np.repeat(np.repeat(p.astype(float), 2, 0), 2, 1) for p in (frame.u, frame.v))
    mean = (frame.y.reshape(frame.u.shape[0], 2, frame.u.shape[1], 2).sum(axis=(1, 3), dtype=int) + 2) // 4
    planes = []
    for y, cb, cr in ((frame.y, u, v), (mean, frame.u.astype(float), frame.v.astype(float))):
        e, pb, pr = (y - 16) / 219, (cb - 128) / 224, (cr - 128) / 224
        r, b = e + 1.5748 * pr, e + 1.8556 * pb
        rgb = np.clip(np.stack([r, (e - 0.2126 * r - 0.0722 * b) / 0.7152, b], axis=-1), 0, 1)
        rgb = np.clip((rgb - low) / (high - low), 0, 1)
        if cube.dimensions == 3:
            made = tetrahedral(cube.rows, cube.size, rgb)
        else:
            grid = np.linspace(0, 1, cube.size)
            made = np.stack([np.interp(rgb[..., i], grid, cube.rows[:, i]) for i in range(3)], axis=-1)
        made = np.clip(made, 0, 1)
        luma = made @ np.array([0.2126, 0.7152, 0.0722])
        planes.append((luma, (made[..., 2] - luma) / 1.8556, (made[..., 0] - luma) / 1.5748))
    return [16 + 219 * planes[0][0], 128 + 224 * planes[1][1], 128 + 224 * planes[1][2]]


WIDE = "DOMAIN_MIN -0.2 0.1 0\nDOMAIN_MAX 1.5 0.9 2\n"


@pytest.mark.parametrize(
    ("size", "dimensions", "head"),
    [
        (2, 3, ""),
        (13, 3, ""),
        (33, 3, "DOMAIN_MIN 0 0 0\nDOMAIN_MAX 1 1 1\n"),
        (17, 3, WIDE),
        (256, 1, ""),
        (5, 1, "LUT_1D_INPUT_RANGE -0.5 1.5\n"),
    ],
)
def test_colours_are_interpolated_in_a_tetrahedron(
    tmp_path: Path, size: int, dimensions: int, head: str
) -> None:
    path = written(tmp_path, size, dimensions, head)
    rng = np.random.default_rng(7)
    y = rng.integers(16, 236, (40, 56), np.uint8)
    u, v = (rng.integers(70, 190, (20, 28), np.uint8) for _ in range(2))
    frame = Frame(y, u, v)
    asset = probe(path)
    assert asset.kind is MediaKind.TABLE
    found = CubeLut(table=MediaTable("sha256:x", asset)).apply(frame, NOW)
    for plane, wanted in zip(found.planes(), reference(frame, path), strict=True):
        assert np.abs(plane - wanted).max() <= 0.55


def test_two_tables_do_not_take_each_others_place(tmp_path: Path) -> None:
    frame = Frame.solid(8, 4, (100, 120, 140))
    made = []
    for seed in (1, 2):
        (tmp_path / str(seed)).mkdir()
        asset = probe(written(tmp_path / str(seed), 9, 3, seed=seed))
        made.append(CubeLut(table=MediaTable("sha256:x", asset)).apply(frame, NOW))
    assert made[0].y.tobytes() + made[0].u.tobytes() != made[1].y.tobytes() + made[1].u.tobytes()


def test_without_a_table_or_strength_nothing_changes(tmp_path: Path) -> None:
    frame = Frame.solid(8, 4, (100, 120, 140))
    assert CubeLut().apply(frame, NOW) is frame
    table = MediaTable("sha256:x", probe(written(tmp_path, 9, 3)))
    still = CubeLut(table=table, amount=0).apply(frame, NOW)
    assert [p.tobytes() for p in still.planes()] == [p.tobytes() for p in frame.planes()]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("LUT_3D_SIZE 1\n0 0 0\n", "LUT_3D_SIZE is 1; 2 to 128 is allowed"),
        ("LUT_3D_SIZE 129\n0 0 0\n", "LUT_3D_SIZE is 129; 2 to 128 is allowed"),
        ("LUT_3D_SIZE many\n", "LUT_3D_SIZE is many; 2 to 128 is allowed"),
        ("LUT_3D_SIZE 2\n0 0 0\n1 1 1\n", "it has 2 rows; a table of size 2 has 8"),
        ("LUT_1D_SIZE 2\n0 0 0\n1 1\n", "line 3 has 2 numbers; a row has three"),
        ("LUT_1D_SIZE 2\n0 0 0\n1 1 nan\n", "a row has a number that is no colour"),
        ("LUT_1D_SIZE 2\n0 0 0\n1 1 1e9\n", "a row has a number that is no colour"),
        ("LUT_1D_SIZE 2\n0 0 0\n1 1 0x\n", "a row is not of numbers"),
        ("LUT_1D_SIZE 2\nDOMAIN_MIN 1 0 0\n0 0 0\n1 1 1\n", "each minimum must be below its maximum"),
        ("LUT_1D_SIZE 2\nDOMAIN_MIN 1 0\n0 0 0\n1 1 1\n", "line 2 must have 3 numbers"),
        ("LUT_1D_SIZE 2\nLUT_3D_SIZE 2\n", "line 2 states a second size"),
        ("LUT_1D_SIZE 2\nWHAT 2\n", "line 2 begins with `WHAT`"),
        ("hello\n", "is no colour table"),
    ],
)
def test_a_wrong_table_is_refused_with_the_reason(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "wrong.cube"
    path.write_text(text)
    with pytest.raises(MediaError, match=says):
        probe(path)


def test_a_table_is_a_parameter_and_only_a_table(tmp_path: Path) -> None:
    registry = load_registry()
    asset = probe(written(tmp_path, 5, 3))
    ref, problems = resolve(
        registry.effects, "basics.cube", {"table": "a.cube"}, "here", "effect", {"a.cube": asset}
    )
    assert problems == []
    assert ref is not None
    assert dict(ref.params)["table"] == asset
    frame = Frame.solid(8, 4, (100, 120, 140))
    assert registry.effect(ref, MediaPicture).apply(frame, NOW) is not frame
    ref, problems = resolve(
        registry.transitions, "basics.luma_wipe", {"mask": "a.cube"}, "here", "transition", {"a.cube": asset}
    )
    assert ref is None
    assert [one.message for one in problems] == ["`a.cube` is a colour table, not a picture"]
