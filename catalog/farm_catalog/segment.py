"""Tokenizing text, for Chinese and for languages that separate words by spaces."""

from __future__ import annotations

import logging
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from jieba import Tokenizer

_RUNS: Final = re.compile(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+(?:[.'][^\W_\u3400-\u9fff]+)*")
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
_PARTS: Final = re.compile(r"[a-z]+|\d+")


def tokens(text: str) -> list[str]:
    """Return the tokens of a text, in order, in lower case and normalized (NFKC).

    Chinese is segmented by jieba so that a long word is also found by the words in it (``双肩包``, ``双肩``); a word
    that mixes letters and digits (``iphone14``) is returned whole and in parts.
    """
    found: list[str] = []
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).lower()):
        if _CHINESE.match(run):
            found += _jieba().cut_for_search(run)
            continue
        found.append(run)
        parts = _PARTS.findall(run)
        if len(parts) > 1:
            found += parts
    return found


def signs(text: str) -> list[str]:
    """Return the Chinese characters of a text one by one: a fallback for unknown words."""
    return _CHINESE.findall(unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=1)
def _jieba() -> Tokenizer:
    # Loading its dictionary takes 0.6 s, the first time that Chinese is encountered.
    import jieba

    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()
    tokenizer: Tokenizer = jieba.dt
    return tokenizer
