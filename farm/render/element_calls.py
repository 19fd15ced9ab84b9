"""A compositor's calls into plugins' elements: made in one place, timed, and their results checked."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from farm.guard.call import Callee, Spot, call, refuse
from farm.model.asset import Asset
from farm.model.element_ref import ElementRef
from farm.model.plugin import PluginIdentity
from farm.model.source import StickerSource
from farm.model.timeline import Clip, Transition
from farm.render.animator import Animator, PartPose, Spoken, TextPart
from farm.render.choreography import CalledAnimator
from farm.render.delivery import DeviceMedia
from farm.render.device import Device, NotOnDevice
from farm.render.drawn import DrawnElements
from farm.render.element import Effect, LivelySticker, Sticker
from farm.render.element import Transition as TransitionElement
from farm.render.frame import Frame, Moment
from farm.render.media_picture import MediaPicture
from farm.render.picture import MediaSource
from farm.render.pose_result import fault_of_pose
from farm.render.result import EVERY, checksum, fault_of, overshoot_of
from farm.render.shape import Drawable
from farm.render.straight import Layer


class Elements(Protocol):
    """Where effects, transitions and stickers come from; implemented above, by the plugin registry."""

    def effect(self, ref: ElementRef, pictures: Callable[[Asset], MediaPicture]) -> Effect:
        """Return the effect that ``ref`` refers to."""

    def transition(self, ref: ElementRef, pictures: Callable[[Asset], MediaPicture]) -> TransitionElement:
        """Return the transition that ``ref`` refers to."""

    def sticker(self, ref: ElementRef, pictures: Callable[[Asset], MediaPicture]) -> Sticker:
        """Return the sticker that ``ref`` refers to."""

    def animator(self, ref: ElementRef, pictures: Callable[[Asset], MediaPicture]) -> Animator:
        """Return the animator that ``ref`` refers to."""

    def plugin_of(self, ref: ElementRef) -> PluginIdentity:
        """Return the plugin that an element belongs to; raise MachineError if this process has a different one."""


@dataclass(slots=True)
class ElementPace:
    """Time spent in an element."""

    calls: int = 0
    """Frames, or drawings."""
    seconds: float = 0.0
    """Total wall-clock time; on a GPU, the time to queue its work."""


_Make = Callable[[ElementRef, Callable[[Asset], MediaPicture]], Any]


@dataclass(frozen=True, slots=True)
class _Made:
    """An element that has been created."""

    callee: Callee
    element: Any
    pace: ElementPace


class ElementCalls:
    """Creates elements on first use and calls them."""

    def __init__(
        self, elements: Elements, media: MediaSource, delivered: DeviceMedia, device: Device, rate: Fraction
    ) -> None:
        self._elements = elements
        self._media = media
        self._delivered = delivered
        self._device = device
        self._rate = rate
        self._made: dict[tuple[str, ElementRef], _Made] = {}
        self._now: dict[tuple[str, ElementRef], tuple[ElementRef, Any]] = {}

    @property
    def paces(self) -> dict[str, ElementPace]:
        """Time spent in each element, by its name."""
        paces: dict[str, ElementPace] = {}
        for made in self._made.values():
            one = paces.setdefault(made.callee.name, ElementPace())
            one.calls += made.pace.calls
            one.seconds += made.pace.seconds
        return paces

    def change(self, refs: tuple[ElementRef, ...]) -> bool:
        """Whether effects may change a picture that stays the same from one frame to the next."""
        return any(ref.animated or not self._effect(ref, Spot()).element.steady for ref in refs)

    def _effect(self, ref: ElementRef, spot: Spot) -> _Made:
        return self._element("effect", ref, spot, self._elements.effect)

    def affect(self, ref: ElementRef, layer: Layer, at: Moment, clip: str, path: str) -> Layer:
        """Return a layer with an effect applied; ``clip`` and ``path`` say whose layer it is.

        Raises:
            PluginError: the effect failed or returned an invalid frame.
        """
        spot = Spot(clip, path, at.frame, at.seconds)
        made = self._effect(ref, spot)
        effect: Effect = self._as_of("effect", ref, at.frame, spot, self._elements.effect, made)
        given = layer.premultiplied() if effect.premultiplied else layer.straight()
        kept = True

        def apply(frame: Frame, when: Moment) -> Frame:
            nonlocal kept
            result = effect.apply(frame, when)
            # Anything but a frame is refused below.
            kept = isinstance(result, Frame) and result.a is frame.a
            return result

        result = self._frame(made.callee, spot, made.pace, apply, (given,), at)
        if not effect.premultiplied:
            return Layer(result, is_straight=True, continues=kept)
        wrong = overshoot_of(result, "its frame is") if made.pace.calls % EVERY == 1 else ""
        if wrong:
            refuse(made.callee, spot, wrong)
        return Layer(result)

    def pass_over(self, passing: Transition, old: Frame, new: Frame, number: int) -> Frame:
        """Return the frame of a transition at a frame of its track.

        Raises:
            PluginError: the transition failed or returned an invalid frame.
        """
        ref = passing.element
        progress = (number - passing.start + 1) / (passing.before + passing.after + 1)
        spot = Spot("", passing.path, number, float(number / self._rate))
        made = self._element("transition", ref, spot, self._elements.transition)
        transition: TransitionElement = self._as_of(
            "transition", ref, number - passing.start, spot, self._elements.transition, made
        )
        result = self._frame(made.callee, spot, made.pace, transition.mix, (old, new), progress)
        wrong = overshoot_of(result) if made.pace.calls % EVERY == 1 else ""
        if wrong:
            refuse(made.callee, spot, wrong)
        return result

    def sticker(self, source: StickerSource, clip: Clip) -> Drawable:
        """Return a sticker as it is at the source's frame; its drawing is timed and checked."""
        spot = Spot(clip.name, clip.path)
        made = self._element("sticker", source.element, spot, self._elements.sticker)
        at = Moment(math.floor(source.frame), clip.duration, self._rate)
        return _CalledSticker(made.callee, made.element, made.pace, spot, at if source.lively else None)

    def animator(self, ref: ElementRef, clip: Clip) -> CalledAnimator:
        """Return an animator of a clip's text; its calls are timed and checked."""
        spot = Spot(clip.name, clip.path)
        made = self._element("animator", ref, spot, self._elements.animator)
        return _CalledAnimator(made.callee, made.element, made.pace, spot)

    def drawn_by(self, clip: Clip) -> DrawnElements:
        """Return the elements that draw as one clip calls them."""
        return DrawnElements(
            lambda source: self.sticker(source, clip), lambda ref: self.animator(ref, clip), self._rate
        )

    def _element(
        self,
        what: str,
        ref: ElementRef,
        spot: Spot,
        make: _Make,
    ) -> _Made:
        """Return an element as it is at its first frame."""
        known = self._made.get((what, ref))
        if known is None:
            callee = Callee(what, ref.name, self._elements.plugin_of(ref))
            element = call(callee, spot, make, ref.at(0), self._pictures(callee))
            known = self._made[what, ref] = _Made(callee, element, ElementPace())
        return known

    def _as_of(self, what: str, ref: ElementRef, frame: float, spot: Spot, make: _Make, made: _Made) -> Any:
        """Return an element with the values that its parameters have at a frame."""
        if not ref.animated:
            return made.element
        then = ref.at(frame)
        now = self._now.get((what, ref))
        if now is None or now[0] != then:
            now = self._now[what, ref] = (
                then,
                call(made.callee, spot, make, then, self._pictures(made.callee)),
            )
        return now[1]

    def _pictures(self, callee: Callee) -> Callable[[Asset], MediaPicture]:
        own = callee.plugin.own

        def picture(asset: Asset) -> MediaPicture:
            return MediaPicture(f"sha256:{asset.sha256}", asset, self._media, self._delivered, shared=own)

        return picture

    def _frame(
        self,
        callee: Callee,
        spot: Spot,
        pace: ElementPace,
        method: Callable[..., Frame],
        frames: tuple[Frame, ...],
        when: Moment | float,
    ) -> Frame:
        before = checksum(frames) if pace.calls % EVERY == 0 else None
        started = time.perf_counter()
        result = self._device.run(
            callee.name, lambda *here: _returned(callee, spot, method, here, when), *frames
        )
        pace.calls += 1
        pace.seconds += time.perf_counter() - started
        if before is not None and checksum(frames) != before:
            refuse(
                callee,
                spot,
                "it wrote to the frame that it was given; frames are shared, write to one of your own",
            )
        return result


def _returned(
    callee: Callee,
    spot: Spot,
    method: Callable[..., Frame],
    frames: tuple[Frame, ...],
    when: Moment | float,
) -> Frame:
    """Return an element's result for frames in the memory where it works: GPU or host."""
    result = call(callee, spot, method, *frames, when, passing=(NotOnDevice,))
    wrong = fault_of(result, *frames, may_gain_alpha=len(frames) == 1)
    if wrong:
        refuse(callee, spot, wrong)
    return result


class _CalledAnimator:
    """Wraps an animator to time its calls and check their results."""

    def __init__(self, callee: Callee, animator: Any, pace: ElementPace, spot: Spot) -> None:
        self._callee = callee
        self._animator = animator
        self._pace = pace
        self._spot = spot

    def pose(self, part: TextPart, moment: float | Spoken) -> PartPose:
        started = time.perf_counter()
        pose: object = call(self._callee, self._spot, self._animator.pose, part, moment)
        self._pace.calls += 1
        self._pace.seconds += time.perf_counter() - started
        if not isinstance(pose, PartPose):
            refuse(self._callee, self._spot, f"`pose` returned a {type(pose).__name__}; return a PartPose")
        wrong = "" if self._callee.plugin.own else fault_of_pose(pose)
        if wrong:
            refuse(self._callee, self._spot, wrong)
        return pose


class _CalledSticker:
    """Wraps a sticker to time and check its drawing."""

    def __init__(
        self, callee: Callee, sticker: Sticker, pace: ElementPace, spot: Spot, at: Moment | None
    ) -> None:
        self._at = at
        self._callee = callee
        self._sticker = sticker
        self._pace = pace
        self._spot = spot
        self.aspect = sticker.aspect
        self.fills = sticker.fills

    def draw(self, canvas: Any, width_px: float, height_px: float) -> None:
        started = time.perf_counter()
        # Saved first, so that one `restore` too many is detected: skia ignores it at the bottom of the stack.
        canvas.save()
        due = canvas.getSaveCount()
        if isinstance(self._sticker, LivelySticker) and self._at is not None:
            draw_at = self._sticker.draw_at
            result: object = call(self._callee, self._spot, draw_at, canvas, width_px, height_px, self._at)
        else:
            result = call(self._callee, self._spot, self._sticker.draw, canvas, width_px, height_px)
        off = canvas.getSaveCount() - due
        if off:
            wrong = (
                f"{off} of its `save` or `saveLayer` have no `restore`"
                if off > 0
                else "it called `restore` more often than `save`"
            )
            refuse(
                self._callee, self._spot, f"{wrong}; pair them, or draw within skia.AutoCanvasRestore(canvas)"
            )
        if result is not None:
            given = f"a {type(result).__name__}"
            refuse(
                self._callee, self._spot, f"`draw` returned {given}; paint onto the canvas and return nothing"
            )
        canvas.restore()
        self._pace.calls += 1
        self._pace.seconds += time.perf_counter() - started
