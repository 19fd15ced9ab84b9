"""AAC settings: CPU of encoding against what is left of the sound.

    python -m tests.benchmarks.aac [FILE ...] [--seconds 15] [--runs 3] [--json FILE]

Without files the starter library's music is used. Every sound is brought to -14 LUFS under the limiter as a job's mix
is, encoded, decoded and compared with what went in:

- SNR: mean over blocks of 20 ms of the signal-to-noise ratio, held between -10 and 35 dB. Blind to hearing.
- NMR: noise against the masking threshold, in 24 Bark bands, dB; lower is better, and below 0 the noise should not be
  heard. Threshold: band energy spread by +25/-10 dB a Bark, minus 14.5 + band dB where the band is tonal and 5.5 dB
  where it is noisy (Johnston 1988; tonality from spectral flatness of the block), and never below hearing at rest.
- heard: share of bands and blocks whose NMR is above 0.
- above 10 kHz: difference of the level above 10 kHz, dB, and the distance of the log spectra there, dB. Noise that is
  substituted (PNS) keeps the level and loses the waveform.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
from numpy.typing import NDArray

from farm.draft.starter_library import starter_library
from farm.media.aac import encode_sound
from farm.media.audio_fifo import SAMPLE_RATE, Samples
from farm.media.limit import Limiter
from farm.media.probe import probe
from tests.listen import heard, loudness_of

Spectra = NDArray[np.float64]
"""Power of blocks and bins, shape (blocks, bins)."""

_FAST: Final = {"aac_coder": "fast"}
_CHOSEN: Final = {**_FAST, "aac_is": "0", "cutoff": "18000"}
SETTINGS: Final[dict[str, tuple[int, dict[str, str]]]] = {
    "twoloop (FFmpeg's own), 128k": (128_000, {}),
    "twoloop, 144k": (144_000, {}),
    "twoloop without IS and PNS, 128k": (128_000, {"aac_is": "0", "aac_pns": "0"}),
    "fast, 128k": (128_000, _FAST),
    "fast without TNS, 128k": (128_000, {**_FAST, "aac_tns": "0"}),
    "fast without IS, 128k": (128_000, {**_FAST, "aac_is": "0"}),
    "fast without IS, up to 18 kHz, 128k": (128_000, _CHOSEN),
    "fast without IS, 144k": (144_000, {**_FAST, "aac_is": "0"}),
    "fast without IS, up to 17 kHz, 144k": (144_000, {**_CHOSEN, "cutoff": "17000"}),
    "fast without IS, up to 18 kHz, 144k": (144_000, _CHOSEN),
    "the same without PNS": (144_000, {**_CHOSEN, "aac_pns": "0"}),
    "the same without TNS": (144_000, {**_CHOSEN, "aac_tns": "0"}),
    "the same, quality instead of rate": (144_000, {**_CHOSEN, "flags": "+qscale", "global_quality": "118"}),
    "the same at 160k": (160_000, _CHOSEN),
}
"""What is compared: bit rate and the options of FFmpeg's AAC encoder (IS: intensity stereo)."""

_BARK_HZ: Final = (
    0, 100, 200, 300, 400, 510, 630, 770, 920, 1080, 1270, 1480, 1720, 2000, 2320, 2700, 3150, 3700, 4400, 5300,
    6400, 7700, 9500, 12000, 15500,
)  # fmt: skip
"""Edges of the critical bands (Zwicker)."""
_BLOCK: Final = 2048


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path, dest="out", help="write the figures there too")
    options = parser.parse_args()
    files = options.files or [path for path in starter_library().values() if path.suffix in (".opus", ".mp3")]
    sounds = [mastered(path, options.seconds) for path in files]
    figures = {name: compare(sounds, *setting, options.runs) for name, setting in SETTINGS.items()}
    if options.out:
        options.out.write_text(json.dumps({"files": [str(path.name) for path in files], **figures}, indent=2))
    show(figures, len(files), options.seconds)


def mastered(path: Path, seconds: int) -> Samples:
    """Return the start of a sound as a job would encode it."""
    samples = heard(probe(path), Fraction(0), Fraction(seconds))
    measured = loudness_of(samples)
    gain = 1.0 if measured is None else 10 ** ((-14.0 - measured) / 20)
    limiter = Limiter()
    return np.concatenate([limiter.add(samples * np.float32(gain)), limiter.rest()], axis=1)


def compare(sounds: Sequence[Samples], bit_rate: int, options: dict[str, str], runs: int) -> dict[str, float]:
    """Return the means over the sounds of cost and quality."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "sound.m4a"
        for samples in sounds:
            timings = []
            for _ in range(runs):
                started = time.process_time()
                encode_sound([samples], out, bit_rate=bit_rate, options=options)
                timings.append(time.process_time() - started)
            seconds = samples.shape[1] / SAMPLE_RATE
            rows.append(
                {
                    "cpu_ms_a_second": 1000 * statistics.median(timings) / seconds,
                    "kbit_s": out.stat().st_size * 8 / seconds / 1000,
                    **quality(samples, decoded(out, samples.shape[1])),
                }
            )
    return {
        "worst_nmr_db": max(row["nmr_db"] for row in rows),
        **{key: statistics.mean(row[key] for row in rows) for key in rows[0]},
    }


def decoded(path: Path, length: int) -> Samples:
    """Return the first ``length`` samples of an MP4's sound."""
    with av.open(str(path)) as container:
        parts = [frame.to_ndarray() for frame in container.decode(audio=0)]
    return np.concatenate(parts, axis=1)[:, :length]


def quality(wanted: Samples, heard: Samples) -> dict[str, float]:
    """Return how far ``heard`` is from ``wanted``, both channels together."""
    snr, nmr, level, distance = [], [], [], []
    for before, after in zip(wanted.astype(np.float64), heard.astype(np.float64), strict=True):
        if not before.any():
            continue
        snr.append(segmental_snr_db(before, after))
        nmr.append(noise_to_mask_db(before, after))
        of_level, of_shape = treble(before, after)
        level.append(of_level)
        distance.append(of_shape)
    ratios = np.concatenate([ratio.ravel() for ratio in nmr])
    return {
        "snr_db": float(np.mean(snr)),
        "nmr_db": float(10 * np.log10(np.mean(10 ** (ratios / 10)))),
        "heard": float(np.mean(ratios > 0)),
        "treble_db": float(np.mean(level)),
        "treble_distance_db": float(np.mean(distance)),
    }


def segmental_snr_db(before: Spectra, after: Spectra) -> float:
    """Return the mean SNR of blocks of 20 ms that are not silent."""
    size = SAMPLE_RATE // 50
    count = before.size // size
    signal = before[: count * size].reshape(count, size)
    noise = signal - after[: count * size].reshape(count, size)
    power = (signal**2).mean(axis=1)
    ratio = 10 * np.log10(np.maximum(power, 1e-12) / np.maximum((noise**2).mean(axis=1), 1e-12))
    return float(np.clip(ratio, -10, 35)[power > 1e-6].mean())


def spectra(samples: Spectra) -> Spectra:
    """Return the power spectra of half-overlapping Hann blocks."""
    blocks = np.lib.stride_tricks.sliding_window_view(samples, _BLOCK)[:: _BLOCK // 2]
    power: Spectra = np.abs(np.fft.rfft(blocks * np.hanning(_BLOCK), axis=1)) ** 2
    return power


def noise_to_mask_db(before: Spectra, after: Spectra) -> Spectra:
    """Return noise against the masking threshold, dB, shape (blocks, 24)."""
    edges = [round(hz * _BLOCK / SAMPLE_RATE) for hz in _BARK_HZ]
    signal, noise = spectra(before), spectra(before - after)

    def banded(power: Spectra) -> Spectra:
        return np.stack([power[:, a:b].sum(axis=1) for a, b in pairwise(edges)], axis=1)

    audible = signal[:, : edges[-1]] + 1e-9
    flatness_db = 10 * (np.log10(audible).mean(axis=1) - np.log10(audible.mean(axis=1)))
    tonal = np.clip(flatness_db / -60, 0, 1)[:, None]
    band = np.arange(24)
    away = band[:, None] - band[None, :]  # from masker (column) to masked (row)
    spread = 10 ** (np.where(away >= 0, -10.0 * away, 25.0 * away) / 10)
    offset_db = tonal * (14.5 + band) + (1 - tonal) * 5.5
    threshold = banded(signal) @ spread.T / 10 ** (offset_db / 10)
    rest = (
        10 ** (-90 / 10) * _BLOCK**2 / 8
    )  # -90 dBFS in a band: the quietest that a phone in a room lets through
    ratio: Spectra = 10 * np.log10((banded(noise) + 1e-12) / np.maximum(threshold, rest))
    return ratio


def treble(before: Spectra, after: Spectra) -> tuple[float, float]:
    """Return the change of level above 10 kHz and the distance of the log spectra there, both dB."""
    first = round(10_000 * _BLOCK / SAMPLE_RATE)
    last = round(18_000 * _BLOCK / SAMPLE_RATE)
    a, b = (spectra(samples)[:, first:last] for samples in (before, after))
    level = 10 * np.log10((b.sum() + 1e-9) / (a.sum() + 1e-9))
    floor = 10 ** (-90 / 10) * _BLOCK**2 / 8 / 40
    logs = [10 * np.log10(np.maximum(x, floor)) for x in (a, b)]
    return float(level), float(np.sqrt(((logs[0] - logs[1]) ** 2).mean(axis=1)).mean())


def show(figures: dict[str, dict[str, Any]], count: int, seconds: int) -> None:
    """Print the figures as a table."""
    print(f"AAC, means over {count} sounds of {seconds} s at -14 LUFS, 48 kHz stereo")
    print(
        f"  {'setting':<34}{'CPU ms/s':>9}{'kbit/s':>8}{'SNR dB':>8}{'NMR dB':>8}{'worst':>7}{'heard %':>9}"
        f"{'>10k dB':>9}{'>10k dist':>11}"
    )
    for name, row in figures.items():
        print(
            f"  {name:<34}{row['cpu_ms_a_second']:>9.1f}{row['kbit_s']:>8.0f}{row['snr_db']:>8.1f}"
            f"{row['nmr_db']:>8.1f}{row['worst_nmr_db']:>7.1f}{100 * row['heard']:>9.1f}"
            f"{row['treble_db']:>9.1f}{row['treble_distance_db']:>11.1f}"
        )


if __name__ == "__main__":
    main()
