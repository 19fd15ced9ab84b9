"""Ray workers of a private cluster for one call of the Python API, with the caller's own elements."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from types import ModuleType

import ray
from ray import cloudpickle
from ray._private import ray_constants
from ray._raylet import AuthenticationTokenLoader, Config  # type: ignore[attr-defined]  # compiled

from farm.cluster.embedded import embedded
from farm.cluster.ray_executor import RayExecutor
from farm.cluster.worker_actor import make_worker
from farm.errors import MachineError, PluginError
from farm.plugins.inline import InlinePlugin, registry_with
from farm.scheduling.perform import TaskWorker
from farm.settings import Settings


@dataclass(frozen=True, slots=True)
class MakeWorkerWith:
    """Makes a worker that knows the caller's elements, inside its own process."""

    pickled: bytes
    """The plugins, with their code where the worker could not import it."""

    def __call__(self, settings: Settings) -> TaskWorker:
        from farm.worker.worker import Worker

        return Worker(settings, registry_with(pickle.loads(self.pickled)))


@contextmanager
def private_workers(
    settings: Settings, *, workers: int, plugins: Sequence[InlinePlugin] = ()
) -> Iterator[RayExecutor]:
    """Start a private cluster, yield an executor on it, stop it, and leave this process as it was.

    Raises:
        MachineError: this process is connected to a Ray cluster of its own.
        PluginError: the caller's elements cannot be sent to another process.
    """
    if ray.is_initialized():
        raise MachineError(
            "this process is connected to Ray, and `workers` starts a cluster of its own; leave `workers` out (in Ray "
            "Data and in tasks the jobs themselves are spread), or call ray.shutdown() before"
        )
    make = MakeWorkerWith(packed(plugins)) if plugins else make_worker
    with _restored_environment(), embedded(settings, workers=workers, make=make) as executor:
        yield executor


def packed(plugins: Sequence[InlinePlugin]) -> bytes:
    """Return plugins with all of the program's code that they use, by value: workers cannot import a script."""
    modules = {one.__name__: one for plugin in plugins for one in plugin.modules}
    try:
        with ExitStack() as stack:
            for module in modules.values():
                _send_by_value(module, stack)
            data: bytes = cloudpickle.dumps([replace(plugin, modules=()) for plugin in plugins])
            return data
    except Exception as error:
        names = " and ".join(plugin.identity.name for plugin in plugins)
        raise PluginError(
            f"the elements of `{names}` cannot be sent to workers: {type(error).__name__}: {error}; create what cannot "
            "be pickled inside the method that uses it, or leave `workers` out"
        ) from error


def _send_by_value(module: ModuleType, stack: ExitStack) -> None:
    if module.__name__ == "__main__" or module.__name__ in cloudpickle.list_registry_pickle_by_value():
        return  # sent by value anyway
    cloudpickle.register_pickle_by_value(module)
    stack.callback(cloudpickle.unregister_pickle_by_value, module)


@contextmanager
def _restored_environment() -> Iterator[None]:
    """Undo what a private cluster sets for this process: Ray's variables, and what Ray has read from them."""
    before, clusters = dict(os.environ), ray_constants.ENABLE_RAY_CLUSTER
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)
        ray_constants.ENABLE_RAY_CLUSTER = clusters
        Config.initialize("")
        AuthenticationTokenLoader.instance().reset_cache()
