"""The CUDA forms under numba's own types: they give the CPU's bytes, and they compile for GPUs."""

from __future__ import annotations

from importlib.util import find_spec
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import cuda

from farm.render import kernels, sampling, sampling_over, straight_kernels, turning
from farm.render.cuda import kernels as cuda_kernels
from tests.unit.render.cuda.cases import BASICS, CUDA_BASICS, all_cases, on_cpu, on_gpu
from tests.unit.render.cuda.typed import TypedGpu

NOT_ON_GPUS = {"planes_from_rgba", "planes_from_rgb", "rgb_from_planes", "positions", "map_lut_3d"}
"""Conversions once a still, and the tables that kernels are given: both are the CPU's. ``map_lut_3d`` writes three
planes by three launches and is tried as an effect (test_elements_on_gpu.py)."""
ONLY_ON_CPUS = {"bokeh", "shrink_light", "remap_radial", "remap_turned", "paint"}
"""Kernels without a CUDA form: the effects that call them run on the CPU, and reports name them."""
GPUS = [(7, 5), (8, 6), (9, 0)]
"""Compute capabilities: T4, A10, H100."""


def loops(module: ModuleType) -> set[str]:
    """Return the public kernels that a module defines."""
    found = {
        name: value
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    }
    return {
        name
        for name, value in found.items()
        if hasattr(value, "signatures") or hasattr(getattr(value, "__wrapped__", None), "signatures")
    }


def kernels_of(*modules: object) -> set[str]:
    """Return the names of all functions that run on the GPU and are launched."""
    values = [value for module in modules for value in vars(module).values()]
    launched = [getattr(value, "kernel", value) for value in values]
    return {one.py_func.__name__ for one in launched if hasattr(one, "py_func")}


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 90), st.integers(1, 90))
def test_kernels_give_the_cpus_bytes(seed: int, height: int, width: int) -> None:
    gpu = TypedGpu()
    for case in all_cases(seed, height, width):
        found, wanted = on_gpu(case, gpu), on_cpu(case)
        assert found.tobytes() == wanted.tobytes(), f"{case.name} differs in {(found != wanted).sum()} pixels"


def test_every_kernel_has_a_cuda_form_and_is_tried() -> None:
    tried = {case.name for case in all_cases(0, 8, 8)}
    written = set[str]().union(
        *map(loops, (*BASICS, kernels, sampling, sampling_over, straight_kernels, turning))
    )
    assert written - NOT_ON_GPUS - ONLY_ON_CPUS == tried
    assert all(any(hasattr(home, name) for home in (cuda_kernels, *CUDA_BASICS)) for name in tried)


@pytest.mark.skipif(
    find_spec("numba_cuda") is None, reason="CUDA's compiler is not installed: pip install 'farm-video[gpu]'"
)
@pytest.mark.parametrize("gpu", GPUS, ids=lambda gpu: f"sm_{gpu[0]}{gpu[1]}")
def test_kernels_compile_for_a_gpu(gpu: tuple[int, int]) -> None:
    stand_in = TypedGpu()
    for seed in range(8):
        for case in all_cases(seed, 8, 8):
            on_gpu(case, stand_in)
    plane = np.zeros_like(stand_in.plane((4, 4)))
    plane[1:3, :] = plane[0:2, :]
    assert {kernel.py_func.__name__ for kernel in stand_in.launched} == kernels_of(cuda_kernels, *CUDA_BASICS)
    for kernel, types in stand_in.launched.items():
        ptx, _ = cuda.compile_ptx(kernel.py_func, types, cc=gpu)
        assert ".f64" not in ptx, f"{kernel.py_func.__name__} reckons in floating point"
        assert ".f32" not in ptx, f"{kernel.py_func.__name__} reckons in floating point"
