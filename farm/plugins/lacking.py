"""Which plugins that a document may refer to are not usable here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from farm.plugins.registry import Registry

OFFER: Final = re.compile(r"([a-z][a-z0-9_]*)\.[a-z][a-z0-9_]*")
"""The pattern of names of templates, elements and text styles; many file names match it too."""

OFFER_IN_TEXT: Final = re.compile(r"(?<![\w.])[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*(?![\w.])")
"""The same within a text of several lines."""


def lacking(document: Any, registry: Registry) -> tuple[str, ...]:
    """Return the plugin names, sorted, that words of a document begin with and that are disabled or missing here.

    Some are not plugins, as ``photo`` of ``photo.jpg``: the caller knows which plugins exist elsewhere.
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
        # The text of a written template names elements among other things.
        yield from OFFER_IN_TEXT.findall(value) if "\n" in value else (value,)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _words(item)
    elif isinstance(value, list):
        for item in value:
            yield from _words(item)
