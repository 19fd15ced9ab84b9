"""retail.lookbook: several pieces or pictures on quiet pages in a serif, like a printed book."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, Final

from pydantic import BaseModel

from farm.plugin import (
    WHITE,
    Brief,
    Color,
    ColorClip,
    MotionDocument,
    Photo,
    Template,
    TimelineDocument,
    VisualClip,
    clean,
    headline,
    is_chinese,
    price,
)
from farm_retail.design import Area, Ground, readable_on
from farm_retail.layouts import Words, fits_full, full
from farm_retail.lettering import Line, Placed, bottom_of, stack, text_clips
from farm_retail.ornaments import logo_clip
from farm_retail.pacing import cuts
from farm_retail.pictures import (
    Motion,
    card_aspect,
    card_clips,
    covers_well,
    detail,
    fill_clip,
    is_clip,
    lit,
    picture_clip,
)
from farm_retail.slots import LookbookSlots
from farm_retail.storyboard import Scene, Shot, assemble, goods_of, scene_of

_IVORY: Final = Color(0xF6, 0xF1, 0xE8)
"""The colour of the pages."""
_PAGE_S: Final = 2.9
"""Typical duration of a page."""

_TRANSITIONS: Final[tuple[dict[str, Any], ...]] = (
    {"name": "basics.fade", "ease": "in-out-sine"},
    {"name": "basics.blur_through", "radius": 2.0},
    {"name": "basics.fade", "ease": "in-out-sine"},
    {"name": "basics.wipe", "direction": "left", "softness": 0.35, "ease": "in-out-sine"},
)


_BRIEFEST_S: Final = 1.7
"""All pieces are shown if each can last this long."""


@dataclass(frozen=True, slots=True)
class _Page:
    """The contents of a page."""

    photos: tuple[Photo, ...]
    """One photo, or two side by side."""
    name: str
    """Name of the piece; may be empty."""
    note: str
    """Its price; may be empty."""
    near: float = 1.0
    """Magnification."""
    toward: tuple[float, float] = (0.5, 0.5)
    """The point of the product at the centre of the view."""
    numbered: bool = False
    """Whether it has the number of a piece."""


class Lookbook(Template):
    """Several pieces or pictures on quiet pages in a serif."""

    name: ClassVar[str] = "retail.lookbook"
    summary: ClassVar[str] = (
        "A collection: a title, quiet pages with pictures, names and prices, a closing line."
    )
    slots: ClassVar[type[BaseModel]] = LookbookSlots

    def draft(self, brief: Brief) -> TimelineDocument:
        slots = brief.slots
        assert isinstance(slots, LookbookSlots)
        pieces = [piece for piece in slots.products if piece.photo in brief.media]
        scene = scene_of(brief, slots, [str(piece.photo) for piece in pieces])
        goods = goods_of(slots.product) if slots.product else None
        lines = [line for line in map(clean, slots.lines) if line]
        title = lines[0] if lines else clean(slots.title) or (goods.title if goods else scene.phrase("book"))
        kicker = clean(slots.subtitle) or (goods.kicker if goods else "")
        count = max(2, round((slots.duration - 5.6) / _PAGE_S))
        named = [
            _Page(
                (brief.media[str(piece.photo)],),
                headline(piece.name),
                "" if piece.price is None else price(piece.price, piece.currency),
                numbered=True,
            )
            for piece in pieces
        ]
        notes = lines[1:-1] if len(lines) > 2 else list(goods.points) if goods else []
        pages = (
            named[: max(count, int((slots.duration - 4.4) / _BRIEFEST_S))]
            if named
            else _pages(scene, notes, count)
        )
        weights = [1.1, *[1.0 for _ in pages], 1.05]
        at = cuts(weights, slots.duration, brief.rate, slots.tempo_bpm, slots.beat_offset_s)
        lengths = [stop - start for start, stop in pairwise(at)]
        shots = [Shot("title", _title(scene, title, kicker, lengths[0]), lengths[0])]
        for index, page in enumerate(pages):
            frames = lengths[index + 1]
            shots.append(Shot(f"page {index + 1}", _page(scene, page, index, frames), frames))
        last = lines[-1] if len(lines) > 1 else title
        note = goods.price if goods else ""
        cta = clean(slots.cta) or scene.phrase("book_cta" if named else "cta")
        shots.append(Shot("closing", _closing(scene, last, note, cta, lengths[-1]), lengths[-1]))
        joined = [
            Shot(shot.name, shot.clips, shot.frames, _TRANSITIONS[index % len(_TRANSITIONS)], 0.9)
            for index, shot in enumerate(shots)
        ]
        return assemble(joined, scene, slots)


def _pages(scene: Scene, notes: list[str], count: int) -> list[_Page]:
    """Return pages for the pictures after the first; every third page has two."""
    pages: list[_Page] = []
    known = len(scene.pictures)
    count = min(count, max(2, known + 2, len(notes)))
    at = 1 if known > 1 else 0
    for index in range(count):
        pair = index % 3 == 1 and known >= 3
        photos = tuple(scene.picture(at + k) for k in range(2 if pair else 1))
        # Some of the pictures that were shown before are shown as details.
        again = at >= known or known == 1
        photo = photos[0]
        sharp = min(photo.asset.width_px, photo.asset.height_px) / scene.canvas.short
        near = min(1.7, max(1.0, 1.7 * sharp)) if again and not is_clip(photo) and index % 2 == 0 else 1.0
        at += len(photos)
        name = notes[index] if index < len(notes) else ""
        toward = detail(photo, index // 2)
        pages.append(_Page(photos, name, "", near, toward if near > 1 else (0.5, 0.5)))
    return pages


def _paper(scene: Scene) -> Ground:
    paper = _IVORY.mixed(scene.theme.paper, 0.35)
    ink = Color(0x22, 0x1E, 0x1A)
    return Ground(paper, readable_on(paper, ink), readable_on(paper, scene.theme.mark.mixed(ink, 0.25)))


def _rule(scene: Scene, area: Area, color: Color, frames: int) -> ColorClip:
    """Return a thin animated line."""
    clip = fill_clip(area, color, frames)
    motion = MotionDocument(kind="wipe", duration=f"{scene.frames(0.8)}f", delay=f"{scene.frames(0.2)}f")
    return clip.model_copy(update={"enter": motion})


def _serif(text: str, role: str, color: Color) -> Line:
    # Letterspaced capitals suit Latin captions; Chinese ones are letterspaced only.
    return Line(text, role, color, enter="rise" if role == "serif_title" else None)


def _title(scene: Scene, title: str, kicker: str, frames: int) -> list[VisualClip]:
    photo = scene.picture(0)
    if fits_full(scene, photo):
        words = Words((("caption", kicker), ("serif_title", title)))
        return full(scene, photo, words, frames)
    canvas, safe, ground = scene.canvas, scene.canvas.safe, _paper(scene)
    lines = [_serif(kicker, "caption", ground.accent), _serif(title, "serif_title", ground.ink)]
    clips: list[VisualClip] = [fill_clip(canvas.all, ground.color, frames)]
    if canvas.form == "wide":
        half = canvas.width * 0.5
        placed = stack(canvas, lines, Area(safe.x, safe.y, half - safe.x - canvas.px(8), safe.height))
        side = Area(half, 0, canvas.width - half, canvas.height)
        clips += _print(scene, photo, side, side.inset(canvas.px(8), canvas.px(8)), frames, "in")
        clips.append(_rule(scene, _below(scene, placed), ground.accent, frames))
        return [*clips, *text_clips(placed, frames, scene.fps, delay_s=0.3, stagger_s=0.2)]
    top = safe.y if canvas.form == "tall" else canvas.px(7)
    share = 0.6 if canvas.form == "tall" else 0.58
    bottom = top + (safe.bottom - top) * share
    room = Area(canvas.width * 0.1, top, canvas.width * 0.8, bottom - top)
    clips += _print(scene, photo, room, room, frames, "in")
    middle = Area(canvas.width * 0.12, bottom + canvas.px(5), canvas.width * 0.76, 0)
    placed = stack(canvas, lines, middle.between(middle.y, safe.bottom), align="center", down=0.35)
    return [*clips, *text_clips(placed, frames, scene.fps, align="center", delay_s=0.3, stagger_s=0.2)]


def _below(scene: Scene, placed: list[Placed]) -> Area:
    left = placed[0].area.x if placed else scene.canvas.safe.x
    thick = max(2.0, scene.canvas.px(0.3))
    return Area(left, bottom_of(placed) + scene.canvas.px(4), scene.canvas.px(14), thick)


def _print(
    scene: Scene,
    photo: Photo,
    area: Area,
    room: Area,
    frames: int,
    motion: Motion,
    near: float = 1.0,
    toward: tuple[float, float] = (0.5, 0.5),
) -> list[VisualClip]:
    """Return the photo as a print: over the whole ``area`` if possible, else with sharp corners in ``room``."""
    if area is not room and covers_well(photo, area.aspect):
        return [picture_clip(photo, area, frames, scene.fps, motion=motion, zoom=near, toward=toward)]
    clips, _ = card_clips(
        photo,
        room,
        frames,
        scene.fps,
        canvas_short=scene.canvas.short * 0.6,
        motion=motion,
        radius_px=0.0,
        near=near,
        toward=toward,
    )
    return clips


def _caption(scene: Scene, page: _Page, index: int, ground: Ground) -> list[Line]:
    number = f"{scene.phrase('look')} {index + 1:02d}" if page.numbered else f"{index + 1:02d}"
    name_role = "serif_name" if len(page.name) <= 40 or is_chinese(page.name) else "serif_body"
    return [
        _serif(number, "caption", ground.accent),
        _serif(page.name, name_role, ground.ink),
        _serif(page.note, "serif_body", ground.quiet()),
    ]


def _page(scene: Scene, page: _Page, index: int, frames: int) -> list[VisualClip]:
    canvas, safe = scene.canvas, scene.canvas.safe
    motion: Motion = "in" if index % 2 == 0 else "out"
    dark = index % 4 == 2
    ground = _paper(scene)
    if dark:
        deep = scene.theme.deep
        ground = Ground(
            deep, readable_on(deep, _IVORY), readable_on(deep, scene.theme.glow.mixed(WHITE, 0.3))
        )
    lines = _caption(scene, page, index, ground)
    paint = lit(ground.color) if dark else ground.color
    clips: list[VisualClip] = [fill_clip(canvas.all, paint, frames)]
    if canvas.form == "wide":
        flip = index % 2 == 1
        column = canvas.width * (0.34 if len(page.photos) == 1 else 0.28)
        left = canvas.width - safe.x - column + canvas.px(4) if flip else safe.x
        room = Area(left, safe.y, column - canvas.px(4), safe.height)
        start = 0.0 if flip else safe.x + column + canvas.px(3)
        zone = Area(start, 0, canvas.width - safe.x - column - canvas.px(3), canvas.height)
        clips += _spread(scene, page, zone, zone.inset(canvas.px(7), canvas.px(7)), frames, motion)
        placed = stack(canvas, lines, room, down=0.8)
    else:
        tall = canvas.form == "tall"
        foot = canvas.height * (0.17 if tall else 0.22)
        bottom = safe.bottom - foot
        if tall and index % 2 == 0 and len(page.photos) == 1:
            # A full-bleed page, as every second page of a printed book is.
            zone = Area(canvas.width * 0.14, 0, canvas.width * 0.86, bottom)
            room = Area(zone.x, safe.y, canvas.width - zone.x - canvas.px(7), bottom - safe.y)
        else:
            top = safe.y if tall else canvas.px(7)
            zone = Area(canvas.px(9), top, canvas.width - 2 * canvas.px(9), bottom - top)
            room = zone
        clips += _spread(scene, page, zone, room, frames, motion)
        words = safe.between(bottom + canvas.px(4.5), safe.bottom)
        placed = stack(canvas, lines, words, down=0.0)
    return [*clips, *text_clips(placed, frames, scene.fps, delay_s=0.35, stagger_s=0.15)]


def _spread(
    scene: Scene, page: _Page, zone: Area, room: Area, frames: int, motion: Motion
) -> list[VisualClip]:
    """Return the page's one or two pictures."""
    if len(page.photos) == 1:
        return _print(scene, page.photos[0], zone, room, frames, motion, page.near, page.toward)
    clips = []
    for photo, area in zip(page.photos, _pair(scene, page.photos, room), strict=True):
        clips += _print(scene, photo, area, area, frames, motion)
    return clips


def _pair(scene: Scene, photos: tuple[Photo, ...], room: Area) -> tuple[Area, Area]:
    """Return two areas side by side with the same height, or stacked with the same width, whichever are larger."""
    gap = scene.canvas.px(3)
    half = Area(0, 0, (room.width - gap) / 2, room.height).aspect
    one, two = (card_aspect(photo, max(half, 0.62)) for photo in photos)
    height = min(room.height, (room.width - gap) / (one + two))
    left = room.x + (room.width - height * (one + two) - gap) / 2
    top = room.y + (room.height - height) / 2
    beside = Area(left, top, height * one, height), Area(left + height * one + gap, top, height * two, height)
    width = min(room.width, (room.height - gap) / (1 / one + 1 / two))
    left = room.x + (room.width - width) / 2
    top = room.y + (room.height - width / one - width / two - gap) / 2
    below = Area(left, top, width, width / one), Area(left, top + width / one + gap, width, width / two)
    larger = height * height * (one + two) >= width * width * (1 / one + 1 / two)
    return beside if larger else below


def _closing(scene: Scene, line: str, note: str, cta: str, frames: int) -> list[VisualClip]:
    canvas, safe = scene.canvas, scene.canvas.safe
    deep = scene.theme.deep
    ground = Ground(deep, readable_on(deep, _IVORY), readable_on(deep, scene.theme.glow.mixed(WHITE, 0.35)))
    clips: list[VisualClip] = [fill_clip(canvas.all, lit(deep), frames)]
    lines = [
        _serif(line, "serif_title", ground.ink),
        _serif(note, "serif_name", ground.quiet()),
        _serif(cta, "caption", ground.accent),
    ]
    photo = scene.picture(0)
    if canvas.form == "wide":
        half = canvas.width * 0.42
        side = Area(safe.x, safe.y, half - safe.x, safe.height)
        clips += _print(scene, photo, side, side, frames, "out")
        left = half + canvas.px(9)
        room = Area(left, safe.y, safe.right - left, safe.height)
        clips += logo_clip(scene, Area(left, safe.y, canvas.px(44), canvas.px(11)), frames, 0.0)
        placed = stack(canvas, lines, room)
        clips.append(_rule(scene, _below(scene, placed), ground.accent, frames))
        return [*clips, *text_clips(placed, frames, scene.fps, delay_s=0.25, stagger_s=0.25)]
    middle = Area(canvas.width * 0.12, safe.y, canvas.width * 0.76, safe.height)
    top = canvas.px(10) if scene.logo is not None else 0.0
    clips += logo_clip(scene, Area(middle.x, middle.y, middle.width, top), frames)
    head = middle.y + (top + canvas.px(5) if top else 0.0)
    picture = middle.between(head, middle.y + middle.height * 0.52)
    clips += _print(scene, photo, picture, picture, frames, "out")
    room = middle.between(picture.bottom + canvas.px(6), middle.bottom - canvas.px(4))
    placed = stack(canvas, lines, room, align="center", down=0.3)
    thick = max(2.0, canvas.px(0.3))
    rule = Area(canvas.width / 2 - canvas.px(7), bottom_of(placed) + canvas.px(4), canvas.px(14), thick)
    clips.append(_rule(scene, rule, ground.accent, frames))
    return [*clips, *text_clips(placed, frames, scene.fps, align="center", delay_s=0.25, stagger_s=0.25)]
