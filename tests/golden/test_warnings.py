"""What cannot be shown as written is reported by every command, with its place in the document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from farm.cli.main import run

LACKING = "\U00012000\u20c1"
"""Cuneiform, and a currency sign newer than the fonts."""
COLOR = {"kind": "color", "color": "#203040", "duration": 0.2}


def words(text: str, **more: Any) -> dict[str, Any]:
    return {"kind": "text", "text": text, "duration": 0.2, "enter": "none", **more}


def document(folder: Path, *clips: dict[str, Any], **more: Any) -> Path:
    path = folder / "job.json"
    tracks = [{"clips": [COLOR]}, *({"clips": [clip]} for clip in clips)]
    job = {"timeline": {"tracks": tracks, **more}, "output": {"size": "96x96", "fps": 10}}
    path.write_text(json.dumps(job))
    return path


def printed_warnings(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line for line in capsys.readouterr().err.splitlines() if "warning: " in line]


@pytest.mark.parametrize("command", ["validate", "draft", "plan", "still", "sheet", "render"])
@pytest.mark.parametrize("as_json", [False, True])
def test_every_command_reports_characters_missing_from_all_fonts(
    command: str, as_json: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = document(tmp_path, words(f"A{LACKING}"))
    out = {"still": "a.png", "sheet": "a.png", "render": "out"}.get(command)
    args = [
        command,
        str(path),
        *(["-o", str(tmp_path / out)] if out else []),
        *(["--json"] if as_json else []),
    ]
    assert run(args) == 0
    (warning,) = printed_warnings(capsys)
    assert warning.startswith(
        f"job.json: warning: timeline.tracks[1].clips[0]: text `A{LACKING}` has characters"
    )
    assert "\U00012000 (U+12000), \u20c1 (U+20C1)" in warning
    if command == "render":
        assert "U+12000" in json.loads((tmp_path / "out" / "job.json").read_text())["warnings"][0]


def test_data_holds_the_warnings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = document(tmp_path, words(LACKING))
    for command, out in (("validate", None), ("plan", None), ("still", "a.png"), ("sheet", "a.png")):
        assert run([command, str(path), "--json", *(["-o", str(tmp_path / out)] if out else [])]) == 0
        warnings = json.loads(capsys.readouterr().out)["warnings"]
        assert "U+20C1" in json.dumps(warnings)


@pytest.mark.parametrize(
    ("clip", "place"),
    [
        (words(LACKING), "timeline.tracks[1].clips[0]"),
        (words(f"straße {LACKING}", look={"uppercase": True}), "timeline.tracks[1].clips[0]"),
        (
            {
                "kind": "group",
                "duration": 0.2,
                "tracks": [{"clips": [words("fine")]}, {"clips": [words(LACKING)]}],
            },
            "timeline.tracks[1].clips[0].tracks[1].clips[0]",
        ),
        (
            {"kind": "sticker", "sticker": {"name": "basics.ribbon", "text": LACKING}, "duration": 0.2},
            "timeline.tracks[1].clips[0].sticker.text",
        ),
    ],
)
def test_a_warning_names_its_place(
    clip: dict[str, Any], place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["validate", str(document(tmp_path, clip))]) == 0
    (warning,) = printed_warnings(capsys)
    assert f"warning: {place}: text" in warning


def test_warnings_about_captions_and_slots_name_their_source(
    tmp_path: Path, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "talk.srt").write_text(f"1\n00:00:00,000 --> 00:00:00,150\n{LACKING}\n", encoding="utf-8")
    assert run(["validate", str(document(tmp_path, captions={"src": "talk.srt"}))]) == 0
    assert "timeline.captions.src: text" in printed_warnings(capsys)[0]
    cues = [{"start": 0, "end": 0.11, "text": "One"}, {"start": 0.1, "end": 0.2, "text": LACKING}]
    assert run(["validate", str(document(tmp_path, captions={"cues": cues}))]) == 0
    lines = printed_warnings(capsys)
    assert any("timeline.captions.cues: a caption overlaps the next one" in line for line in lines)
    assert any("timeline.captions.cues: text" in line for line in lines)
    slots = {"product": {"name": f"Mug {LACKING}"}, "photos": [str(shop / "photo.jpg")]}
    job = tmp_path / "sale.json"
    job.write_text(json.dumps({"template": "retail.sale", "slots": slots}))
    assert run(["validate", str(job)]) == 0
    lacking = [line for line in printed_warnings(capsys) if "are in no font" in line]
    assert len(lacking) == 1
    assert "warning: slots.product.name: text" in lacking[0]


def test_good_documents_are_not_warned_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "مرحبا 50% שלום สวัสดี नमस्ते 안녕하세요 giảm ₹ ₺ ₽ ฿ ✓ Γειά Κόσμε 👩\u200d👧 ❤\ufe0f a\u0309"
    assert run(["validate", str(document(tmp_path, words(text, look={"uppercase": True})))]) == 0
    streams = capsys.readouterr()
    assert streams.out == "1 document, no problems\n"
    assert streams.err == ""
