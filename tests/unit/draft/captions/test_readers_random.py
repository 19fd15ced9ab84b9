"""Random files: each is read or refused with an error of farm's own, and what is read is whole."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from farm.draft.captions.caption import Caption
from farm.draft.captions.dress import Wardrobe, dress_of, text_of
from farm.draft.captions.lines import in_lines, in_parts
from farm.draft.captions.read import read_captions
from farm.draft.captions.reading import Reading
from farm.draft.captions.settle import settle
from farm.draft.captions.told import Told
from farm.draft.captions.word_times import with_words, word_frames
from farm.errors import MediaError

TIMES = "00:00:01,000 --> 00:00:02,500"
PIECES = [
    "\n", "\n\n", " ", "1\n", "-", "Hello", "world", "今天", "保温杯，", "مرحبا", "👍", "\u0000", "\ufeff",
    "\u202b", "&amp;", "&#0;", "<b>", "</b>", "<i>", "</i>", "<font color=red>", "</font>", "<c.yellow>",
    "</c>", "<v Ann>", "<ruby>", "<rt>", "</rt>", "<00:00:01.200>", "<00:99.9>", "{\\an8}", "{\\k20}",
    "{\\pos(1,2)}", "{\\move(0,0,9,9)}", "{\\fad(100,100)}", "{\\p1}", "{\\p0}", "{\\t(0,1,\\fs9)}",
    "{\\r}", "{\\rOther}", "{\\c&HFF&}", "{\\alpha&H80&}", "{\\fs}", "{\\fs-99}", "{\\b", "\\N", "\\h",
    "{}", "{", TIMES + "\n", TIMES + " line:0 position:10% align:left\n",
    TIMES + " line:-2 vertical:rl region:a\n", "-00:00:01,0 -> 0:0:1.5\n", "STYLE\n",
    "::cue(.yellow) { color: #fff; font-size: 2em }\n", "REGION\nid:a width:10% viewportanchor:0%,0%\n\n",
    "NOTE\n",
]  # fmt: skip
HEADS = [
    "", "1\n" + TIMES + "\n", "WEBVTT\n\n", "WEBVTT\n\n" + TIMES + "\n",
    "[Script Info]\nPlayResX: 0\n\n[V4+ Styles]\nStyle: Default,Arial,20\n\n[Events]\n",
    "[V4 Styles]\nFormat: Name, Fontsize, Alignment\nStyle: Other,9,11\n[Events]\nFormat: Start, End, Text\n",
]  # fmt: skip
LINES = [
    "Dialogue: 0,0:00:01.00,0:00:03.00,Default,,0,0,0,,", "Dialogue: 0:00:01.00,0:00:03.00,",
    "Dialogue: 3,0:00:00.00,0:00:09.99,Other,x,9,9,9,Banner;1,",
]  # fmt: skip


@settings(deadline=None)  # the first Chinese text loads jieba
@given(
    st.sampled_from(HEADS),
    st.lists(st.sampled_from(PIECES + LINES) | st.text(max_size=5), max_size=40),
    st.sampled_from(["utf-8", "utf-16"]),
)
def test_random_files_are_read_or_refused(head: str, pieces: list[str], encoding: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.srt"
        path.write_bytes((head + "".join(pieces)).encode(encoding, "surrogatepass"))
        try:
            found = read_captions(path, "a.srt")
        except MediaError:
            return
    for caption in found.captions:
        _is_whole(caption)
    wardrobe = Wardrobe(("Outfit",), Told())
    reading = Reading(line=12, wide_line=5)
    for caption in settle(found.captions, Fraction(60), Fraction(1, 30)).captions:
        dressed = wardrobe.dressed(caption)
        assert text_of(dress_of(dressed).runs)
        for part in in_parts(with_words(dressed, reading), reading):
            lined = in_lines(part, reading)
            _is_whole(lined)
            words = word_frames(lined, Fraction(30))
            assert all(one.text in lined.text and one.text.strip() for one in words)
            assert all(one.stop <= other.first for one, other in pairwise(words))


def _is_whole(caption: Caption) -> None:
    assert caption.text
    assert caption.text == "".join(run.text for run in caption.runs)
    assert all(line == line.strip() and line for line in caption.text.split("\n"))
    for part in caption.timed:
        assert 0 <= part.first < part.stop <= len(caption.text)
        assert part.start_s <= part.end_s
    assert all(one.stop <= other.first for one, other in pairwise(caption.timed))
