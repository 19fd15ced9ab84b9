"""Identities of plugins: the files that they consist of, hashed once per process, and their authors.

Files that a plugin imports late, or reads with its first frame, may have been edited since: :func:`is_edited` checks.
"""

from __future__ import annotations

import base64
import hashlib
import inspect
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, EntryPoint
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Final
from urllib.parse import unquote, urlparse

from farm import __version__
from farm.model.plugin import PluginIdentity

CACHES: Final = frozenset({"__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".git"})
"""Cache and version control folders, which do not affect pixels."""
COMPILED: Final = frozenset({".pyc", ".pyo", ".nbi", ".nbc"})
"""Suffixes of Python's and numba's caches of compiled source; the source itself is hashed."""
Parts = tuple[tuple[str, Path], ...]
"""Files and folders, each by the name under which it is hashed."""
States = dict[Path, tuple[int, int, int, int]]
"""Size, inode, mtime and ctime of each file; if they are equal, the bytes are too."""
OWN: Final = "farm-video"
"""Farm's own distribution: only the plugin's package in it is hashed, ``ENGINE`` covers the rest."""


def identity_of(point: EntryPoint) -> PluginIdentity:
    """Return the identity of an installed plugin, from its files as they are at the process's first call."""
    version = point.dist.version if point.dist is not None else __version__
    root = _root_of(point.module)
    parts = [*([(root.name, root)] if root is not None else []), *_others_of(point.dist, root)]
    own = point.dist is not None and point.dist.name == OWN
    return PluginIdentity(point.name, version, _digest(tuple(sorted(parts))), author_of(point.dist), own)


def hidden_by(point: EntryPoint, points: Iterable[EntryPoint]) -> str:
    """Say that another distribution's module of the same name is imported instead; empty if the plugin's own is."""
    root = _root_of(point.module)
    if root is None or point.dist is None or _brought(point.dist, root):
        return ""
    rivals = sorted(
        {
            one.dist.name
            for one in points
            if one.dist is not None and _root_of(one.module) == root and _brought(one.dist, root)
        }
    )
    if not rivals:
        return ""
    return (
        f"its module `{root.stem}` is hidden by the one of distribution {' or '.join(rivals)}, which is imported "
        f"instead; rename one of the modules"
    )


def _brought(dist: Distribution, root: Path) -> bool:
    """Whether a package or module is a distribution's own: next to its metadata, or in its editable install."""
    direct_url = dist.read_text("direct_url.json")
    edited = urlparse(json.loads(direct_url).get("url", "")).path if direct_url else ""
    if edited and Path(unquote(edited)).resolve() in root.resolve().parents:
        return True
    beside = Path(str(dist.locate_file(""))).resolve()
    return beside in root.resolve().parents and not _is_overwritten(dist, root)


def _is_overwritten(dist: Distribution, root: Path) -> bool:
    """Whether a module was overwritten after it was installed: two distributions may write the same file."""
    main = root / "__init__.py" if root.is_dir() else root
    for file in dist.files or ():
        if file.name == main.name and file.hash is not None and Path(str(dist.locate_file(file))) == main:
            data = hashlib.new(file.hash.mode, main.read_bytes()).digest()
            return base64.urlsafe_b64encode(data).decode().rstrip("=") != file.hash.value
    return False


def identity_of_object(name: str, plugin: object, version: str) -> PluginIdentity:
    """Return the identity of a plugin passed as an object, from the files of its module if it has any."""
    module = plugin if isinstance(plugin, ModuleType) else inspect.getmodule(type(plugin))
    file = getattr(module, "__file__", None)
    if module is None or not file or not Path(file).is_file():
        return PluginIdentity(name, version)
    root = Path(file).parent if Path(file).name == "__init__.py" else Path(file)
    return PluginIdentity(name, version, _digest(((root.name, root),)))


def author_of(dist: Distribution | None) -> str:
    """Return the name and address of a distribution's author, as far as its metadata state them."""
    if dist is None:
        return ""
    # Newer metadata has `Name <address>` in one field, older metadata has a field for each.
    metadata = dist.metadata
    mail = next((metadata[field] for field in ("Author-email", "Maintainer-email") if field in metadata), "")
    name = next((metadata[field] for field in ("Author", "Maintainer") if field in metadata), "")
    if name and mail and name not in mail:
        return f"{name} <{mail}>" if "<" not in mail else f"{name}, {mail}"
    return mail or name


def _root_of(module: str) -> Path | None:
    """Return the outermost regular package that contains a module, or its file: namespace packages have no owner."""
    parts = module.split(".")
    for end in range(1, len(parts) + 1):
        try:
            spec = find_spec(".".join(parts[:end]))
        except (ImportError, ValueError):
            return None
        if spec is None:
            return None
        if spec.origin and spec.has_location:
            return Path(spec.origin).parent if spec.submodule_search_locations else Path(spec.origin)
    return None


def _others_of(dist: Distribution | None, root: Path | None) -> Iterator[tuple[str, Path]]:
    """Yield the other files that a distribution installed, by name: further modules, tables, pictures."""
    if dist is None or dist.name == OWN:
        return
    for file in dist.files or ():
        top = file.parts[0] if file.parts else ".."
        if top == ".." or top.endswith((".dist-info", ".egg-info", ".pth")) or top.startswith("__editable__"):
            continue
        path = Path(str(dist.locate_file(file)))
        inside = root is not None and (path == root or root in path.parents)
        if not inside and path.suffix not in COMPILED and CACHES.isdisjoint(file.parts) and path.is_file():
            yield file.as_posix(), path


@dataclass(slots=True)
class _Hashed:
    parts: Parts
    states: States
    """The states of the files just before they were hashed."""


_hashed: Final[dict[str, _Hashed]] = {}
"""What this process has hashed, by the hash."""


def is_edited(identity: PluginIdentity) -> bool:
    """Whether a plugin's files have changed since it was loaded; they are rehashed only if touched."""
    hashed = _hashed.get(identity.digest)
    if hashed is None:
        return False
    try:
        states = _states(hashed.parts)
        if states == hashed.states:
            return False
        if _hash(hashed.parts) != identity.digest:
            return True
    except OSError:
        # Removed, or being replaced right now.
        return True
    hashed.states = states
    return False


@cache
def _digest(parts: Parts) -> str:
    """Return the hash of files and folders; empty if there are no files."""
    states = _states(parts)
    if not states:
        return ""
    digest = _hash(parts)
    _hashed[digest] = _Hashed(parts, states)
    return digest


def _states(parts: Parts) -> States:
    stats = ((path, path.stat()) for _, part in parts for path in _files(part))
    return {path: (one.st_size, one.st_ino, one.st_mtime_ns, one.st_ctime_ns) for path, one in stats}


def _hash(parts: Parts) -> str:
    """Return the hash of the names and bytes of all files."""
    hashed = hashlib.sha256()
    for name, part in parts:
        for path in _files(part):
            file_name = "/".join((name, *path.relative_to(part).parts)).encode()
            data = path.read_bytes()
            hashed.update(b"%d %s %d " % (len(file_name), file_name, len(data)))
            hashed.update(data)
    return hashed.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
        return
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in CACHES)
        for name in sorted(names):
            path = Path(folder, name)
            if path.suffix not in COMPILED and path.is_file():
                yield path


def forget_digests() -> None:
    """Make the next call hash files again; for tests, whose plugins change within a process."""
    _digest.cache_clear()
