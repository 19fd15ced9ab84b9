"""Analysis of every asset on arrival: what it shows, its technical quality, its shots and its beats."""

from __future__ import annotations

from farm.plugin import Analyser, hookimpl


@hookimpl
def farm_analysers() -> list[Analyser]:
    """Return the analysers that run on new assets."""
    from farm_intake.fingerprint import FingerprintAnalyser
    from farm_intake.picture import PictureAnalyser
    from farm_intake.quality import QualityAnalyser
    from farm_intake.shots import ShotsAnalyser
    from farm_intake.sound import SoundAnalyser
    from farm_intake.wording import WordingAnalyser

    return [
        FingerprintAnalyser(),
        PictureAnalyser(),
        QualityAnalyser(),
        ShotsAnalyser(),
        SoundAnalyser(),
        WordingAnalyser(),
    ]
