"""retail.sale: loud and fast: the occasion, the product, the old and the new price, the reason to buy now."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, ClassVar, Final

from pydantic import BaseModel

from farm.plugin import (
    WHITE,
    Align,
    Brief,
    Color,
    ElementDocument,
    KeyframeDocument,
    MotionDocument,
    Photo,
    StickerClip,
    Template,
    TextClip,
    TextLook,
    TimelineDocument,
    VisualClip,
    clean,
    measure_text,
)
from farm_retail.design import Area, Canvas, Ground, Theme, theme_of
from farm_retail.layouts import Words, panel
from farm_retail.lettering import Line, bottom_of, stack, text_clips
from farm_retail.ornaments import badge, logo_clip
from farm_retail.pacing import cuts
from farm_retail.pictures import WHOLE, card_clips, fill_clip, lit, seamless
from farm_retail.slots import SaleSlots
from farm_retail.storyboard import Goods, Scene, Shot, assemble, goods_of, scene_of

_RED: Final = Color(0xD9, 0x1E, 0x2B)
"""The accent if the shop specifies none."""
_SPARK: Final = Color(0xFF, 0xD6, 0x0A)
"""Colour of pills and bands: yellow has high contrast to red, blue, green and black."""
_DARK: Final = Color(0x16, 0x12, 0x08)

_TRANSITIONS: Final[tuple[dict[str, Any], ...]] = (
    {"name": "basics.whip", "direction": "left"},
    {"name": "basics.whip", "direction": "up"},
    {"name": "basics.zoom", "amount": 0.6},
    {"name": "basics.slide", "direction": "left", "ease": "in-out-quint"},
)


class Sale(Template):
    """Loud and fast: the occasion, the product, old and new price, the reason to buy now."""

    name: ClassVar[str] = "retail.sale"
    summary: ClassVar[str] = (
        "An offer: the occasion, the product, old and new price with the discount, the reason to buy now."
    )
    slots: ClassVar[type[BaseModel]] = SaleSlots

    def draft(self, brief: Brief) -> TimelineDocument:
        slots = brief.slots
        assert isinstance(slots, SaleSlots)
        scene = scene_of(brief, slots)
        if slots.brand_color is None:
            scene = Scene(
                scene.canvas, theme_of(_RED, []), scene.pictures, scene.logo, scene.fps, scene.language
            )
        goods = goods_of(slots.product)
        lines = [line for line in map(clean, slots.lines) if line]
        headline = lines[0] if lines else clean(slots.headline) or scene.phrase("sale")
        urgency = lines[-1] if len(lines) > 1 else clean(slots.urgency) or scene.phrase("urgency")
        middle = lines[1:-1] if len(lines) > 2 else list(goods.points)
        fixed = 6.0 if goods.price else 4.4
        middle = middle[: max(0, min(4, round((slots.duration - fixed) / 1.7)))]
        weights = [1.0, 1.05, *[0.9 for _ in middle], *([1.35] if goods.price else []), 1.15]
        at = cuts(weights, slots.duration, brief.rate, slots.tempo_bpm, slots.beat_offset_s)
        lengths = [stop - start for start, stop in pairwise(at)]
        band = _band_words(headline, goods)
        shots = [Shot("shout", _shout(scene, goods, headline, band, lengths[0]), lengths[0])]
        shots.append(Shot("product", _product(scene, goods, lengths[1]), lengths[1]))
        for index, text in enumerate(middle):
            frames = lengths[2 + index]
            shots.append(Shot(f"point {index + 1}", _point(scene, text, index, frames), frames))
        if goods.price:
            shots.append(Shot("price", _price(scene, goods, lengths[-2]), lengths[-2]))
        cta = clean(slots.cta) or scene.phrase("cta")
        shots.append(Shot("closing", _closing(scene, goods, urgency, cta, band, lengths[-1]), lengths[-1]))
        joined = [
            Shot(shot.name, shot.clips, shot.frames, _TRANSITIONS[index % len(_TRANSITIONS)], 0.4)
            for index, shot in enumerate(shots)
        ]
        return assemble(joined, scene, slots)


def _hot(theme: Theme) -> Ground:
    return Ground(theme.accent, theme.on_accent, _SPARK)


def _band_words(headline: str, goods: Goods) -> str:
    parts = [headline, *([f"-{goods.percent}%"] if goods.percent else [])]
    return "  ★  ".join(parts).upper()


def _band_height(canvas: Canvas) -> float:
    return canvas.px(7.2)


def _bands(canvas: Canvas) -> tuple[float, float]:
    """Return the upper edges of the two bands: at the canvas's edges, on tall canvases inside the safe area."""
    height = _band_height(canvas)
    if canvas.form == "tall":
        return canvas.height * 0.055, canvas.height * 0.835
    return 0.0, canvas.height - height


def _tickers(scene: Scene, words: str, frames: int) -> list[VisualClip]:
    """Return two bands of scrolling text, in opposite directions."""
    canvas = scene.canvas
    height = _band_height(canvas)
    size = max(4.0, height * 0.5)
    look = TextLook(("Outfit", "Noto Sans SC"), size, size, weight=800, letter_spacing_em=0.06)
    clips: list[VisualClip] = []
    # A fifth of the width per second; non-breaking spaces keep the text on one line.
    run = canvas.width * 0.2 * frames / scene.fps
    piece = f"{words}  ★  ".replace(" ", "\u00a0")
    pitch = measure_text(piece * 4, look, 1e6, 1e6).width_px / 4
    count = min(int((canvas.width + run) / pitch) + 2, 1900 // len(piece))
    width = pitch * count + height
    for top, ahead in zip(_bands(canvas), (True, False), strict=True):
        clips.append(fill_clip(Area(0, top, canvas.width, height), _SPARK, frames))
        ends = (0.0, -run) if ahead else (-run, 0.0)
        clips.append(
            TextClip(
                kind="text",
                name="ticker",
                text=piece * count,
                at="0f",
                duration=f"{frames}f",
                style="basics.title",
                box=Area(0, top, width, height).quad(),
                x=[
                    KeyframeDocument(at="0f", value=round(ends[0], 1), ease="linear"),
                    KeyframeDocument(at=f"{frames}f", value=round(ends[1], 1), ease="linear"),
                ],
                enter=MotionDocument(kind="none"),
                look={
                    "size": round(look.size_px, 2),
                    "min_size": round(look.size_px, 2),
                    "weight": look.weight,
                    "color": _DARK.hex(),
                    "align": "left",
                    "shadow": None,
                    "letter_spacing_em": look.letter_spacing_em,
                },
            )
        )
    return clips


def _pop(scene: Scene, delay_s: float) -> MotionDocument:
    return MotionDocument(kind="pop", duration=f"{scene.frames(0.4)}f", delay=f"{scene.frames(delay_s)}f")


def _between_bands(scene: Scene) -> Area:
    """Return the area for text and cards between the bands."""
    canvas, safe = scene.canvas, scene.canvas.safe
    upper, lower = _bands(canvas)
    gap = canvas.px(3.5)
    top, bottom = max(safe.y, upper + _band_height(canvas) + gap), min(safe.bottom, lower - gap)
    return safe.between(top, bottom)


def _shout(scene: Scene, goods: Goods, headline: str, band: str, frames: int) -> list[VisualClip]:
    canvas, theme = scene.canvas, scene.theme
    clips: list[VisualClip] = [
        fill_clip(canvas.all, lit(theme.accent), frames),
        *_tickers(scene, band, frames),
    ]
    room = _between_bands(scene)
    words = Words((("shout", headline), ("lead", goods.title)))
    ground = _hot(theme)
    lines = words.on(Ground(ground.color, ground.ink, ground.accent))
    if canvas.form == "wide":
        half = room.width * 0.5
        placed = stack(canvas, lines, Area(room.x, room.y, half - canvas.px(4), room.height))
        card_room = Area(room.x + half + canvas.px(6), room.y, half - canvas.px(6), room.height)
        clips += text_clips(placed, frames, scene.fps, delay_s=0.05)
    else:
        head = room.between(room.y, room.y + room.height * 0.38)
        placed = stack(canvas, lines, head, down=0.4)
        card_room = room.between(bottom_of(placed) + canvas.px(5), room.bottom)
        clips += text_clips(placed, frames, scene.fps, delay_s=0.05)
    inner = card_room.inset(card_room.width * 0.04, card_room.height * 0.04)
    card, area = card_clips(
        scene.picture(0),
        inner,
        frames,
        scene.fps,
        canvas_short=canvas.short,
        tilt_deg=-3.0,
        enter=_pop(scene, 0.2),
    )
    return [*clips, *card, *_discount(scene, goods, area, frames, 0.5)]


def _product(scene: Scene, goods: Goods, frames: int) -> list[VisualClip]:
    words = Words(
        (("kicker", goods.kicker), ("hero", goods.title), ("body", goods.tagline)), plates=("kicker",)
    )
    return panel(scene, scene.picture(0), words, frames, _hot(scene.theme))


def _point(scene: Scene, text: str, index: int, frames: int) -> list[VisualClip]:
    photo = scene.picture(index + 1)
    yellow = Ground(_SPARK, _DARK, _DARK)
    dark = Ground(scene.theme.deep, scene.theme.on_deep, _SPARK)
    ground = yellow if index % 2 == 0 else dark
    words = Words((("title", text),))
    again = index + 1 >= len(scene.pictures)
    if again and index % 2 == 0:
        # A picture that was just shown is shown as a card with a throwing motion.
        return _carded(scene, photo, words.on(ground), ground, frames, tilt=-2.5, pop=True)[0]
    near = 1.45 if again and (seamless(photo) or photo.subject == WHOLE) else 1.0
    return panel(scene, photo, words, frames, ground, "out", flip=index % 2 == 0, near=near)


def _carded(
    scene: Scene,
    photo: Photo,
    lines: list[Line],
    ground: Ground,
    frames: int,
    *,
    tilt: float,
    pop: bool = False,
    stagger_s: float = 0.1,
) -> tuple[list[VisualClip], Area]:
    """Return the picture as a tilted card with text below or beside it, and the card's area."""
    canvas, safe = scene.canvas, scene.canvas.safe
    clips: list[VisualClip] = [fill_clip(canvas.all, lit(ground.color), frames)]
    align: Align = "left" if canvas.form == "wide" else "center"
    if canvas.form == "wide":
        half = safe.width * 0.5
        room = Area(safe.x + half + canvas.px(7), safe.y, half - canvas.px(7), safe.height)
        card_room = Area(safe.x, safe.y, half, safe.height)
        placed = stack(canvas, lines, room)
    else:
        middle = _middle(canvas, safe)
        foot = middle.between(middle.y + middle.height * 0.54, middle.bottom)
        card_room = middle.between(middle.y, foot.y - canvas.px(3))
        placed = stack(canvas, lines, foot, align=align, down=0.4)
    card, area = card_clips(
        photo,
        card_room,
        frames,
        scene.fps,
        canvas_short=canvas.short,
        motion="out",
        tilt_deg=tilt,
        enter=_pop(scene, 0.0) if pop else None,
    )
    clips += card
    clips += text_clips(placed, frames, scene.fps, align=align, stagger_s=stagger_s)
    return clips, area


def _middle(canvas: Canvas, room: Area) -> Area:
    """Return the area between equal margins: centred text must be centred on the canvas."""
    if canvas.form != "tall":
        return room
    return Area(canvas.width * 0.12, room.y, canvas.width * 0.76, room.height)


def _discount(scene: Scene, goods: Goods, card: Area, frames: int, delay_s: float) -> list[VisualClip]:
    """Return the discount on a corner of the card that faces away from the text."""
    if not goods.percent:
        return []
    canvas = scene.canvas
    side = canvas.px(28 if canvas.form != "square" else 25)
    x = card.x + side * 0.05 if canvas.form == "wide" else card.right + side * 0.1
    spot = x, card.y + side * 0.18
    return [badge(scene, f"-{goods.percent}%", spot, side, frames, _SPARK, delay_s=delay_s, tilt=10.0)]


def _price(scene: Scene, goods: Goods, frames: int) -> list[VisualClip]:
    lines = [("kicker", scene.phrase("price" if goods.was else "price_plain"))]
    lines += [("was", goods.was), ("price", goods.price)]
    if goods.saving:
        lines.append(("save", f"{scene.phrase('save')} {goods.saving}"))
    ground = _hot(scene.theme)
    words = Words(tuple(lines), plates=("save",)).on(ground)
    clips, card = _carded(scene, scene.picture(0), words, ground, frames, tilt=2.0, stagger_s=0.22)
    return [*clips, *_discount(scene, goods, card, frames, 0.75)]


def _closing(scene: Scene, goods: Goods, urgency: str, cta: str, band: str, frames: int) -> list[VisualClip]:
    canvas, theme = scene.canvas, scene.theme
    ground = Ground(theme.deep, theme.on_deep, _SPARK)
    clips: list[VisualClip] = [fill_clip(canvas.all, lit(theme.deep), frames), _confetti(scene, frames)]
    clips += _tickers(scene, band, frames)
    room = _between_bands(scene)
    price = goods.price if canvas.form != "wide" else ""
    words = Words((("title", urgency), ("price", price), ("cta", cta)), plates=("cta",)).on(ground)
    if canvas.form == "wide":
        half = room.width * 0.46
        card_room = Area(room.x, room.y, half, room.height).inset(canvas.px(2), canvas.px(2))
        text_room = Area(room.x + half + canvas.px(7), room.y, room.width - half - canvas.px(7), room.height)
        top = canvas.px(11) if scene.logo is not None else 0.0
        clips += logo_clip(scene, Area(text_room.x, text_room.y, canvas.px(40), top), frames, 0.0)
        placed = stack(canvas, words, text_room)
        clips += text_clips(placed, frames, scene.fps, stagger_s=0.15)
    else:
        middle = _middle(canvas, room)
        top = canvas.px(9) if scene.logo is not None else 0.0
        clips += logo_clip(scene, Area(middle.x, middle.y, middle.width, top), frames)
        head = middle.y + (top + canvas.px(3) if top else 0.0)
        card_room = middle.between(head, middle.y + middle.height * 0.5)
        placed = stack(
            canvas, words, middle.between(card_room.bottom + canvas.px(4), middle.bottom), align="center"
        )
        clips += text_clips(placed, frames, scene.fps, align="center", stagger_s=0.15)
    card, _ = card_clips(
        scene.picture(0),
        card_room,
        frames,
        scene.fps,
        canvas_short=canvas.short,
        tilt_deg=-2.0,
        enter=_pop(scene, 0.05),
    )
    return [*clips, *card]


def _confetti(scene: Scene, frames: int) -> StickerClip:
    params: dict[str, Any] = {
        "name": "basics.confetti",
        "first": _SPARK.hex(),
        "second": scene.theme.accent.hex(),
        "third": WHITE.hex(),
        "fourth": scene.theme.glow.hex(),
    }
    canvas = scene.canvas
    side = max(canvas.width, canvas.height)
    area = Area((canvas.width - side) / 2, (canvas.height - side) / 2, side, side)
    return StickerClip(
        kind="sticker",
        sticker=ElementDocument.model_validate(params),
        at="0f",
        duration=f"{frames}f",
        box=area.quad(),
        opacity=0.35 if canvas.form == "wide" else 0.8,
        enter=MotionDocument(kind="drop", duration=f"{scene.frames(0.6)}f", distance=round(canvas.px(12))),
    )
