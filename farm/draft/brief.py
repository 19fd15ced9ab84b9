"""Briefs: the input that a template drafts from, with its photos analysed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Final

from pydantic import BaseModel

from farm.media.footage import POSTER_PX, poster_rgb
from farm.media.still import picture_rgb
from farm.model.asset import Asset, MediaKind
from farm.model.color import BLACK
from farm.model.document import MediaRef
from farm.plugins.sight import Sight, see
from farm.plugins.template import Brief, Photo

REMEMBERED: Final = 4096
"""Pictures whose analysis a process caches, about 1 kB each: a shop's videos reuse the same photos."""

_CHINESE = re.compile(r"[\u3400-\u9fff]")


def brief_of(slots: BaseModel, assets: Mapping[str, Asset], width: int, height: int, rate: Fraction) -> Brief:
    """Return the brief for validated slots whose media are bound."""
    media = {reference: _photo(reference, assets[reference]) for reference in _media(slots)}
    words = " ".join(_words(slots))
    language = "zh" if _CHINESE.search(words) else "en"
    return Brief(slots, media, width, height, rate, language)


def _media(value: object) -> Iterator[str]:
    if isinstance(value, MediaRef):
        yield str(value)
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _media(getattr(value, name))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _media(item)


def _words(value: object) -> Iterator[str]:
    if isinstance(value, str) and not isinstance(value, MediaRef):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _words(getattr(value, name))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _words(item)


def _photo(reference: str, asset: Asset) -> Photo:
    if not asset.kind.is_visible:
        return Photo(reference, asset, (), BLACK, False)
    seen = _seen(asset)
    return Photo(reference, asset, seen.palette, seen.border, seen.plain_border, seen.subject, seen.details)


@lru_cache(maxsize=REMEMBERED)
def _seen(asset: Asset) -> Sight:
    return see(
        picture_rgb(asset, POSTER_PX) if asset.kind is MediaKind.IMAGE else poster_rgb(asset, POSTER_PX)
    )
