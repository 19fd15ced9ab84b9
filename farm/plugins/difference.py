"""Differences between the plugins of machines, and of workers, in one sentence each; plugins are given by mark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from farm.model.plugin import PluginIdentity


def difference(here: Mapping[str, PluginIdentity], head: Mapping[str, PluginIdentity]) -> str:
    """Say how this machine's plugins differ from the head's; empty if they are the same."""
    differences = list(_differences(here, head))
    if not differences:
        return ""
    return (
        f"this machine's plugins differ from the head's: {', '.join(differences)}; "
        f"segments go only to workers with exactly the plugins that their job was planned with"
    )


def mixture(marks: Iterable[str]) -> str:
    """Say which plugins a farm's workers have in several builds; empty if there is only one of each.

    If files are edited while the farm is running, only replaced workers load the new ones.
    """
    mixed = [" and ".join(there) for there in _by_name(marks).values() if len(there) > 1]
    return f"workers differ: {', '.join(mixed)}" if mixed else ""


def elsewhere(used: Iterable[str], farm: Iterable[str]) -> str:
    """Say which of the plugins that documents use here differ on a farm; empty if all are the same."""
    there = _by_name(farm)
    differences = [
        f"{mark} here, {' and '.join(there.get(name, ())) or 'none'} there"
        for name, marks in _by_name(used).items()
        for mark in marks
        if there.get(name) != [mark]
    ]
    if not differences:
        return ""
    return f"the farm's plugins differ from this machine's, and the farm's draw the video: {'; '.join(differences)}"


def _by_name(marks: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for mark in sorted(set(marks)):
        found.setdefault(mark.partition(" ")[0], []).append(mark)
    return found


def _differences(here: Mapping[str, PluginIdentity], head: Mapping[str, PluginIdentity]) -> Iterator[str]:
    for name in sorted(here.keys() | head.keys()):
        mine, theirs = here.get(name), head.get(name)
        if mine is None and theirs is not None:
            yield f"{theirs.mark} is not installed here"
        elif theirs is None and mine is not None:
            yield f"{mine.mark} is not installed there"
        elif mine is not None and theirs is not None and mine.version != theirs.version:
            yield f"{name} is {mine.version} here and {theirs.version} there"
        elif mine is not None and theirs is not None and mine.digest != theirs.digest:
            files = f"({mine.short} here, {theirs.short} there)"
            yield f"{name} {mine.version} has the same version, different files {files}"
