"""Compiling: transitions, handles, groups, sounds, lengths and motions come out in frames and pixels."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from farm.draft.bind import Binder
from farm.draft.draft import Draft, draft
from farm.model.motion import MotionKind
from farm.model.placement import Box, Fit
from farm.model.sound import SoundRole
from farm.model.source import TextSource, VideoSource
from farm.model.timeline import GroupSource
from farm.plugins.registry import Registry, load_registry
from tests.golden.shop import build_library

Drafter = Callable[..., Draft]
PHOTO = "{kind: image, src: photo.jpg, duration: 1}"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> Drafter:
    """Return a function that drafts a timeline of one track (and more text) at 30 frames a second."""
    folder = tmp_path_factory.mktemp("shop")
    build_library(folder)

    def made(*items: str, more: str = "", fps: str = "30") -> Draft:
        lines = "".join(f"    - {item}\n" for item in items)
        text = f"output: {{size: 100x200, fps: {fps}}}\ntimeline:\n  tracks:\n  - clips:\n{lines}{more}"
        binder = Binder(folder, fetch=no_fetch, blob=lambda _: None, library={"calm": folder / "tone.wav"})
        return draft(text, source="job.yaml", binder=binder, registry=registry)

    return made


def no_fetch(url: str) -> Path:
    raise AssertionError(url)


@pytest.mark.parametrize("fps", ["30", "25", "30000/1001", "24000/1001"])
def test_clips_touch_at_any_rate(drafted: Drafter, fps: str) -> None:
    made = drafted(*["{kind: image, src: photo.jpg, duration: 0.333}"] * 20, fps=fps).timeline
    clips = made.tracks[0].clips
    assert all(a.stop == b.start for a, b in pairwise(clips))
    assert abs(made.duration - Fraction("6.66") * made.rate) <= Fraction(1, 2)


def test_a_transition_does_not_change_the_length(drafted: Drafter) -> None:
    fade = "{kind: transition, use: basics.fade, duration: 0.5}"
    made = drafted(PHOTO, fade, PHOTO)
    assert made.timeline.duration == 60
    (transition,) = made.timeline.tracks[0].transitions
    assert (transition.at, transition.before, transition.after) == (30, 7, 8)
    assert transition.element.name == "basics.fade"
    assert dict(transition.element.params)
    assert made.warnings == ()


@pytest.mark.parametrize(("before", "frames"), [("0", (0, 15)), ("0.5", (15, 0)), ("5f", (5, 10))])
def test_a_transition_may_lie_anywhere_about_the_cut(
    drafted: Drafter, before: str, frames: tuple[int, int]
) -> None:
    fade = f"{{kind: transition, use: basics.fade, duration: 0.5, before: {before}}}"
    (transition,) = drafted(PHOTO, fade, PHOTO).timeline.tracks[0].transitions
    assert (transition.before, transition.after) == frames


def test_missing_handles_are_warned_of(drafted: Drafter) -> None:
    fade = "{kind: transition, use: basics.fade, duration: 1}"
    made = drafted(PHOTO, fade, "{kind: video, src: clip.mp4, duration: 1, in: 0.1}")
    assert len(made.warnings) == 1
    assert "0.40 s too little material before its start; a frame is held" in made.warnings[0]
    assert drafted(PHOTO, fade, "{kind: video, src: clip.mp4, duration: 1, in: 0.5}").warnings == ()
    after = drafted("{kind: video, src: clip.mp4}", fade, PHOTO).warnings
    assert len(after) == 1
    assert "0.50 s too little material after its end" in after[0]


def test_footage_that_ends_too_soon_is_warned_of(drafted: Drafter) -> None:
    (warning,) = drafted("{kind: video, src: clip.mp4, duration: 4, in: 0.5}").warnings
    assert "`clip.mp4` ends 3.00 s too early; its last frame is held" in warning
    assert drafted("{kind: video, src: clip.mp4, duration: 4, in: 0.5, speed: 0.25}").warnings == ()


def test_footage_without_a_length_runs_to_its_end(drafted: Drafter) -> None:
    made = drafted("{kind: video, src: clip.mp4, in: 0.5, speed: 2}").timeline
    assert made.duration == 15
    source = made.tracks[0].clips[0].source
    assert isinstance(source, VideoSource)
    assert (source.in_s, source.speed) == (Fraction(1, 2), Fraction(2))
    assert drafted("{kind: video, src: clip.mp4, in: 0.5, out: 1}").timeline.duration == 15


def test_a_group_has_a_clock_of_its_own(drafted: Drafter) -> None:
    sound = "{kind: audio, src: tone.wav, at: 0.25}"
    group = f"{{kind: group, duration: 2, tracks: [{{clips: [{PHOTO}, {PHOTO}]}}, {{clips: [{sound}]}}]}}"
    made = drafted("{kind: gap, duration: 1}", group).timeline
    (clip,) = made.tracks[0].clips
    assert isinstance(clip.source, GroupSource)
    assert (clip.start, clip.duration) == (30, 60)
    (inner,) = clip.source.tracks
    assert [(c.start, c.duration) for c in inner.clips] == [(0, 30), (30, 30)]
    assert made.sound.clips[0].start_s == Fraction(5, 4)


def test_percents_are_of_the_canvas(drafted: Drafter) -> None:
    clip = (
        '{kind: image, src: photo.jpg, duration: 1, box: ["10%", "25%", "50%", 40px], '
        'x: "20%", y: "20%", radius: "50%"}'
    )
    placement = drafted(clip).timeline.tracks[0].clips[0].placement
    assert placement.box == Box(10, 50, 50, 40)
    assert (placement.x.at(0), placement.y.at(0)) == (20, 40)
    assert placement.radius_px == 20
    assert placement.fit is Fit.COVER


def test_boxes_lie_on_even_pixels(drafted: Drafter) -> None:
    box = drafted("{kind: image, src: photo.jpg, duration: 1, box: [11, 13, 33.3, 7]}").timeline
    found = box.tracks[0].clips[0].placement.box
    assert all(side % 2 == 0 for side in (found.x, found.y, found.width, found.height))
    assert abs(found.x - 11) <= 1
    assert abs(found.x + found.width - 44.3) <= 1


def test_text_styles_are_in_pixels_of_the_shorter_side(drafted: Drafter) -> None:
    enter = '{kind: rise, distance: "10%", duration: 6f}'
    clip = f'{{kind: text, text: Hi, duration: 1, look: {{size: "10%"}}, enter: {enter}}}'
    made = drafted(clip).timeline.tracks[0].clips[0]
    assert isinstance(made.source, TextSource)
    assert made.source.look.size_px == 10
    assert made.enter is not None
    assert (made.enter.kind, made.enter.frames, made.enter.distance_px) == (MotionKind.RISE, 6, 20)


def test_keyframes_become_frames(drafted: Drafter) -> None:
    clip = "{kind: image, src: photo.jpg, duration: 1, zoom: [{at: 0, value: 1}, {at: 15f, value: 2, ease: hold}]}"
    zoom = drafted(clip).timeline.tracks[0].clips[0].placement.zoom
    assert [(key.frame, key.value) for key in zoom.keys] == [(0, 1), (15, 2)]
    assert zoom.at(7.5) == pytest.approx(1.5)


def test_music_runs_to_the_end_and_not_beyond(drafted: Drafter) -> None:
    looping = "  - clips: [{kind: audio, src: calm, loop: true, fade_out: 9}]\n"
    tracks = looping + "  - clips: [{kind: audio, src: tone.wav}]\n"
    looped, once = drafted(PHOTO, PHOTO, more=tracks).timeline.sound.clips
    assert (looped.duration_s, looped.loop, looped.fade_out_s) == (2, True, 2)
    assert once.duration_s == 1
    assert looped.role is SoundRole.MUSIC


def test_a_sound_after_the_end_is_warned_of(drafted: Drafter) -> None:
    made = drafted(PHOTO, more="  - clips: [{kind: audio, src: tone.wav, at: 3}]\n")
    assert made.timeline.sound.clips == ()
    assert any("begins after the video's end and is inaudible" in warning for warning in made.warnings)


def test_captions_stand_above_all_and_late_ones_are_warned_of(drafted: Drafter) -> None:
    cues = "{cues: [{start: 0, end: 0.5, text: One}, {start: 5, end: 6, text: Late}]}"
    made = drafted(PHOTO, more=f"  captions: {cues}\n")
    last = made.timeline.tracks[-1]
    assert [(c.start, c.duration) for c in last.clips] == [(0, 15)]
    assert made.timeline.duration == 30
    late = "timeline.captions.cues: a caption begins after the video's end and is not shown: `Late` at 5 s (cues[1])"
    assert late in made.warnings


def test_an_explicit_length_wins(drafted: Drafter) -> None:
    assert drafted(PHOTO, more="  duration: 2.5\n").timeline.duration == 75
    assert drafted(PHOTO, more="  duration: 0.5\n").timeline.duration == 15


COLOUR = '{kind: color, color: "#000000", duration: 6}'


@pytest.mark.parametrize(
    ("inner", "heard"),
    [
        ("{kind: audio, src: tone.wav, duration: 3}", [(Fraction(2), Fraction(1))]),
        ("{kind: audio, src: tone.wav, loop: true}", [(Fraction(2), Fraction(1))]),
        ("{kind: audio, src: tone.wav, at: 0.25, duration: 0.5}", [(Fraction(9, 4), Fraction(1, 2))]),
        ("{kind: audio, src: tone.wav, at: 1.5, duration: 3}", []),
    ],
)
def test_a_groups_sounds_end_with_it(
    drafted: Drafter, inner: str, heard: list[tuple[Fraction, Fraction]]
) -> None:
    picture = "{clips: [{kind: image, src: photo.jpg, duration: 1}]}"
    group = f"{{kind: group, at: 2, duration: 1, tracks: [{picture}, {{clips: [{inner}]}}]}}"
    more = f"  - clips:\n    - {COLOUR}\n"
    made = drafted(group, more=more)
    assert [(clip.start_s, clip.duration_s) for clip in made.timeline.sound.clips] == heard
    late = [warning for warning in made.warnings if "begins after its group's end" in warning]
    assert len(late) == (not heard)


def test_a_groups_sound_ends_with_the_shortest_group_around_it(drafted: Drafter) -> None:
    sound = "{clips: [{kind: audio, src: tone.wav, loop: true}]}"
    inner = f"{{kind: group, duration: 4, tracks: [{{clips: [{PHOTO}]}}, {sound}]}}"
    made = drafted(
        f"{{kind: group, duration: 1.5, tracks: [{{clips: [{inner}]}}]}}",
        more=f"  - clips:\n    - {COLOUR}\n",
    )
    assert [(clip.start_s, clip.duration_s) for clip in made.timeline.sound.clips] == [(0, Fraction(3, 2))]
