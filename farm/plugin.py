"""All that a plugin imports from farm: ``from farm.plugin import Effect, Frame, Moment, hookimpl``.

Each name is loaded from its module when it is first asked for. A command that only reads documents imports the packages
of all plugins, and loads neither numba nor the drawing engine unless a plugin's module asks for them.

The names here are kept: other modules of farm may be renamed or split without notice.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from farm.dedup.signature import Signature, signature_of
    from farm.errors import DocumentError, MediaError, Problem, WriterError
    from farm.media.audio_fifo import SAMPLE_RATE, AudioFifo, Samples
    from farm.media.footage import POSTER_PX
    from farm.media.loudness import LoudnessMeter
    from farm.media.subject import Subject, shrunk
    from farm.media.watch import SmallFrames, Specimen, View, Watched
    from farm.model.asset import Asset, MediaKind
    from farm.model.clip_document import (
        AudioClip,
        ColorClip,
        GapItem,
        GradientDocument,
        GroupClip,
        ImageClip,
        MotionDocument,
        ShadowDocument,
        ShapeClip,
        StickerClip,
        TextClip,
        TrackDocument,
        TransitionItem,
        VideoClip,
        VisualClip,
    )
    from farm.model.color import BLACK, WHITE, Color, parse_color, to_yuv
    from farm.model.curve import EASINGS
    from farm.model.document import (
        ColorValue,
        Document,
        Ease,
        ElementDocument,
        ElementValue,
        KeyframeDocument,
        MediaRef,
        TimeValue,
        Told,
    )
    from farm.model.look import Align, Gradient, Plate, Shadow, Stroke, TextLook
    from farm.model.script import (
        SHOT_ROLES,
        Language,
        ProductDocument,
        ScriptDocument,
        ShotDocument,
        ShotRole,
        Tone,
    )
    from farm.model.shelf import ShelvedScript
    from farm.model.timebase import parse_seconds
    from farm.model.timeline_document import CaptionsDocument, CueDocument, SoundDocument, TimelineDocument
    from farm.plugins.analyser import Analyser, Analysis, Fact, Fingerprint, Slice
    from farm.plugins.palette import Rgb, backdrop_of, border, palette
    from farm.plugins.sight import Sight, see
    from farm.plugins.specs import hookimpl
    from farm.plugins.template import Brief, Photo, Template
    from farm.plugins.writer import Writer, WriterAnswer, WriterBrief, WriterCost, WrittenScript
    from farm.render.convert import frame_from_rgb, frame_from_rgba, rgb_from_frame
    from farm.render.cuda.launch import cuda_kernel, each_pixel
    from farm.render.cuda.plane import CudaPlane
    from farm.render.device import on_cuda
    from farm.render.drawing import paint_of, shadow_filter, skia
    from farm.render.element import (
        Effect,
        EnterName,
        GradientStyle,
        PlateStyle,
        ShadowStyle,
        Sticker,
        StrokeStyle,
        TextStyle,
        Transition,
    )
    from farm.render.frame import Frame, Moment, Plane
    from farm.render.kernels import blur_rows, divide, multiply, over
    from farm.render.media_picture import MediaPicture
    from farm.render.sampling import positions, resample
    from farm.render.text import Extent, draw_text, measure_text
    from farm.script.banned import findings_of
    from farm.script.claims import unbacked_numbers
    from farm.script.document import script_from
    from farm.script.fill import Note
    from farm.script.money import discount_percent, price
    from farm.script.names import clean, columns, headline, is_chinese
    from farm.script.pick import Picked, language_for, pick
    from farm.script.rewrite import variants
    from farm.script.slots import facts_of, slots_in

__all__ = [
    "BLACK",
    "EASINGS",
    "POSTER_PX",
    "SAMPLE_RATE",
    "SHOT_ROLES",
    "WHITE",
    "Align",
    "Analyser",
    "Analysis",
    "Asset",
    "AudioClip",
    "AudioFifo",
    "Brief",
    "CaptionsDocument",
    "Color",
    "ColorClip",
    "ColorValue",
    "CudaPlane",
    "CueDocument",
    "Document",
    "DocumentError",
    "Ease",
    "Effect",
    "ElementDocument",
    "ElementValue",
    "EnterName",
    "Extent",
    "Fact",
    "Fingerprint",
    "Frame",
    "GapItem",
    "Gradient",
    "GradientDocument",
    "GradientStyle",
    "GroupClip",
    "ImageClip",
    "KeyframeDocument",
    "Language",
    "LoudnessMeter",
    "MediaError",
    "MediaKind",
    "MediaPicture",
    "MediaRef",
    "Moment",
    "MotionDocument",
    "Note",
    "Photo",
    "Picked",
    "Plane",
    "Plate",
    "PlateStyle",
    "Problem",
    "ProductDocument",
    "Rgb",
    "Samples",
    "ScriptDocument",
    "Shadow",
    "ShadowDocument",
    "ShadowStyle",
    "ShapeClip",
    "ShelvedScript",
    "ShotDocument",
    "ShotRole",
    "Sight",
    "Signature",
    "Slice",
    "SmallFrames",
    "SoundDocument",
    "Specimen",
    "Sticker",
    "StickerClip",
    "Stroke",
    "StrokeStyle",
    "Subject",
    "Template",
    "TextClip",
    "TextLook",
    "TextStyle",
    "TimeValue",
    "TimelineDocument",
    "Told",
    "Tone",
    "TrackDocument",
    "Transition",
    "TransitionItem",
    "VideoClip",
    "View",
    "VisualClip",
    "Watched",
    "Writer",
    "WriterAnswer",
    "WriterBrief",
    "WriterCost",
    "WriterError",
    "WrittenScript",
    "backdrop_of",
    "blur_rows",
    "border",
    "clean",
    "columns",
    "cuda_kernel",
    "discount_percent",
    "divide",
    "draw_text",
    "each_pixel",
    "facts_of",
    "findings_of",
    "frame_from_rgb",
    "frame_from_rgba",
    "headline",
    "hookimpl",
    "is_chinese",
    "language_for",
    "measure_text",
    "multiply",
    "on_cuda",
    "over",
    "paint_of",
    "palette",
    "parse_color",
    "parse_seconds",
    "pick",
    "positions",
    "price",
    "resample",
    "rgb_from_frame",
    "script_from",
    "see",
    "shadow_filter",
    "shrunk",
    "signature_of",
    "skia",
    "slots_in",
    "to_yuv",
    "unbacked_numbers",
    "variants",
]

MODULES: Final = {
    "BLACK": "farm.model.color",
    "EASINGS": "farm.model.curve",
    "POSTER_PX": "farm.media.footage",
    "SAMPLE_RATE": "farm.media.audio_fifo",
    "SHOT_ROLES": "farm.model.script",
    "WHITE": "farm.model.color",
    "Align": "farm.model.look",
    "Analyser": "farm.plugins.analyser",
    "Analysis": "farm.plugins.analyser",
    "Asset": "farm.model.asset",
    "AudioClip": "farm.model.clip_document",
    "AudioFifo": "farm.media.audio_fifo",
    "Brief": "farm.plugins.template",
    "CaptionsDocument": "farm.model.timeline_document",
    "Color": "farm.model.color",
    "ColorClip": "farm.model.clip_document",
    "ColorValue": "farm.model.document",
    "CudaPlane": "farm.render.cuda.plane",
    "CueDocument": "farm.model.timeline_document",
    "Document": "farm.model.document",
    "DocumentError": "farm.errors",
    "Ease": "farm.model.document",
    "Effect": "farm.render.element",
    "ElementDocument": "farm.model.document",
    "ElementValue": "farm.model.document",
    "EnterName": "farm.render.element",
    "Extent": "farm.render.text",
    "Fact": "farm.plugins.analyser",
    "Fingerprint": "farm.plugins.analyser",
    "Frame": "farm.render.frame",
    "GapItem": "farm.model.clip_document",
    "Gradient": "farm.model.look",
    "GradientDocument": "farm.model.clip_document",
    "GradientStyle": "farm.render.element",
    "GroupClip": "farm.model.clip_document",
    "ImageClip": "farm.model.clip_document",
    "KeyframeDocument": "farm.model.document",
    "Language": "farm.model.script",
    "LoudnessMeter": "farm.media.loudness",
    "MediaError": "farm.errors",
    "MediaKind": "farm.model.asset",
    "MediaPicture": "farm.render.media_picture",
    "MediaRef": "farm.model.document",
    "Moment": "farm.render.frame",
    "MotionDocument": "farm.model.clip_document",
    "Note": "farm.script.fill",
    "Photo": "farm.plugins.template",
    "Picked": "farm.script.pick",
    "Plane": "farm.render.frame",
    "Plate": "farm.model.look",
    "PlateStyle": "farm.render.element",
    "Problem": "farm.errors",
    "ProductDocument": "farm.model.script",
    "Rgb": "farm.plugins.palette",
    "Samples": "farm.media.audio_fifo",
    "ScriptDocument": "farm.model.script",
    "Shadow": "farm.model.look",
    "ShadowDocument": "farm.model.clip_document",
    "ShadowStyle": "farm.render.element",
    "ShapeClip": "farm.model.clip_document",
    "ShelvedScript": "farm.model.shelf",
    "ShotDocument": "farm.model.script",
    "ShotRole": "farm.model.script",
    "Sight": "farm.plugins.sight",
    "Signature": "farm.dedup.signature",
    "Slice": "farm.plugins.analyser",
    "SmallFrames": "farm.media.watch",
    "SoundDocument": "farm.model.timeline_document",
    "Specimen": "farm.media.watch",
    "Sticker": "farm.render.element",
    "StickerClip": "farm.model.clip_document",
    "Stroke": "farm.model.look",
    "StrokeStyle": "farm.render.element",
    "Subject": "farm.media.subject",
    "Template": "farm.plugins.template",
    "TextClip": "farm.model.clip_document",
    "TextLook": "farm.model.look",
    "TextStyle": "farm.render.element",
    "TimeValue": "farm.model.document",
    "TimelineDocument": "farm.model.timeline_document",
    "Told": "farm.model.document",
    "Tone": "farm.model.script",
    "TrackDocument": "farm.model.clip_document",
    "Transition": "farm.render.element",
    "TransitionItem": "farm.model.clip_document",
    "VideoClip": "farm.model.clip_document",
    "View": "farm.media.watch",
    "VisualClip": "farm.model.clip_document",
    "Watched": "farm.media.watch",
    "Writer": "farm.plugins.writer",
    "WriterAnswer": "farm.plugins.writer",
    "WriterBrief": "farm.plugins.writer",
    "WriterCost": "farm.plugins.writer",
    "WriterError": "farm.errors",
    "WrittenScript": "farm.plugins.writer",
    "backdrop_of": "farm.plugins.palette",
    "blur_rows": "farm.render.kernels",
    "border": "farm.plugins.palette",
    "clean": "farm.script.names",
    "columns": "farm.script.names",
    "cuda_kernel": "farm.render.cuda.launch",
    "discount_percent": "farm.script.money",
    "divide": "farm.render.kernels",
    "draw_text": "farm.render.text",
    "each_pixel": "farm.render.cuda.launch",
    "facts_of": "farm.script.slots",
    "findings_of": "farm.script.banned",
    "frame_from_rgb": "farm.render.convert",
    "frame_from_rgba": "farm.render.convert",
    "headline": "farm.script.names",
    "hookimpl": "farm.plugins.specs",
    "is_chinese": "farm.script.names",
    "language_for": "farm.script.pick",
    "measure_text": "farm.render.text",
    "multiply": "farm.render.kernels",
    "on_cuda": "farm.render.device",
    "over": "farm.render.kernels",
    "paint_of": "farm.render.drawing",
    "palette": "farm.plugins.palette",
    "parse_color": "farm.model.color",
    "parse_seconds": "farm.model.timebase",
    "pick": "farm.script.pick",
    "positions": "farm.render.sampling",
    "price": "farm.script.money",
    "resample": "farm.render.sampling",
    "rgb_from_frame": "farm.render.convert",
    "script_from": "farm.script.document",
    "see": "farm.plugins.sight",
    "shadow_filter": "farm.render.drawing",
    "shrunk": "farm.media.subject",
    "signature_of": "farm.dedup.signature",
    "skia": "farm.render.drawing",
    "slots_in": "farm.script.slots",
    "to_yuv": "farm.model.color",
    "unbacked_numbers": "farm.script.claims",
    "variants": "farm.script.rewrite",
}
"""The module of each name."""


if not TYPE_CHECKING:  # a type checker would take any name for known

    def __getattr__(name: str) -> Any:
        """Load a name on first use."""
        module = MODULES.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name, obj=None)
        value = globals()[name] = getattr(import_module(module), name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
