"""SRT and WebVTT as programs and people write them: every cue is read once, in the encoding that is certain."""

from __future__ import annotations

from pathlib import Path

import pytest

from farm.draft.captions.read import read_captions
from farm.errors import MediaError

FIRST = "00:00:00,000 --> 00:00:01,000\n"


def read(folder: Path, data: str | bytes, encoding: str = "utf-8") -> list[tuple[float, float, str]]:
    path = folder / "talk.srt"
    path.write_bytes(data if isinstance(data, bytes) else data.encode(encoding))
    found = read_captions(path, "talk.srt").captions
    return [(float(cue.start_s), float(cue.end_s), cue.text) for cue in found]


def words(folder: Path, line: str) -> str:
    return read(folder, f"1\n{FIRST}{line}\n")[0][2]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (r'{\an8}<font color="#ff0000"><i>Hi</i></font> a<b and c>d <3', "Hi a<b and c>d <3"),
        ("<b>bold</b> <I>italic</I> <u>under</u> <s>old</s>", "bold italic under old"),
        ("<c.yellow.bg_blue>Yes</c> <c>no</c>", "Yes no"),
        ("<v Mary Ann>Hello", "Hello"),
        ("a<v and c>d, x<y and y>z", "a<v and c>d, x<y and y>z"),
        ("{b}bold{/b} {price}", "bold {price}"),
        ("<00:00:00.500>word<00:00:00.900> by word", "word by word"),
        ("2 < 3 > 1, <nothing>, <>", "2 < 3 > 1, <nothing>, <>"),
        ("Tom &amp; Jerry &lt;3 &amp;lt;", "Tom & Jerry <3 &lt;"),
        ("caf&eacute;&hellip; &#8364;5 &#x20ac; &nothing; AT&T", "café… €5 € &nothing; AT&T"),
        ("one<br>two", "one\ntwo"),
        ("A --> B", "A --> B"),
    ],
)
def test_tags_are_removed_and_words_are_kept(tmp_path: Path, line: str, expected: str) -> None:
    assert words(tmp_path, line) == expected


@pytest.mark.parametrize(
    ("times", "start", "end"),
    [
        ("00:01,000 --> 00:02,500", 1, 2.5),
        ("00:00:01.000-->00:00:02.5", 1, 2.5),
        ("  0:0:1,000 --> 0:0:2,500  X1:10 X2:20 Y1:1 Y2:2", 1, 2.5),
        ("00:00:01,000 -> 00:00:02,500 align:start position:10%", 1, 2.5),
        ("00:00:01:000 --> 00:00:02:500", 1, 2.5),
        ("100:00:01,000 --> 100:00:02,500", 360_001, 360_002.5),
    ],
)
def test_times_are_read_as_they_are_found_in_the_wild(
    tmp_path: Path, times: str, start: float, end: float
) -> None:
    assert read(tmp_path, f"1\n{times}\nHi\n") == [(start, end, "Hi")]


def test_the_next_number_is_not_text_without_a_blank_line(tmp_path: Path) -> None:
    text = f"1\n{FIRST}One\n2\n00:00:01,000 --> 00:00:02,000\n2024\n3\n00:00:02,000 --> 00:00:03,000\n\n4\n\n"
    assert [line for *_, line in read(tmp_path, text)] == ["One", "2024", "4"]


def test_a_file_without_numbers_keeps_its_figures(tmp_path: Path) -> None:
    text = f"{FIRST}99\n00:00:01,000 --> 00:00:02,000\nonly today\n"
    assert [line for *_, line in read(tmp_path, text)] == ["99", "only today"]


def test_lines_after_a_blank_line_still_belong_to_their_cue(tmp_path: Path) -> None:
    text = f"1\n{FIRST}One\n\nand a half\n\n2\n00:00:01,000 --> 00:00:02,000\nTwo\n"
    assert [line for *_, line in read(tmp_path, text)] == ["One\nand a half", "Two"]


def test_webvtt_is_read(tmp_path: Path) -> None:
    text = (
        "WEBVTT - talk\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nNOTE two\nlines\n\nintro\n"
        "00:00.000 --> 00:01.000 line:0\n<v Bob>Hi <v Ann>you\n\nNOTE\nnot spoken\n\nsecond\n"
        "00:01.000 --> 00:02.000\nBye\n"
    )
    assert read(tmp_path, text) == [(0, 1, "Hi you"), (1, 2, "Bye")]


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030"],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_an_encoding_that_is_certain_is_read(tmp_path: Path, encoding: str, newline: str) -> None:
    text = f"1\n{FIRST}限时特价，欢迎购买\n".replace("\n", newline)
    assert read(tmp_path, text, encoding) == [(0, 1, "限时特价，欢迎购买")]


@pytest.mark.parametrize(
    "sentence",
    ["Café crème – l’été", "Größe wählen", "¿Cómo estás?", "promoções só hoje", "Smørrebrød på øen", "5 €"],
)
def test_western_europe_is_read(tmp_path: Path, sentence: str) -> None:
    assert read(tmp_path, f"1\n{FIRST}{sentence}\n", "cp1252") == [(0, 1, sentence)]
    found = read_captions(tmp_path / "talk.srt", "talk.srt")
    assert found.told == ("talk.srt is not UTF-8 and was read as Windows-1252",)


@pytest.mark.parametrize(
    ("sentence", "encoding"),
    [
        ("무료 배송", "euc_kr"),
        ("오늘의 특가 상품을 소개합니다", "euc_kr"),
        ("Привет, мир! Скидки сегодня", "cp1251"),
        ("Część! Nowa kolekcja już jest", "cp1250"),
        ("Řekněte nám", "cp1250"),
        ("őszi akció", "cp1250"),
        ("Yeni ürünler şimdi indirimde ığdır", "cp1254"),
        ("本日限定セール", "shift_jis"),
        ("限時特價，歡迎光臨", "big5"),
        ("مرحبا بكم", "cp1256"),
        ("שלום עולם", "cp1255"),
        ("Καλημέρα", "cp1253"),
        ("สวัสดีครับ", "cp874"),
    ],
)
def test_an_uncertain_encoding_is_refused_with_its_line(tmp_path: Path, sentence: str, encoding: str) -> None:
    with pytest.raises(
        MediaError, match=r"talk\.srt is not UTF-8 text from line 3 on.* save the file as UTF-8"
    ):
        read(tmp_path, f"1\n{FIRST}{sentence}\n", encoding)


@pytest.mark.parametrize("times", ["00:00:00 --> 0:01", "00:00:01,000 --> ", "00:00:01,000 --> soon"])
def test_broken_times_are_refused_with_their_line(tmp_path: Path, times: str) -> None:
    with pytest.raises(MediaError, match=r"talk\.srt line 6: .* is not an SRT time line"):
        read(tmp_path, f"1\n{FIRST}One\n\n2\n{times}\nTwo\n")
