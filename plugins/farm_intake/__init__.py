"""The look that farm takes at every asset on arrival: what it shows, how good it is, its shots and its beats."""

from __future__ import annotations

from farm.plugin import Analyser, hookimpl


@hookimpl
def farm_analysers() -> list[Analyser]:
    """Return the analysers of arriving assets."""
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
