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
    from farm.model.caption_document import CueDocument, CueWordDocument, ReadingDocument
    from farm.model.clip_document import (
        AdjustmentClip,
        ColorClip,
        CounterClip,
        GroupClip,
        ImageClip,
        MaskDocument,
        ProgressClip,
        QrClip,
        ShapeClip,
        StickerClip,
        TextClip,
        TrackDocument,
        VideoClip,
        VisualClip,
    )
    from farm.model.color import BLACK, WHITE, Color, parse_color, to_yuv
    from farm.model.document import (
        ColorValue,
        Document,
        Ease,
        ElementDocument,
        ElementValue,
        KeyframeDocument,
        MediaRef,
        NonBlankText,
        TimeValue,
    )
    from farm.model.easing import EASINGS
    from farm.model.item_document import AudioClip, GapItem, TransitionItem
    from farm.model.look import Align, Gradient, Plate, Shadow, Stroke, TextLook
    from farm.model.look_document import (
        BorderDocument,
        GradientDocument,
        ShadowDocument,
        StruckDocument,
        TypedDocument,
    )
    from farm.model.motion_document import (
        CameraDocument,
        KenBurnsDocument,
        LoopDocument,
        MotionDocument,
        PathDocument,
    )
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
    from farm.model.text_document import SpanDocument, TextAnimationDocument, WordDocument
    from farm.model.timebase import parse_seconds
    from farm.model.timeline_document import CaptionsDocument, SoundDocument, TimelineDocument
    from farm.plugins.analyser import Analyser, Analysis, Fact, Fingerprint, Slice
    from farm.plugins.palette import Rgb, backdrop_of, border, palette
    from farm.plugins.sight import Sight, see
    from farm.plugins.specs import hookimpl
    from farm.plugins.template import Brief, Photo, Template
    from farm.plugins.writer import Writer, WriterAnswer, WriterBrief, WriterCost, WrittenScript
    from farm.render.animator import (
        Animator,
        PartPose,
        Spoken,
        TextHighlight,
        TextLoop,
        TextMotion,
        TextPart,
    )
    from farm.render.convert import frame_from_rgb, frame_from_rgba, rgb_from_frame
    from farm.render.cube import Cube
    from farm.render.cuda.launch import cuda_kernel, each_pixel
    from farm.render.cuda.plane import CudaPlane
    from farm.render.device import on_cuda
    from farm.render.drawing import paint_of, shadow_filter, skia
    from farm.render.element import (
        Effect,
        EnterName,
        GradientStyle,
        LivelySticker,
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
    from farm.render.media_table import MediaTable
    from farm.render.rgb_effect import RgbEffect, RgbPixels
    from farm.render.sampling import positions, resample
    from farm.render.straight import premultiplied
    from farm.render.text import Extent, draw_text, measure_text
    from farm.script.banned import findings_of
    from farm.script.claims import unbacked_numbers
    from farm.script.document import script_from
    from farm.script.fill import FillNote
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
    "AdjustmentClip",
    "Align",
    "Analyser",
    "Analysis",
    "Animator",
    "Asset",
    "AudioClip",
    "AudioFifo",
    "BorderDocument",
    "Brief",
    "CameraDocument",
    "CaptionsDocument",
    "Color",
    "ColorClip",
    "ColorValue",
    "CounterClip",
    "Cube",
    "CudaPlane",
    "CueDocument",
    "CueWordDocument",
    "Document",
    "DocumentError",
    "Ease",
    "Effect",
    "ElementDocument",
    "ElementValue",
    "EnterName",
    "Extent",
    "Fact",
    "FillNote",
    "Fingerprint",
    "Frame",
    "GapItem",
    "Gradient",
    "GradientDocument",
    "GradientStyle",
    "GroupClip",
    "ImageClip",
    "KenBurnsDocument",
    "KeyframeDocument",
    "Language",
    "LivelySticker",
    "LoopDocument",
    "LoudnessMeter",
    "MaskDocument",
    "MediaError",
    "MediaKind",
    "MediaPicture",
    "MediaRef",
    "MediaTable",
    "Moment",
    "MotionDocument",
    "NonBlankText",
    "PartPose",
    "PathDocument",
    "Photo",
    "Picked",
    "Plane",
    "Plate",
    "PlateStyle",
    "Problem",
    "ProductDocument",
    "ProgressClip",
    "QrClip",
    "ReadingDocument",
    "Rgb",
    "RgbEffect",
    "RgbPixels",
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
    "SpanDocument",
    "Specimen",
    "Spoken",
    "Sticker",
    "StickerClip",
    "Stroke",
    "StrokeStyle",
    "StruckDocument",
    "Subject",
    "Template",
    "TextAnimationDocument",
    "TextClip",
    "TextHighlight",
    "TextLook",
    "TextLoop",
    "TextMotion",
    "TextPart",
    "TextStyle",
    "TimeValue",
    "TimelineDocument",
    "Tone",
    "TrackDocument",
    "Transition",
    "TransitionItem",
    "TypedDocument",
    "VideoClip",
    "View",
    "VisualClip",
    "Watched",
    "WordDocument",
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
    "premultiplied",
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
    name: module
    for module, names in {
        "farm.dedup.signature": "Signature signature_of",
        "farm.errors": "DocumentError MediaError Problem WriterError",
        "farm.media.audio_fifo": "SAMPLE_RATE AudioFifo Samples",
        "farm.media.footage": "POSTER_PX",
        "farm.media.loudness": "LoudnessMeter",
        "farm.media.subject": "Subject shrunk",
        "farm.media.watch": "SmallFrames Specimen View Watched",
        "farm.model.asset": "Asset MediaKind",
        "farm.model.caption_document": "CueDocument CueWordDocument ReadingDocument",
        "farm.model.clip_document": (
            "AdjustmentClip ColorClip CounterClip GroupClip ImageClip MaskDocument ProgressClip QrClip ShapeClip "
            "StickerClip TextClip TrackDocument VideoClip VisualClip"
        ),
        "farm.model.item_document": "AudioClip GapItem TransitionItem",
        "farm.model.look_document": "BorderDocument GradientDocument ShadowDocument StruckDocument TypedDocument",
        "farm.model.motion_document": (
            "CameraDocument KenBurnsDocument LoopDocument MotionDocument PathDocument"
        ),
        "farm.model.color": "BLACK WHITE Color parse_color to_yuv",
        "farm.model.easing": "EASINGS",
        "farm.model.document": (
            "ColorValue Document Ease ElementDocument ElementValue KeyframeDocument MediaRef TimeValue NonBlankText"
        ),
        "farm.model.look": "Align Gradient Plate Shadow Stroke TextLook",
        "farm.model.script": (
            "SHOT_ROLES Language ProductDocument ScriptDocument ShotDocument ShotRole Tone"
        ),
        "farm.model.shelf": "ShelvedScript",
        "farm.model.text_document": "SpanDocument TextAnimationDocument WordDocument",
        "farm.model.timebase": "parse_seconds",
        "farm.model.timeline_document": "CaptionsDocument SoundDocument TimelineDocument",
        "farm.plugins.analyser": "Analyser Analysis Fact Fingerprint Slice",
        "farm.plugins.palette": "Rgb backdrop_of border palette",
        "farm.plugins.sight": "Sight see",
        "farm.plugins.specs": "hookimpl",
        "farm.plugins.template": "Brief Photo Template",
        "farm.plugins.writer": "Writer WriterAnswer WriterBrief WriterCost WrittenScript",
        "farm.render.animator": "Animator PartPose Spoken TextHighlight TextLoop TextMotion TextPart",
        "farm.render.convert": "frame_from_rgb frame_from_rgba rgb_from_frame",
        "farm.render.cuda.launch": "cuda_kernel each_pixel",
        "farm.render.cuda.plane": "CudaPlane",
        "farm.render.device": "on_cuda",
        "farm.render.drawing": "paint_of shadow_filter skia",
        "farm.render.element": (
            "Effect EnterName GradientStyle LivelySticker PlateStyle ShadowStyle Sticker StrokeStyle TextStyle "
            "Transition"
        ),
        "farm.render.frame": "Frame Moment Plane",
        "farm.render.kernels": "blur_rows divide multiply over",
        "farm.render.cube": "Cube",
        "farm.render.media_picture": "MediaPicture",
        "farm.render.media_table": "MediaTable",
        "farm.render.rgb_effect": "RgbEffect RgbPixels",
        "farm.render.sampling": "positions resample",
        "farm.render.straight": "premultiplied",
        "farm.render.text": "Extent draw_text measure_text",
        "farm.script.banned": "findings_of",
        "farm.script.claims": "unbacked_numbers",
        "farm.script.document": "script_from",
        "farm.script.fill": "FillNote",
        "farm.script.money": "discount_percent price",
        "farm.script.names": "clean columns headline is_chinese",
        "farm.script.pick": "Picked language_for pick",
        "farm.script.rewrite": "variants",
        "farm.script.slots": "facts_of slots_in",
    }.items()
    for name in names.split()
}
"""The module of each name."""


if not TYPE_CHECKING:  # a type checker would take any name for known

    def __getattr__(name: str) -> Any:
        """Load a name on first use."""
        module = MODULES.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(module), name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
