"""Where code comes from: the program itself, a library, farm, or one of its plugins."""

from __future__ import annotations

import sys
import sysconfig
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final

from farm.plugins.identity import identity_of

_INSTALLED: Final = tuple(
    Path(path).resolve()
    for path in dict.fromkeys(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib"))
)


def library_version(package: str) -> str | None:
    """Return what identifies the version of a top-level package; None if it is part of the program.

    It is the ``__version__`` of a library, the hash of the files of a farm plugin, and empty for Python and farm: the
    engine's version is part of every key.
    """
    if package in sys.stdlib_module_names or package == "farm":
        return ""
    if package == "__main__":
        return None
    for point in entry_points(group="farm"):
        if point.module.partition(".")[0] == package:
            return identity_of(point).digest
    module = sys.modules.get(package)
    if module is None:
        try:
            module = import_module(package)
        except ImportError:
            return None
    version = str(getattr(module, "__version__", ""))
    place = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), None)
    if place is None:
        return version if package in sys.builtin_module_names else None
    path = Path(place).resolve()
    installed = {"site-packages", "dist-packages"} & set(path.parts) or any(
        one in path.parents for one in _INSTALLED
    )
    return version if installed else None
