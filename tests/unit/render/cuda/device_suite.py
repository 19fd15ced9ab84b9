"""What must hold on a GPU, real or simulated; run in a process of its own by ``test_on_a_device.py``.

numba decides when it is imported whether CUDA is simulated, so these tests cannot share a process with others. The
simulator starts a Python thread a CUDA thread: planes and grids are small there, which also makes every thread stride.
"""

from __future__ import annotations

import numpy as np
import pytest
from numba import config

from farm.plugins.registry import load_registry
from farm.render.compositor import Compositor
from farm.render.cuda.device import Cuda, probe_cuda
from farm.render.cuda.launch import Geometry
from tests.unit.render.cuda.cases import all_cases, on_cpu, on_gpu
from tests.unit.render.cuda.scene import FRAMES, Media, scene

SIMULATED = bool(config.ENABLE_CUDASIM)
SIZES = [(1, 1), (9, 14), (16, 32)] if SIMULATED else [(1, 1), (9, 14), (270, 480), (701, 643)]
GEOMETRIES = [Geometry((4, 1), (2, 3)), Geometry((2, 4), (1, 1))] if SIMULATED else [Geometry()]


def test_the_device_works() -> None:
    facts = probe_cuda()
    assert facts.works, facts.why_not
    assert facts.name


@pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for h, w in SIZES])
@pytest.mark.parametrize("geometry", GEOMETRIES, ids=str)
def test_kernels_give_the_cpus_bytes(size: tuple[int, int], geometry: Geometry) -> None:
    gpu = Cuda(geometry)
    for seed in range(2):
        for case in all_cases(seed, *size):
            assert on_gpu(case, gpu).tobytes() == on_cpu(case).tobytes(), f"{case.name}, seed {seed}"


def test_planes_copy_fill_and_paste_like_arrays() -> None:
    gpu = Cuda(GEOMETRIES[0])
    rng = np.random.default_rng(5)
    first, second = (rng.integers(0, 256, (8, 10), np.uint8) for _ in range(2))
    one, two = gpu.upload(first), gpu.upload(second)
    copied = one.copy()
    one[2:5, 1:7] = two[0:3, 4:10]
    first_before = first.copy()
    first[2:5, 1:7] = second[0:3, 4:10]
    assert (gpu.download(one) == first).all()
    assert (gpu.download(copied) == first_before).all()
    one[1:8, 2:10] = one[0:7, 0:8]
    first[1:8, 2:10] = first[0:7, 0:8].copy()
    assert (gpu.download(one) == first).all()
    assert (gpu.download(np.full_like(one, 9)) == 9).all()
    assert (gpu.download(np.zeros_like(one, shape=(3, 4))) == np.zeros((3, 4))).all()


def test_memory_is_used_again() -> None:
    gpu = Cuda(GEOMETRIES[0])
    first = gpu.plane((4, 6))
    memory = first.array
    del first
    assert gpu.plane((4, 6)).array is memory


def test_frames_of_a_scene_equal_the_cpus() -> None:
    size, numbers = ((32, 48), (0, 13, 19)) if SIMULATED else ((360, 640), range(FRAMES))
    registry, gpu, timeline = load_registry(), Cuda(GEOMETRIES[0]), scene(*size)
    here, there = Compositor(timeline, Media(), registry), Compositor(timeline, Media(), registry, gpu)
    for number in numbers:
        found, wanted = gpu.give(there.frame(number)), here.frame(number)
        for one, other in zip(found.planes(), wanted.planes(), strict=True):
            assert one.tobytes() == other.tobytes(), f"frame {number}"
    assert gpu.detours == ()
