"""Differences between the plugins of two machines, in one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from farm.model.plugin import PluginIdentity


def difference(here: Mapping[str, PluginIdentity], head: Mapping[str, PluginIdentity]) -> str:
    """Say in what this machine's plugins differ from the head's; nothing where they are the same."""
    told = list(_differences(here, head))
    if not told:
        return ""
    return (
        f"this machine's plugins differ from the head's: {', '.join(told)}; "
        f"segments go only to workers with exactly the plugins that their job was planned with"
    )


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
