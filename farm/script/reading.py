"""How long words must stand to be read.

Speeds are those of subtitles, taken at their comfortable end, because on-screen words compete with pictures that
move: Netflix's Timed Text Style Guides allow adults 20 characters a second in English and 9 in Simplified Chinese
and children 17 and 7; the BBC's Subtitle Guidelines recommend 160 to 180 words a minute, 15 to 17 characters a second.
"""

from __future__ import annotations

from typing import Final

from farm.model.script import Language, ScriptDocument, ShotDocument, Tone
from farm.script.names import is_chinese

LATIN_PER_S: Final = 15.0
"""Latin characters, blanks counted, read a second."""
CHINESE_PER_S: Final = 5.5
"""Chinese characters read a second, in large type beside a moving picture."""
SETTLING_S: Final = 0.5
"""What the eye takes to find words that have just come up."""
PACE_S: Final[dict[Tone, float]] = {
    "urgent": 1.8,
    "lively": 2.0,
    "plain": 2.5,
    "warm": 2.8,
    "expert": 2.8,
    "elegant": 3.0,
}
"""A shot of each tone is not shorter, however little it says: pictures want to be looked at too."""
LONGEST_S: Final = 6.0
"""A shot that needs longer says too much for a short video."""


def reading_s(text: str, language: Language) -> float:
    """Return the seconds that it takes to read ``text`` once; 0 for no words.

    Args:
        text: What stands on screen, line breaks counted as blanks.
        language: What it is in; a Latin run in Chinese text (a brand, a model number) is read at Latin speed.
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
        # Blanks only part Chinese phrases; nobody reads them.
        narrow -= shown.count(" ")
    return SETTLING_S + wide_s + narrow / LATIN_PER_S


def shot_s(shot: ShotDocument, language: Language, tone: Tone = "plain") -> float:
    """Return the seconds that a shot lasts: its own, else its words' reading time, within its tone's pace."""
    if shot.seconds is not None:
        return shot.seconds
    read = reading_s(f"{shot.label} {shot.words}".strip(), language)
    return min(LONGEST_S, max(PACE_S[tone], read))


def script_s(script: ScriptDocument) -> float:
    """Return the seconds that a script's shots last one after another; slots count as their own letters."""
    return sum(shot_s(shot, script.language, script.tone) for shot in script.shots)
