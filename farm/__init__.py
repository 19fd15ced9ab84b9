"""farm makes product videos at catalogue scale; docs/python.md shows how to use it from Python.

The names below are imported on first use: ``import farm`` itself costs nothing. docs/architecture.md describes the
components and their vocabulary.
"""

import sys

TYPE_CHECKING = False  # type checkers take it for typing's, which would have to be imported
if TYPE_CHECKING:
    from farm.client.asynchronous import AsyncClient, AsyncJobHandle
    from farm.client.handle import Client, JobHandle
    from farm.draft.job_input import Job
    from farm.errors import (
        ConflictError,
        DocumentError,
        FarmError,
        FarmUnreachableError,
        MachineError,
        MediaError,
        MissingError,
        PluginError,
        Problem,
        QueueFullError,
        RenderError,
    )
    from farm.local.findings import Findings, analyse
    from farm.local.plan import draft, plan, validate
    from farm.local.render import render
    from farm.local.stills import sheet, still
    from farm.model.caption_document import CueDocument as Cue
    from farm.model.caption_document import CueWordDocument as CueWord
    from farm.model.caption_document import ReadingDocument as Reading
    from farm.model.clip_document import (
        AdjustmentClip,
        ColorClip,
        CounterClip,
        GroupClip,
        ImageClip,
        ProgressClip,
        QrClip,
        ShapeClip,
        StickerClip,
        TextClip,
        VideoClip,
    )
    from farm.model.clip_document import MaskDocument as Mask
    from farm.model.clip_document import TrackDocument as Track
    from farm.model.document import KeyframeDocument as Keyframe
    from farm.model.item_document import AudioClip
    from farm.model.item_document import GapItem as Gap
    from farm.model.item_document import TransitionItem as Transition
    from farm.model.job_document import TemplateJob, TimelineJob
    from farm.model.look_document import BorderDocument as Border
    from farm.model.look_document import GradientDocument as Gradient
    from farm.model.look_document import ShadowDocument as Shadow
    from farm.model.look_document import StruckDocument as Struck
    from farm.model.look_document import TypedDocument as Typed
    from farm.model.motion_document import CameraDocument as Camera
    from farm.model.motion_document import KenBurnsDocument as KenBurns
    from farm.model.motion_document import LoopDocument as Loop
    from farm.model.motion_document import MotionDocument as Motion
    from farm.model.motion_document import PathDocument as Path
    from farm.model.output_document import NamedOutput
    from farm.model.output_document import OutputDocument as Output
    from farm.model.output_document import PosterDocument as Poster
    from farm.model.output_document import SpritesDocument as Sprites
    from farm.model.production import Production
    from farm.model.timeline_document import CaptionsDocument as Captions
    from farm.model.timeline_document import SoundDocument as Mix
    from farm.model.timeline_document import TimelineDocument as Timeline
    from farm.settings import Settings
    from farm.worker.forecast import Forecast
    from farm.worker.stills import Picture

__version__ = "0.1.0"

_HOMES = {
    "farm.client.asynchronous": "AsyncClient AsyncJobHandle",
    "farm.client.handle": "Client JobHandle",
    "farm.errors": "ConflictError DocumentError FarmError FarmUnreachableError MachineError MediaError MissingError"
    " PluginError Problem QueueFullError RenderError",
    "farm.draft.job_input": "Job",
    "farm.local.findings": "Findings analyse",
    "farm.local.plan": "draft plan validate",
    "farm.model.production": "Production",
    "farm.local.render": "render",
    "farm.local.stills": "sheet still",
    "farm.model.clip_document": "AdjustmentClip ColorClip CounterClip GroupClip ImageClip ProgressClip QrClip ShapeClip"
    " StickerClip TextClip VideoClip Mask=MaskDocument Track=TrackDocument",
    "farm.model.item_document": "AudioClip Gap=GapItem Transition=TransitionItem",
    "farm.model.look_document": "Border=BorderDocument Gradient=GradientDocument Shadow=ShadowDocument"
    " Struck=StruckDocument Typed=TypedDocument",
    "farm.model.motion_document": "Camera=CameraDocument KenBurns=KenBurnsDocument Loop=LoopDocument"
    " Motion=MotionDocument Path=PathDocument",
    "farm.model.document": "Keyframe=KeyframeDocument",
    "farm.model.job_document": "TemplateJob TimelineJob",
    "farm.model.output_document": "NamedOutput Output=OutputDocument Poster=PosterDocument Sprites=SpritesDocument",
    "farm.model.caption_document": "Cue=CueDocument CueWord=CueWordDocument Reading=ReadingDocument",
    "farm.model.timeline_document": "Captions=CaptionsDocument Mix=SoundDocument Timeline=TimelineDocument",
    "farm.settings": "Settings",
    "farm.worker.forecast": "Forecast",
    "farm.worker.stills": "Picture",
}
"""Where each name comes from, with the name that it has there if that differs."""
_NAMES = {
    name: (home, there or name)
    for home, words in _HOMES.items()
    for name, _, there in (word.partition("=") for word in words.split())
}

__all__ = [
    "AdjustmentClip",
    "AsyncClient",
    "AsyncJobHandle",
    "AudioClip",
    "Border",
    "Camera",
    "Captions",
    "Client",
    "ColorClip",
    "ConflictError",
    "CounterClip",
    "Cue",
    "CueWord",
    "DocumentError",
    "FarmError",
    "FarmUnreachableError",
    "Findings",
    "Forecast",
    "Gap",
    "Gradient",
    "GroupClip",
    "ImageClip",
    "Job",
    "JobHandle",
    "KenBurns",
    "Keyframe",
    "Loop",
    "MachineError",
    "Mask",
    "MediaError",
    "MissingError",
    "Mix",
    "Motion",
    "NamedOutput",
    "Output",
    "Path",
    "Picture",
    "PluginError",
    "Poster",
    "Problem",
    "Production",
    "ProgressClip",
    "QrClip",
    "QueueFullError",
    "Reading",
    "RenderError",
    "Settings",
    "Shadow",
    "ShapeClip",
    "Sprites",
    "StickerClip",
    "Struck",
    "TemplateJob",
    "TextClip",
    "Timeline",
    "TimelineJob",
    "Track",
    "Transition",
    "Typed",
    "VideoClip",
    "analyse",
    "draft",
    "plan",
    "render",
    "sheet",
    "still",
    "validate",
]


class _Farm(type(sys)):  # type: ignore[misc]
    """This module. Its functions keep their names from packages that are called alike, such as ``farm.render``."""

    def __getattr__(self, name: str) -> object:
        if name not in _NAMES:
            raise AttributeError(f"module 'farm' has no attribute {name!r}")
        from importlib import import_module

        home, there = _NAMES[name]
        value = self.__dict__[name] = getattr(import_module(home), there)
        return value

    def __setattr__(self, name: str, value: object) -> None:
        # The import system binds a package to its parent once it is loaded; it stays in `sys.modules`.
        if name not in _NAMES or not isinstance(value, type(sys)):
            super().__setattr__(name, value)

    def __reduce__(self) -> tuple[object, ...]:
        # Functions that name this module travel to other processes; pickle itself knows plain modules only.
        from importlib import import_module

        return import_module, (self.__name__,)

    def __dir__(self) -> list[str]:
        return sorted({*self.__dict__, *__all__})


sys.modules[__name__].__class__ = _Farm
