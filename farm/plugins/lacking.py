"""Which plugins a document may mean that are not usable here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from farm.plugins.registry import Registry

OFFER: Final = re.compile(r"([a-z][a-z0-9_]*)\.[a-z][a-z0-9_]*")
"""What the name of a template, an element or a text style looks like; that of many a file, too."""


def lacking(document: Any, registry: Registry) -> tuple[str, ...]:
    """Return the plugins, sorted, that words of a document begin with and that are disabled or not installed here.

    Some are none, as ``photo`` of ``photo.jpg``: whoever asks knows which plugins there are elsewhere.
    """
    return tuple(
        sorted(
            {
                found[1]
                for word in _words(document)
                if (found := OFFER.fullmatch(word))
                and (found[1] not in registry.plugins or found[1] in registry.disabled)
            }
        )
    )


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _words(item)
    elif isinstance(value, list):
        for item in value:
            yield from _words(item)
