"""The gallery's page: HTML that plays each exhibit while it is in view, searchable, on any screen."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Final

from farm.gallery.exhibit import Section
from farm.gallery.shoot import Shot

_STYLE: Final = "gallery.css"
_SCRIPT: Final = "gallery.js"


def page(shots: Sequence[Shot]) -> str:
    """Return the page of all exhibits; videos and posters are beside it, by the exhibits' slugs."""
    sections = [(one, [shot for shot in shots if shot.exhibit.section is one]) for one in Section]
    sections = [(section, members) for section, members in sections if members]
    links = " ".join(
        f'<a href="#{section.slug}">{escape(section.value)} <b>{len(members)}</b></a>'
        for section, members in sections
    )
    body = "".join(
        f'<section id="{section.slug}"><h2>{escape(section.value)}</h2><div class="grid">'
        f"{''.join(map(_card, members))}</div></section>"
        for section, members in sections
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><title>farm: the gallery</title>'
        f"<style>{_read(_STYLE)}</style></head><body><header><div><h1>farm: the gallery</h1>"
        '<input type="search" placeholder="Find: wipe, blur, mask …" aria-label="Find in the gallery"></div>'
        f"<nav>{links}</nav></header><main>{body}</main><script>{_read(_SCRIPT)}</script></body></html>\n"
    )


def _read(name: str) -> str:
    """Return a file of this package; it is written into the page, which then works from any folder."""
    return (Path(__file__).parent / name).read_text("utf-8")


def _card(shot: Shot) -> str:
    one = shot.exhibit
    words = f"{one.name} {one.summary} {one.section.value}".lower()
    cost = ""
    if shot.ms_a_frame is not None:
        cost = f'<p class="cost">{shot.ms_a_frame:.2f} ms a frame at 720×1280</p>'
    parameters = "".join(
        f"<dt>{escape(given.name)}{f' = {escape(given.default)}' if given.default else ''}</dt>"
        f"<dd>{escape(given.meaning)} <i>{escape(given.kind)}</i></dd>"
        for given in one.parameters
    )
    details = f"<details><summary>Parameters</summary><dl>{parameters}</dl></details>" if parameters else ""
    summary = f"<p>{escape(one.summary)}</p>" if one.summary else ""
    return (
        f'<article id="{one.slug}" data-words="{escape(words)}">'
        f'<video src="{one.slug}.mp4" poster="{one.slug}.jpg" muted loop playsinline preload="none"></video>'
        f'<div class="words"><h3>{escape(one.name)}</h3>{summary}<code>{escape(one.snippet)}</code>'
        f"{cost}{details}</div>"
        "</article>"
    )
