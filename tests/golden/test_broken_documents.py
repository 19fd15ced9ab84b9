"""Broken documents through the real command line: told as sentences with their place, and nothing is rendered."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from pathlib import Path

import pytest

from farm.cli.main import run

PHOTO = "{kind: image, src: photo.jpg, duration: 1}"
FADE = "{kind: transition, use: basics.fade, duration: 0.4}"


@dataclass(frozen=True, slots=True)
class Case:
    """A broken document and what must be told about it."""

    name: str
    """What is wrong."""
    text: str | bytes
    """The document."""
    told: tuple[str, ...]
    """Parts of what is told, in any order."""
    file: str = "job.yaml"
    """The document's name."""


def clips(*items: str, more: str = "", output: str = "") -> str:
    """Return a timeline job of one track."""
    lines = "".join(f"    - {item}\n" for item in items)
    end = f"output: {output}\n" if output else ""
    return f"timeline:\n  tracks:\n  - clips:\n{lines}{more}{end}"


def slots(text: str, template: str = "retail.spotlight", output: str = "") -> str:
    """Return a template job."""
    return f"template: {template}\nslots: {text}\n" + (f"output: {output}\n" if output else "")


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{'abcdefgh'[n]}: &{'abcdefgh'[n]} [{', '.join(['*' + 'abcdefgh'[n - 1]] * 10)}]\n" for n in range(1, 8)
)
NOT_GIVEN = "`template` nor `timeline`"


CASES = [
    # the document itself
    Case("empty file", "", ("holds nothing",)),
    Case("only a comment", "# later\n", ("holds nothing",)),
    Case("a list", "- template: retail.spotlight\n", ("a mapping", "a list")),
    Case("a sentence", "please make a video\n", ("a mapping", "this holds text")),
    Case("binary", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", ("not a text file", "UTF-8")),
    Case("NUL inside", "template: retail\x00.spotlight\nslots: {}\n", ("not valid YAML: line 1", "U+0000")),
    Case("not YAML", "template: [retail.spotlight\nslots: {\n", ("not valid YAML", "line")),
    Case(
        "a tab",
        "template: retail.spotlight\nslots:\n\tproduct: {name: Watch}\n",
        ("not valid YAML: line 3", "a tab stands here; indent with spaces"),
    ),
    Case(
        "name twice",
        "template: retail.spotlight\nslots: {}\ntemplate: retail.sale\n",
        ("`template` is given twice", "line 3"),
    ),
    Case(
        "name twice in JSON",
        '{"template": "a", "template": "b", "slots": {}}',
        ("`template` is given twice",),
        "job.json",
    ),
    Case("broken JSON", '{"template": "retail.spotlight", "slots": {]}', ("not valid", "line 1"), "job.json"),
    Case("alias bomb", BOMB, ("more than 200000 values",)),
    Case("alias in itself", "timeline: &a\n  tracks: [*a]\n", ("an alias stands inside what it names",)),
    Case("deep nesting", "timeline: " + "[" * 60 + "]" * 60 + "\n", ("nested deeper than 40",)),
    Case("very deep nesting", "timeline: " + "[" * 20000 + "]" * 20000 + "\n", ("nested deeper than 40",)),
    Case(
        "very deep JSON",
        '{"timeline": ' + "[" * 200000 + "]" * 200000 + "}",
        ("nested deeper than 40",),
        "job.json",
    ),
    Case("too large", "name: " + "x" * (5 << 20) + "\n", ("larger than 4 MiB",)),
    Case(
        "python tag",
        "timeline: !!python/object/apply:os.system ['true']\n",
        ("not valid YAML: line 1", "the tag `python/object/apply:os.system` is not allowed"),
    ),
    Case("neither", "name: watch\nslot: {}\n", (NOT_GIVEN, "slot ", "did you mean `slots`?")),
    Case(
        "both",
        clips(PHOTO) + "template: retail.spotlight\nslots: {}\n",
        ("`template` or `timeline`, not both",),
    ),
    # names
    Case(
        "unknown template",
        slots("{product: {name: Watch}}", "retail.spotlite"),
        ("template ", "`retail.spotlite`", "did you mean `retail.spotlight`?"),
    ),
    Case(
        "template of another kind",
        slots("{product: {name: Watch}}", "[retail.spotlight]"),
        ("template ", "must be text"),
    ),
    Case(
        "unknown slot",
        slots("{product: {name: Watch}, fotos: [photo.jpg]}"),
        ("slots.fotos", "did you mean `photos`?"),
    ),
    Case(
        "unknown field in slot",
        slots("{product: {name: Watch, prise: 3}, photos: [photo.jpg]}"),
        ("slots.product.prise", "did you mean `price`?"),
    ),
    Case("no slots", "template: retail.spotlight\n", ("slots ", "is missing")),
    Case("required slot", slots("{photos: [photo.jpg]}"), ("slots.product ", "is missing")),
    Case(
        "required field of slot",
        slots("{product: {price: 3}, photos: [photo.jpg]}"),
        ("slots.product.name", "is missing"),
    ),
    Case("slots as list", slots("[photo.jpg]"), ("slots ", "must be a mapping")),
    Case(
        "photos as text",
        slots("{product: {name: Watch}, photos: photo.jpg}"),
        ("slots.photos", "must be a list"),
    ),
    Case(
        "price as words",
        slots("{product: {name: Watch, price: cheap}, photos: [photo.jpg]}"),
        ("slots.product.price", "must be a number"),
    ),
    Case(
        "negative price",
        slots("{product: {name: Watch, price: -3}, photos: [photo.jpg]}"),
        ("slots.product.price", "0"),
    ),
    Case(
        "brand colour",
        slots("{product: {name: Watch}, photos: [photo.jpg], brand_color: blurple}"),
        ("slots.brand_color", "`blurple` is not a colour"),
    ),
    Case(
        "two at once",
        slots("{product: {name: Watch}, fotos: [photo.jpg], photos: [gone.jpg]}"),
        ("2 problems", "slots.fotos", "did you mean `photos`?", "slots.photos[0]", "no such file: gone.jpg"),
    ),
    Case("unknown top name", clips(PHOTO) + "outputs: {fps: 25}\n", ("outputs", "did you mean `output`?")),
    Case(
        "unknown kind",
        clips("{kind: imgae, src: photo.jpg, duration: 1}"),
        ("timeline.tracks[0].clips[0]", "`kind: imgae` is unknown", "did you mean `image`?"),
    ),
    Case(
        "no kind",
        clips("{src: photo.jpg, duration: 1}"),
        ("timeline.tracks[0].clips[0]", "`kind` is missing", "image"),
    ),
    Case(
        "unknown field",
        clips("{kind: image, src: photo.jpg, durration: 1, duration: 1}"),
        ("timeline.tracks[0].clips[0].durration", "did you mean `duration`?"),
    ),
    Case(
        "field of another kind",
        clips("{kind: image, src: photo.jpg, duration: 1, speed: 2}"),
        ("timeline.tracks[0].clips[0].speed", "unknown name"),
    ),
    Case(
        "unknown effect",
        clips("{kind: image, src: photo.jpg, duration: 1, effects: [basics.vignet]}"),
        (
            "timeline.tracks[0].clips[0].effects[0]",
            "no effect is called `basics.vignet`",
            "did you mean `basics.vignette`?",
        ),
    ),
    Case(
        "unknown parameter",
        clips("{kind: image, src: photo.jpg, duration: 1, effects: [{name: basics.vignette, strenght: 1}]}"),
        ("timeline.tracks[0].clips[0].effects[0].strenght", "unknown name"),
    ),
    Case(
        "unknown transition",
        clips(PHOTO, "{kind: transition, use: basics.fader, duration: 0.4}", PHOTO),
        ("timeline.tracks[0].clips[1].use", "did you mean `basics.fade`?"),
    ),
    Case(
        "unknown style",
        clips("{kind: text, text: Hi, duration: 1, style: basics.tittle}"),
        ("timeline.tracks[0].clips[0].style", "did you mean `basics.title`?"),
    ),
    Case(
        "unknown field of style",
        clips("{kind: text, text: Hi, duration: 1, look: {colour: red}}"),
        ("timeline.tracks[0].clips[0].look.colour", "did you mean `color`?"),
    ),
    Case(
        "unknown sticker",
        clips("{kind: sticker, sticker: basics.hart, duration: 1}"),
        ("timeline.tracks[0].clips[0].sticker", "did you mean `basics.heart`?"),
    ),
    Case(
        "unknown fit",
        clips("{kind: image, src: photo.jpg, duration: 1, fit: covers}"),
        ("timeline.tracks[0].clips[0].fit", "did you mean `cover`?"),
    ),
    Case(
        "unknown easing",
        clips("{kind: image, src: photo.jpg, duration: 1, zoom: [{at: 0, value: 1, ease: in-out}]}"),
        ("timeline.tracks[0].clips[0].zoom[0].ease", "`in-out` is not allowed"),
    ),
    Case(
        "unknown entrance",
        clips("{kind: text, text: Hi, duration: 1, enter: ries}"),
        ("timeline.tracks[0].clips[0].enter", "did you mean `rise`?"),
    ),
    # types and values
    Case(
        "duration as list",
        clips("{kind: image, src: photo.jpg, duration: [1]}"),
        ("timeline.tracks[0].clips[0].duration", "must be"),
    ),
    Case(
        "duration as words",
        clips("{kind: image, src: photo.jpg, duration: a while}"),
        ("timeline.tracks[0].clips[0].duration", "`a while` is not a time", '"75f"'),
    ),
    Case(
        "duration yes",
        clips("{kind: image, src: photo.jpg, duration: yes}"),
        ("timeline.tracks[0].clips[0].duration", "must be a number, not yes or no"),
    ),
    Case(
        "NaN in YAML",
        clips("{kind: image, src: photo.jpg, duration: .nan}"),
        ("timeline.tracks[0].clips[0].duration", "finite"),
    ),
    Case(
        "infinity in YAML",
        clips("{kind: image, src: photo.jpg, duration: 1, x: .inf}"),
        ("timeline.tracks[0].clips[0].x", "finite"),
    ),
    Case(
        "NaN in JSON",
        '{"timeline": {"tracks": [{"clips": [{"kind": "image", "src": "photo.jpg", "duration": NaN}]}]}}',
        ("timeline.tracks[0].clips[0].duration", "finite"),
        "job.json",
    ),
    Case(
        "infinity in JSON",
        '{"timeline": {"tracks": [{"clips": [{"kind": "image", "src": "", "duration": 1, "opacity": -Infinity}]}]}}',
        ("timeline.tracks[0].clips[0].opacity", "finite"),
        "job.json",
    ),
    Case(
        "a number too large to tell",
        clips("{kind: image, src: photo.jpg, duration: 1" + "0" * 400 + "}"),
        ("timeline.tracks[0].clips[0].duration", "at most 1000000 s"),
    ),
    Case(
        "zero length",
        clips("{kind: image, src: photo.jpg, duration: 0}"),
        ("timeline.tracks[0].clips[0].duration", "longer than 0"),
    ),
    Case(
        "negative length",
        clips("{kind: image, src: photo.jpg, duration: -2}"),
        ("timeline.tracks[0].clips[0].duration", "longer than 0, not -2 s"),
    ),
    Case(
        "negative time",
        clips("{kind: image, src: photo.jpg, duration: 1, at: -1}"),
        ("timeline.tracks[0].clips[0].at", "before 0"),
    ),
    Case(
        "shorter than a frame",
        clips("{kind: image, src: photo.jpg, duration: 0.005}"),
        ("timeline.tracks[0].clips[0].duration", "shorter than one frame"),
    ),
    Case(
        "endless clip",
        clips("{kind: image, src: photo.jpg, duration: 90000}"),
        ("timeline.tracks[0].clips[0].duration", "at most 60 minutes"),
    ),
    Case(
        "opacity 2",
        clips("{kind: image, src: photo.jpg, duration: 1, opacity: 2}"),
        ("timeline.tracks[0].clips[0].opacity", "2 is out of range; allowed: 0 to 1"),
    ),
    Case(
        "opacity keyframe",
        clips("{kind: image, src: photo.jpg, duration: 1, opacity: [{at: 0, value: 1}, {at: 1, value: -1}]}"),
        ("timeline.tracks[0].clips[0].opacity[1]", "out of range"),
    ),
    Case(
        "keyframes not rising",
        clips("{kind: image, src: photo.jpg, duration: 1, zoom: [{at: 1, value: 1}, {at: 0.5, value: 2}]}"),
        ("timeline.tracks[0].clips[0].zoom[1].at", "must rise in time"),
    ),
    Case(
        "zoom below 1",
        clips("{kind: image, src: photo.jpg, duration: 1, zoom: 0.5}"),
        ("timeline.tracks[0].clips[0].zoom", "allowed: 1 to 10"),
    ),
    Case(
        "colour nonsense",
        clips("{kind: color, color: '#12', duration: 1}"),
        ("timeline.tracks[0].clips[0].color", "`#12` is not a colour", "#rrggbb"),
    ),
    Case(
        "background nonsense",
        clips(PHOTO, more="  background: sky\n"),
        ("timeline.background", "`sky` is not a colour"),
    ),
    Case(
        "gradient of one",
        clips("{kind: color, color: {colors: [red]}, duration: 1}"),
        ("timeline.tracks[0].clips[0].color", "2"),
    ),
    Case("no words", clips("{kind: text, text: '', duration: 1}"), ("timeline.tracks[0].clips[0].text", "1")),
    Case(
        "box of nothing",
        clips("{kind: image, src: photo.jpg, duration: 1, box: [0, 0, 0, 0]}"),
        ("timeline.tracks[0].clips[0].box", "0x0 pixels shows nothing"),
    ),
    Case(
        "box of three",
        clips("{kind: image, src: photo.jpg, duration: 1, box: [0, 0, 10]}"),
        ("timeline.tracks[0].clips[0].box", "4"),
    ),
    Case("no tracks", "timeline: {tracks: []}\n", ("timeline.tracks", "1")),
    Case("nothing visible", clips("{kind: gap, duration: 1}"), ("timeline.tracks", "no visible clip")),
    # output
    Case("size as number", clips(PHOTO, output="{size: 720}"), ("output.size", "`720` is not a size")),
    Case("fps yes", clips(PHOTO, output="{fps: yes}"), ("output.fps", "must be a number, not yes or no")),
    Case(
        "size 0x0",
        clips(PHOTO, output="{size: 0x0}"),
        ("output.size", "0x0 is not allowed", "even number from 16 to 4096"),
    ),
    Case("odd size", clips(PHOTO, output="{size: 95x161}"), ("output.size", "95x161 is not allowed", "even")),
    Case(
        "giant size",
        clips(PHOTO, output="{size: [40000, 40000]}"),
        ("output.size", "40000x40000 is not allowed"),
    ),
    Case(
        "size as words",
        clips(PHOTO, output="{size: full hd}"),
        ("output.size", "`full hd` is not a size", '"720x1280"'),
    ),
    Case("aspect", clips(PHOTO, output="{aspect: '9x16'}"), ("output.aspect", "did you mean `9:16`?")),
    Case("aspect and size", clips(PHOTO, output="{aspect: '9:16', size: 96x160}"), ("output ", "not both")),
    Case("fps 0", clips(PHOTO, output="{fps: 0}"), ("output.fps", "1 to 240 frames a second, not 0")),
    Case(
        "fps 1000", clips(PHOTO, output="{fps: 1000}"), ("output.fps", "1 to 240 frames a second, not 1000")
    ),
    Case("fps abc", clips(PHOTO, output="{fps: abc}"), ("output.fps", "`abc` is not a frame rate")),
    Case("fps 1/0", clips(PHOTO, output="{fps: 1/0}"), ("output.fps", "`1/0` is not a frame rate")),
    Case("fps nan", clips(PHOTO, output="{fps: .nan}"), ("output.fps", "finite")),
    Case("quality", clips(PHOTO, output="{quality: hihg}"), ("output.quality", "did you mean `high`?")),
    # the order of clips
    Case(
        "overlap",
        clips(PHOTO, "{kind: image, src: photo.jpg, duration: 1, at: 0.5}"),
        ("timeline.tracks[0].clips[1].at", "ends at 1 s", "another track"),
    ),
    Case(
        "transition first",
        clips(FADE, PHOTO),
        ("timeline.tracks[0].clips[0]", "no clip stands before this transition"),
    ),
    Case(
        "transition last",
        clips(PHOTO, FADE),
        ("timeline.tracks[0].clips[1]", "no clip follows this transition"),
    ),
    Case(
        "transition after gap",
        clips(PHOTO, "{kind: gap, duration: 1}", FADE, PHOTO),
        ("timeline.tracks[0].clips[2]", "touch"),
    ),
    Case(
        "transition before gap",
        clips(PHOTO, FADE, "{kind: gap, duration: 1}", PHOTO),
        ("timeline.tracks[0].clips[1]", "a gap follows this transition"),
    ),
    Case(
        "transition after transition",
        clips(PHOTO, FADE, FADE, PHOTO),
        ("timeline.tracks[0].clips[2]", "cannot follow a transition"),
    ),
    Case(
        "transition too long",
        clips(PHOTO, "{kind: transition, use: basics.fade, duration: 5}", PHOTO),
        ("timeline.tracks[0].clips[1].duration", "longer than a clip beside it"),
    ),
    Case(
        "transition of nothing",
        clips(PHOTO, "{kind: transition, use: basics.fade, duration: 0}", PHOTO),
        ("timeline.tracks[0].clips[1].duration", "at least one frame"),
    ),
    Case(
        "transitions meet",
        clips(
            PHOTO,
            "{kind: transition, use: basics.fade, duration: 0.9, before: 0}",
            PHOTO,
            "{kind: transition, use: basics.fade, duration: 0.9, before: 0.9}",
            PHOTO,
        ),
        ("timeline.tracks[0].clips[3]", "before the transition before it ends"),
    ),
    Case(
        "sound among pictures",
        clips(PHOTO, "{kind: audio, src: tone.wav}"),
        ("timeline.tracks[0].clips", "tracks of their own"),
    ),
    # media
    Case(
        "missing media",
        clips("{kind: image, src: gone.jpg, duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "no such file: gone.jpg (looked in", "shop0)\n"),
    ),
    Case(
        "near miss of a file",
        clips("{kind: image, src: foto.jpg, duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "no such file: foto.jpg", "did you mean `photo.jpg`?"),
    ),
    Case(
        "text named jpg",
        clips("{kind: image, src: notes.jpg, duration: 1}"),
        (
            "timeline.tracks[0].clips[0].src",
            "notes.jpg is not a picture, clip or sound, whatever its name says",
        ),
    ),
    Case(
        "cut JPEG",
        clips("{kind: image, src: cut-photo.jpg, duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "cut-photo.jpg is a damaged picture"),
    ),
    Case(
        "cut PNG",
        clips("{kind: image, src: cut-side.png, duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "cut-side.png is a damaged picture"),
    ),
    Case(
        "cut MP4",
        clips("{kind: video, src: cut-clip.mp4, duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "cut-clip.mp4", "damaged"),
    ),
    Case(
        "empty JPEG",
        clips("{kind: image, src: empty.jpg, duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "the file is empty: empty.jpg"),
    ),
    Case(
        "folder as media",
        clips("{kind: image, src: album, duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "`album` is a folder"),
    ),
    Case(
        "huge picture",
        clips("{kind: image, src: huge.png, duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "huge.png is 40000x40000", "scale it down"),
    ),
    Case(
        "NUL in path",
        clips('{kind: image, src: "a\\0b.jpg", duration: 1}'),
        ("timeline.tracks[0].clips[0].src", "NUL"),
    ),
    Case(
        "unknown home",
        clips("{kind: image, src: ~nobody-here/a.jpg, duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "the home of a user that is not known"),
    ),
    Case(
        "endless path",
        clips("{kind: image, src: " + "a" * 1500 + ".jpg, duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "not a usable path"),
    ),
    Case(
        "empty path", clips("{kind: image, src: '', duration: 1}"), ("timeline.tracks[0].clips[0].src", "1")
    ),
    Case(
        "FTP",
        clips("{kind: image, src: 'ftp://example.com/a.jpg', duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "`ftp://` is not allowed"),
    ),
    Case(
        "unknown hash",
        clips(f"{{kind: image, src: 'sha256:{'ab' * 32}', duration: 1}}"),
        ("timeline.tracks[0].clips[0].src", "no stored media"),
    ),
    Case(
        "wrong hash",
        clips("{kind: image, src: 'sha256:hello', duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "hexadecimal"),
    ),
    Case(
        "sound as picture",
        clips("{kind: image, src: tone.wav, duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "`tone.wav` is a sound, not a picture"),
    ),
    Case(
        "picture as clip",
        clips("{kind: video, src: photo.jpg, duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "`photo.jpg` is a picture, not a clip"),
    ),
    Case(
        "picture as sound",
        clips(PHOTO, more="  - clips: [{kind: audio, src: photo.jpg}]\n"),
        ("timeline.tracks[1].clips[0].src", "`photo.jpg` has no sound"),
    ),
    Case(
        "begins after its end",
        clips("{kind: video, src: clip.mp4, in: 30, duration: 1}"),
        ("timeline.tracks[0].clips[0].in", "the clip is 1.50 s long"),
    ),
    Case(
        "begins after its end, no length",
        clips("{kind: video, src: clip.mp4, in: 30}"),
        ("timeline.tracks[0].clips[0]", "the clip is 1.50 s long"),
    ),
    Case(
        "out after its end",
        clips("{kind: video, src: clip.mp4, out: 30}"),
        ("timeline.tracks[0].clips[0].out", "only 1.50 s long"),
    ),
    Case(
        "out before in",
        clips("{kind: video, src: clip.mp4, in: 1, out: 0.5}"),
        ("timeline.tracks[0].clips[0].out", "must lie after `in`"),
    ),
    Case(
        "sound begins after its end",
        clips(PHOTO, more="  - clips: [{kind: audio, src: tone.wav, in: 5}]\n"),
        ("timeline.tracks[1].clips[0].in", "the sound is 1.00 s long"),
    ),
    Case(
        "photo in a template is a sound",
        slots("{product: {name: Watch}, photos: [tone.wav]}"),
        ("slots.photos[0]", "a sound, not a picture"),
    ),
    # captions
    Case(
        "captions overlap",
        clips(
            PHOTO,
            more="  captions: {cues: [{start: 0, end: 0.6, text: One}, {start: 0.5, end: 1, text: Two}]}\n",
        ),
        ("timeline.captions.cues[1]", "begins at 0.5 s, before the one before it ends"),
    ),
    Case(
        "caption backwards",
        clips(PHOTO, more="  captions: {cues: [{start: 1, end: 0, text: One}]}\n"),
        ("timeline.captions.cues[0]", "longer than 0"),
    ),
    Case(
        "captions twice",
        clips(PHOTO, more="  captions: {src: good.srt, cues: []}\n"),
        ("timeline.captions", "either `src` (an SRT file) or `cues`"),
    ),
    Case(
        "captions style",
        clips(PHOTO, more="  captions: {src: good.srt, style: basics.captoin}\n"),
        ("did you mean `basics.caption`?",),
    ),
    Case(
        "no captions file",
        clips(PHOTO, more="  captions: {src: gone.srt}\n"),
        ("timeline.captions.src", "no such file: gone.srt"),
    ),
    Case(
        "broken SRT",
        clips(PHOTO, more="  captions: {src: broken.srt}\n"),
        ("timeline.captions.src", "broken.srt line 2", "not an SRT time line"),
    ),
    Case(
        "SRT without cues",
        clips(PHOTO, more="  captions: {src: empty.srt}\n"),
        ("timeline.captions.src", "holds no SRT cues"),
    ),
    Case(
        "SRT in GBK",
        clips(PHOTO, more="  captions: {src: gbk.srt}\n"),
        ("timeline.captions.src", "gbk.srt is not UTF-8 text"),
    ),
    Case(
        "SRT overlap",
        clips(PHOTO, more="  captions: {src: overlap.srt}\n"),
        ("timeline.captions", "before the one before it ends"),
    ),
    Case(
        "SRT with an endless caption",
        clips(PHOTO, more="  captions: {src: endless.srt}\n"),
        ("timeline.captions.src", "holds 2999 characters; at most 500"),
    ),
    Case(
        "SRT is a picture",
        clips(PHOTO, more="  captions: {src: photo.jpg}\n"),
        ("timeline.captions.src", "photo.jpg is not UTF-8 text"),
    ),
]


def write(folder: Path, text: str | bytes, name: str = "job.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def rendered(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.suffix in (".mp4", ".jpg")] if folder.exists() else []


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_that_a_broken_document_is_told_and_not_rendered(
    case: Case, shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    job = write(shop, case.text, case.file)
    out = tmp_path / "out"
    code = run(["render", str(job), "-o", str(out)])
    captured = capsys.readouterr()
    told = captured.err
    assert code == 2
    for part in case.told:
        assert part in told
    assert f"{job.name}: " in told
    assert "nothing was rendered" in told
    assert "Traceback" not in told
    assert "has a fault" not in told
    assert len(told) < 3000
    assert captured.out == ""
    assert not rendered(out)


@pytest.mark.parametrize("case", CASES[::7], ids=[case.name for case in CASES[::7]])
def test_that_validate_tells_the_same(case: Case, shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    job = write(shop, case.text, case.file)
    assert run(["validate", str(job), "--json"]) == 2
    captured = capsys.readouterr()
    wrong = json.loads(captured.out)["wrong"]
    assert len(wrong) == 1
    for problem in wrong[0]["problems"]:
        assert problem["message"] in captured.err
    for part in case.told:
        assert part in captured.err


def test_that_one_wrong_document_keeps_all_from_being_rendered(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = write(shop, clips(PHOTO, output="{size: 96x160}"), "good.yaml")
    bad = write(shop, clips("{kind: image, src: gone.jpg, duration: 1}"), "bad.yaml")
    worse = write(shop, "- 1\n", "worse.yaml")
    out = tmp_path / "out"
    assert run(["render", str(good), str(bad), str(worse), "-o", str(out)]) == 2
    told = capsys.readouterr().err
    assert "bad.yaml: 1 problem" in told
    assert "worse.yaml: 1 problem" in told
    assert "good.yaml" not in told
    assert not rendered(out)


def test_that_an_url_that_does_not_answer_is_told(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/watch.jpg"
        job = write(shop, clips(f"{{kind: image, src: '{url}', duration: 1}}"))
        assert run(["render", str(job), "-o", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert f"timeline.tracks[0].clips[0].src  {url} cannot be fetched" in told
    assert not rendered(tmp_path / "out")


@pytest.mark.parametrize(
    ("job", "told"),
    [
        ("gone.yaml", "no such file"),
        ("album", "this is a folder; name the job document in it"),
        ("n" * 300 + ".yaml", "cannot be read: File name too long"),
        ("photo.jpg/job.yaml", "cannot be read: Not a directory"),
    ],
)
def test_that_a_document_that_cannot_be_read_is_told(
    job: str, told: str, shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["render", f"{shop}/{job}", "-o", str(tmp_path / "out")]) == 2
    err = capsys.readouterr().err
    assert told in err
    assert "has a fault" not in err
    assert not rendered(tmp_path / "out")


def test_that_one_file_for_two_jobs_is_refused(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs = [str(write(shop, clips(PHOTO, output="{size: 96x160}"), f"{n}.yaml")) for n in "ab"]
    assert run(["render", *jobs, "-o", str(tmp_path / "out.mp4")]) == 2
    told = capsys.readouterr().err
    assert "2 jobs cannot go into one file; name a folder" in told
    assert not rendered(tmp_path)


def test_that_an_output_folder_that_is_a_file_is_told(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    job = write(shop, clips(PHOTO, output="{size: 96x160}"))
    (tmp_path / "taken").write_text("a file")
    assert run(["render", str(job), "-o", str(tmp_path / "taken" / "out")]) == 3
    told = capsys.readouterr().err
    assert "out cannot be written: Not a directory" in told
    assert "has a fault" not in told


def test_that_numbers_that_look_like_clocks_and_dates_are_text(shop: Path) -> None:
    # YAML 1.1 reads 9:16 as 556 and 2026-11-22 as a date; nobody who makes videos means that.
    job = write(shop, clips(PHOTO, output="{aspect: 9:16, short_side: 96}") + "name: 2026-11-22\n")
    assert run(["validate", str(job)]) == 0
