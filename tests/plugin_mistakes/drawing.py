"""Mistakes that show when a frame is composed."""

from __future__ import annotations

from tests.plugin_mistakes.mistake import Mistake, Stage

_REMEDY = "update the plugin, or tell its author"
_AT = 'at frame 0 (0.00 s) of clip "hero" (timeline.tracks[0].clips[0])'
_CUT = "at frame 4 (0.13 s) of timeline.tracks[0].clips[1]"
_PASSING = (
    '[{"kind": "color", "color": "#ff000080", "duration": "6f"},'
    ' {"kind": "transition", "use": "acme.swap", "duration": "4f"},'
    ' {"kind": "color", "color": "#0000ff40", "duration": "6f"}]'
)
_OPAQUE = _PASSING.replace("80", "").replace("40", "")
_CLEAR = (
    '[{"kind": "color", "color": "#ff000080", "duration": "6f", "name": "hero", "effects": ["acme.pulse"]}]'
)
_STAR = '[{"kind": "sticker", "sticker": "acme.star", "duration": "6f", "name": "hero"}]'


def _effect(body: str, *, word: str = "def") -> str:
    return (
        'class Pulse(Effect):\n    name: ClassVar[str] = "acme.pulse"\n'
        f"    {word} apply(self, frame, at):\n        {body}\n"
        "@hookimpl\ndef farm_effects():\n    return [Pulse]\n"
    )


def _transition(body: str) -> str:
    return (
        'class Swap(Transition):\n    name: ClassVar[str] = "acme.swap"\n'
        f"    def mix(self, old, new, progress):\n        {body}\n"
        "@hookimpl\ndef farm_transitions():\n    return [Swap]\n"
    )


def _broke(name: str, did: str, body: str, cause: str, *, uses: str = "", word: str = "def") -> Mistake:
    sentence = f"effect `acme.pulse` of plugin acme 1.2 (-) broke its contract {_AT}: {cause}; {_REMEDY}"
    return Mistake(name, did, Stage.DRAWING, _effect(body, word=word), sentence, uses)


def _passed(name: str, did: str, body: str, cause: str, uses: str) -> Mistake:
    sentence = f"transition `acme.swap` of plugin acme 1.2 (-) broke its contract {_CUT}: {cause}; {_REMEDY}"
    return Mistake(name, did, Stage.DRAWING, _transition(body), sentence, uses)


def _drew(name: str, did: str, body: str, how: str, cause: str, *, word: str = "def") -> Mistake:
    source = (
        'class Star(Sticker):\n    name: ClassVar[str] = "acme.star"\n'
        f"    {word} draw(self, canvas, width_px, height_px):\n        {body}\n"
        "@hookimpl\ndef farm_stickers():\n    return [Star]\n"
    )
    at = 'for clip "hero" (timeline.tracks[0].clips[0])'
    sentence = f"sticker `acme.star` of plugin acme 1.2 (-) {how} {at}: {cause}; {_REMEDY}"
    return Mistake(name, did, Stage.DRAWING, source, sentence, _STAR)


DRAWING = (
    Mistake(
        "effect_raises",
        "raised in an effect",
        Stage.DRAWING,
        _effect("return frame.y[1 / 0]"),
        f"effect `acme.pulse` of plugin acme 1.2 (-) failed {_AT}: ZeroDivisionError: division by zero; {_REMEDY}",
    ),
    Mistake(
        "effect_exits",
        "ended the process",
        Stage.DRAWING,
        _effect("raise SystemExit('no licence')"),
        f"effect `acme.pulse` of plugin acme 1.2 (-) failed {_AT}: SystemExit: no licence; {_REMEDY}",
    ),
    Mistake(
        "effect_ends_process",
        "ended the process with `os._exit`",
        Stage.DRAWING,
        _effect("__import__('os')._exit(0)"),
        f"effect `acme.pulse` of plugin acme 1.2 (-) failed {_AT}: ExitRefused: os._exit(0) would have ended this "
        f"process and all work in it; {_REMEDY}",
    ),
    Mistake(
        "effect_endless",
        "never returned",
        Stage.DRAWING,
        _effect("while True: pass"),
        f"effect `acme.pulse` of plugin acme 1.2 (-) did not return within 0.3 s {_AT}; {_REMEDY}, or raise the limit "
        "(FARM_ELEMENT_LIMIT_S)",
    ),
    _broke(
        "nothing", "forgot the `return`", "frame.copy()", "it returned nothing (None) where a Frame is due"
    ),
    _broke(
        "coroutine",
        "wrote `async def`",
        "return frame",
        "it returned a coroutine where a Frame is due",
        word="async def",
    ),
    _broke(
        "floats",
        "returned floats",
        "return Frame(frame.y * 1.1, frame.u, frame.v)",
        "plane y is of float64 where uint8 is due; round, clip and convert it",
    ),
    _broke(
        "wide_integers",
        "returned wider integers",
        "return Frame(frame.y, frame.u.astype(np.int32), frame.v)",
        "plane u is of int32 where uint8 is due; round, clip and convert it",
    ),
    _broke(
        "half_size",
        "returned another size",
        "return Frame.empty(frame.width // 2, frame.height // 2, alpha=False)",
        "plane y is 32x32 where 64x64 is due",
    ),
    _broke(
        "full_chroma",
        "returned chroma in full size",
        "return Frame(frame.y, frame.y, frame.v)",
        "plane u is 64x64 where 32x32 is due",
    ),
    _broke(
        "strided",
        "returned a view that does not lie row by row",
        "return Frame(frame.y[:, ::-1], frame.u, frame.v)",
        "plane y does not lie row by row in memory; return np.ascontiguousarray(plane)",
    ),
    _broke(
        "list_of_rows",
        "returned lists",
        "return Frame(frame.y.tolist(), frame.u, frame.v)",
        "plane y is a list where an array of uint8 is due",
    ),
    _broke(
        "alpha_dropped",
        "dropped the alpha planes",
        "return Frame(frame.y, frame.u, frame.v)",
        "it returned an opaque frame for one with alpha; pass the alpha planes on",
        uses=_CLEAR,
    ),
    _broke(
        "alpha_halved",
        "passed one of two alpha planes on",
        "return Frame(frame.y, frame.u, frame.v, frame.a)",
        "plane a2 is missing; a frame has both planes of alpha or neither",
        uses=_CLEAR,
    ),
    _broke(
        "input_written",
        "wrote to the frame that it was given",
        "frame.y[:] = 16; return frame",
        "it wrote to the frame that it was given; frames are shared, write to one of your own",
    ),
    Mistake(
        "effect_not_premultiplied",
        "mixed premultiplied colours in an effect without their alpha",
        Stage.DRAWING,
        _effect("return Frame(np.full_like(frame.y, 200), frame.u, frame.v, frame.a, frame.a2)").replace(
            "    def", "    premultiplied: ClassVar[bool] = True\n    def", 1
        ),
        f"effect `acme.pulse` of plugin acme 1.2 (-) broke its contract {_AT}: plane y lies up to 72 above its alpha; "
        f"its frame is premultiplied, and so must the result be; {_REMEDY}",
        _CLEAR,
    ),
    _passed(
        "not_premultiplied",
        "mixed premultiplied colours without their alpha",
        "return Frame(np.full_like(new.y, 200), new.u, new.v, new.a, new.a2)",
        "plane y lies up to 136 above its alpha; both frames are premultiplied, and so must the result be",
        _PASSING,
    ),
    _passed(
        "alpha_gained",
        "returned alpha for two opaque frames",
        "return new.blank(alpha=True)",
        "it returned a frame with alpha for two opaque ones",
        _OPAQUE,
    ),
    Mistake(
        "transition_raises",
        "raised in a transition",
        Stage.DRAWING,
        _transition("raise KeyError('ease')"),
        f"transition `acme.swap` of plugin acme 1.2 (-) failed {_CUT}: KeyError: 'ease'; {_REMEDY}",
        _OPAQUE,
    ),
    _drew(
        "sticker_raises",
        "raised in a sticker",
        "canvas.drawStar()",
        "failed",
        "AttributeError: 'skia.Canvas' object has no attribute 'drawStar'",
    ),
    _drew(
        "sticker_open",
        "left a layer open in a sticker",
        "canvas.save(); canvas.saveLayer()",
        "broke its contract",
        "2 of its `save` or `saveLayer` have no `restore`; pair them, or draw within skia.AutoCanvasRestore(canvas)",
    ),
    _drew(
        "sticker_restores",
        "restored once too often in a sticker",
        "canvas.save(); canvas.restore(); canvas.restore()",
        "broke its contract",
        "it called `restore` more often than `save`; pair them, or draw within skia.AutoCanvasRestore(canvas)",
    ),
    _drew(
        "sticker_coroutine",
        "wrote `async def` in a sticker",
        "pass",
        "broke its contract",
        "`draw` returned a coroutine; paint onto the canvas and return nothing",
        word="async def",
    ),
)
