"""A worker for one call in this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from farm.guard.lane import Lane
from farm.settings import Settings
from farm.worker.worker import Worker

if TYPE_CHECKING:
    from farm.plugins.inline import InlinePlugin

T = TypeVar("T")


def new_worker(settings: Settings, plugins: Sequence[InlinePlugin] = ()) -> Worker:
    """Return a worker that knows the installed plugins and these.

    Raises:
        PluginError: one of these plugins cannot be used.
    """
    if not plugins:
        return Worker(settings)
    from farm.plugins.inline import registry_with

    return Worker(settings, registry_with(plugins))


def with_worker(
    work: Callable[[Worker], T],
    settings: Settings | None = None,
    plugins: Sequence[InlinePlugin] = (),
) -> T:
    """Return the result of ``work``, called with a new worker in a lane, where plugins that hang are abandoned.

    Args:
        work: What to do.
        settings: Those of the environment if left out.
        plugins: The caller's own elements.

    Raises:
        PluginError: a plugin failed, or one of these cannot be used.
    """
    settings = settings or Settings.from_environment()
    worker, lane = new_worker(settings, plugins), Lane(settings.element_limit_s)
    try:
        return lane.do(lambda: work(worker))
    finally:
        lane.close()
