"""The encoding of a caption file: detected from its bytes where they are unambiguous, otherwise refused.

UTF-8 and UTF-16 can be verified. Of the legacy encodings only two are read, and only where the decoded text is
unlikely to come from any other: Windows-1252, recognised by western European letters among plain ASCII ones, and
GB 18030, recognised by the most common Chinese characters. Korean, Cyrillic and Polish files match neither.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from farm.errors import MediaError

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose BOM is a prefix of this one
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MAX_BYTES: Final = 16 * 2**20
"""Files larger than this are refused; captions for an hour of video are smaller."""

_COMMON: Final = frozenset(
    "的一是不了人我在有他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好"
    "都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进"
    "法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使"
    "教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数"
    "件安表原车白应路期叫死常提感金何更反合放做系计或司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特"
    "觉望直服毛林题建南度统色字请交爱让认算论百吃义科怎元社术结六功指思非流每青管夫连远资队跟带花快条院变联言权往展该"
    "领传近留红治决周保达办运武半候七必城父强步完革深区即求品士转量空甚众技轻程告江语英基派满式李息写呢识极令黄德收脸"
    "钱党倒未持取设始版双历越史商千片容研像找友孩站广改议形委早房音火际则首单据导影失拿网香似斯专石若兵弟谁校读志飞观"
    "价惠购买优质折促销热卖款店货包邮装鞋裙裤衣帽表包礼送抢限推荐防晒保暖舒适欢迎谢您"
)
_WESTERN: Final = frozenset("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿŒœŸ")
_SIGNS: Final = frozenset("’‘“”„…–—•™€£¥§©®°«»¡¿×·´½¼¾²³¹ªº±\u00a0")
_NULLS: Final = 100
"""Text may hold one NUL in so many bytes, as damaged files do."""
_GLUED: Final = re.compile(r"(?<=[^\W\d_])[³¹ªº¿¡½¼¾](?=[^\W\d_])|ì(?=[^\W\d_])|õ(?!e)|Õ(?![eE])")
"""Characters that occur inside words only if the file is Polish, Romanian or Czech; õ not before e is Hungarian ő."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a caption file."""

    text: str
    """Its characters."""
    told: tuple[str, ...] = ()
    """What was assumed or left out."""


def decode_captions(data: bytes, name: str) -> Decoded:
    """Return the text of a caption file.

    Raises:
        MediaError: no encoding is certain (the message names the first line that is not UTF-8), or the file is too
            large or not text.
    """
    if len(data) > MAX_BYTES:
        raise MediaError(f"{name} is larger than {MAX_BYTES >> 20} MB, too large for captions of a video")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return _without_nulls(data.decode(encoding))
            except UnicodeDecodeError as error:
                raise _refused(
                    name,
                    data,
                    error.start,
                    "its byte order mark indicates Unicode, but its bytes are not valid",
                ) from error
    if wide := _unmarked_utf16(data):
        return _without_nulls(data.decode(wide))
    padded = data.rstrip(b"\0")
    if padded.count(0) * _NULLS > len(padded) or not padded:
        raise MediaError(f"{name} is not text; specify an SRT, WebVTT or ASS file")
    try:
        return _without_nulls(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        first = error.start
    if 0 in data:
        raise MediaError(f"{name} is not text; specify an SRT, WebVTT or ASS file")
    for encoding, likely in (("gb18030", _is_chinese), ("cp1252", _is_western)):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if likely(text):
            known = {"gb18030": "GB 18030", "cp1252": "Windows-1252"}[encoding]
            return Decoded(text, (f"is not UTF-8 and was read as {known}",))
    raise _refused(name, data, first, "no other encoding is unambiguous")


def _without_nulls(text: str) -> Decoded:
    if "\0" not in text:
        return Decoded(text)
    return Decoded(text.replace("\0", ""), ("contains NUL characters, which are left out",))


def _refused(name: str, data: bytes, at: int, why: str) -> MediaError:
    line = data.count(b"\n", 0, at) + 1
    return MediaError(f"{name} is not UTF-8 text from line {line} on, and {why}: save the file as UTF-8")


def _unmarked_utf16(data: bytes) -> str:
    """Return the codec for UTF-16 without a BOM; empty if it is not that. Times are ASCII: every other byte is 0."""
    if len(data) < 4 or len(data) % 2:
        return ""
    for encoding, zeros, others in (
        ("utf-16-le", data[1::2], data[::2]),
        ("utf-16-be", data[::2], data[1::2]),
    ):
        if zeros.count(0) * 4 >= len(zeros) and not others.count(0):
            try:
                data.decode(encoding)
            except UnicodeDecodeError:
                return ""
            return encoding
    return ""


def _is_chinese(text: str) -> bool:
    strange = [char for char in text if char > "\x7f"]
    chinese = [char for char in strange if "\u4e00" <= char <= "\u9fff"]
    common = sum(char in _COMMON for char in chinese)
    punctuation = sum("\u3000" <= char <= "\u303f" or "\uff00" <= char <= "\uffef" for char in strange)
    # Text in another encoding, read as Chinese, hits a common character once in eight; a few hits prove nothing.
    share = (3, 4) if len(chinese) < 10 else (2, 5)
    return (
        len(chinese) >= 3
        and common * share[1] >= len(chinese) * share[0]
        and (len(chinese) + punctuation) * 10 >= len(strange) * 9
    )


def _is_western(text: str) -> bool:
    strange = [char for char in text if char > "\x7f"]
    letters = [char for char in strange if char in _WESTERN]
    plain = sum(char.isascii() and char.isalpha() for char in text)
    pairs = sum(a in _WESTERN and b in _WESTERN for a, b in pairwise(text))
    return (
        all(char in _WESTERN or char in _SIGNS for char in strange)
        and not _GLUED.search(text)
        and len(letters) * 2 <= plain
        and pairs * 3 <= len(letters)
    )
