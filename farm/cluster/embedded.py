"""A private cluster for the duration of one command."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import ray

from farm.cluster.ray_environment import NAMESPACE, OBJECT_STORE_BYTES, enter
from farm.cluster.ray_executor import RayExecutor
from farm.cluster.ray_node import RAY
from farm.cluster.worker_actor import MakeWorker, make_worker
from farm.settings import Settings


@contextmanager
def embedded(settings: Settings, *, workers: int, make: MakeWorker = make_worker) -> Iterator[RayExecutor]:
    """Start a private cluster, yield an executor on it, and stop it, also on Ctrl-C."""
    with private_ray(settings, cpus=workers):
        executor = RayExecutor(settings, workers=workers, make=make)
        try:
            yield executor
        finally:
            executor.close()


@contextmanager
def private_ray(settings: Settings, *, cpus: int) -> Iterator[None]:
    """Start Ray for this process only: never connects to a running cluster, and leaves nothing behind."""
    enter(settings, alone=True)
    # Not in the farm's home: this folder contains Ray's sockets, whose paths must stay short.
    folder = tempfile.mkdtemp(prefix="farm-ray-")
    try:
        ray.init(
            address="local",
            num_cpus=cpus,
            include_dashboard=False,
            object_store_memory=OBJECT_STORE_BYTES,
            log_to_driver=False,
            logging_level=logging.ERROR,
            namespace=NAMESPACE,
            _temp_dir=f"{folder}/{RAY}",
        )
        try:
            yield
        finally:
            ray.shutdown()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
