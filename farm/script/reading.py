"""How long words must stay on screen to be read.

Speeds are those of subtitles, at the comfortable end, because on-screen words compete with moving pictures:
Netflix's Timed Text Style Guides allow adults 20 characters per second in English and 9 in Simplified Chinese, and
children 17 and 7; the BBC's Subtitle Guidelines recommend 160 to 180 words per minute, which is 15 to 17
characters per second.
"""

from __future__ import annotations

from typing import Final

from farm.model.script import Language, ScriptDocument, ShotDocument, Tone
from farm.script.names import is_chinese

LATIN_PER_S: Final = 15.0
"""Latin characters, including blanks, read per second."""
CHINESE_PER_S: Final = 5.5
"""Chinese characters read per second, in large type beside a moving picture."""
SETTLING_S: Final = 0.5
"""Time that the eye takes to find words that have just appeared."""
PACE_S: Final[dict[Tone, float]] = {
    "urgent": 1.8,
    "lively": 2.0,
    "plain": 2.5,
    "warm": 2.8,
    "expert": 2.8,
    "elegant": 3.0,
}
"""Minimum length of a shot by tone, however few its words: pictures need time too."""
LONGEST_S: Final = 6.0
"""Maximum length unless a shot sets its own; one that needs longer has too many words for a short video."""


def reading_s(text: str, language: Language) -> float:
    """Return the seconds it takes to read ``text`` once; 0 for no words.

    Args:
        text: The text on screen; line breaks count as blanks.
        language: Its language; a Latin run in Chinese text (a brand, a model number) is read at Latin speed.
    """
    shown = " ".join(text.split())
    if not shown:
        return 0.0
    wide = sum(
        1
        for char in shown
        if is_chinese(char) or "\u3000" <= char <= "\u303f" or "\uff00" <= char <= "\uffef"
    )
    narrow = len(shown) - wide
    wide_s = wide / CHINESE_PER_S
    if language == "zh":
        # Blanks only separate Chinese phrases and take no time to read.
        narrow -= shown.count(" ")
    return SETTLING_S + wide_s + narrow / LATIN_PER_S


def shot_s(shot: ShotDocument, language: Language, tone: Tone = "plain") -> float:
    """Return a shot's length in seconds: its own if given, else its reading time, within the limits of its tone."""
    if shot.seconds is not None:
        return shot.seconds
    read = reading_s(f"{shot.label} {shot.words}".strip(), language)
    return min(LONGEST_S, max(PACE_S[tone], read))


def script_s(script: ScriptDocument) -> float:
    """Return the total length of a script's shots in seconds; slots count as the letters they are written in."""
    return sum(shot_s(shot, script.language, script.tone) for shot in script.shots)
