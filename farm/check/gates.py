"""Gates: a finished file is published only if it matches the plan."""

from __future__ import annotations

from pathlib import Path

from farm.errors import CheckFailedError
from farm.media.measure import Measured, measure
from farm.plan.segment import Plan


def check(path: Path, plan: Plan) -> Measured:
    """Measure the finished file, check it against the plan, and return the measurements.

    Raises:
        CheckFailedError: frame count, rate, size, timestamps, sound length or layout differ from the plan.
    """
    found = measure(path)
    timeline = plan.timeline
    wrong: list[str] = []
    if found.frames != timeline.duration:
        wrong.append(f"{found.frames} frames instead of {timeline.duration}")
    if (found.width_px, found.height_px) != (timeline.width_px, timeline.height_px):
        wrong.append(
            f"{found.width_px}x{found.height_px} instead of {timeline.width_px}x{timeline.height_px}"
        )
    if abs(found.rate - timeline.rate) > timeline.rate / 1000:
        wrong.append(f"{float(found.rate):.3f} frames a second instead of {float(timeline.rate):.3f}")
    if not found.gapless:
        wrong.append("frames are missing, doubled or out of step")
    if not found.faststart:
        wrong.append("the index does not stand at the front")
    if timeline.sound.clips:
        if found.sound_s is None:
            wrong.append("no sound track")
        elif abs(found.sound_s - timeline.duration_s) > 1 / timeline.rate + 3 * 1024 / 48000:
            wrong.append(
                f"{float(found.sound_s):.3f} s of sound for {float(timeline.duration_s):.3f} s of picture"
            )
    elif found.sound_s is not None:
        wrong.append("a sound track that was not planned")
    if wrong:
        raise CheckFailedError(f"the finished file did not pass its gates: {'; '.join(wrong)}")
    return found


def passed(found: Measured) -> dict[str, str]:
    """Return the gates that a file has passed, each with the measured value, for its report."""
    sound = "none, as planned" if found.sound_s is None else f"{float(found.sound_s):.3f} s"
    return {
        "frames": f"{found.frames} counted",
        "size": f"{found.width_px}x{found.height_px}",
        "rate": f"{float(found.rate):.3f} frames a second",
        "timestamps": "no frame missing, doubled or out of step",
        "index": "at the front",
        "sound": sound,
    }
