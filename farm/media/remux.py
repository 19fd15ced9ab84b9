"""Sound alone: a stored sound track as a file of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import av

from farm.media.audio_fifo import SAMPLE_RATE
from farm.model.format import Format


def write_sound_alone(sound: Path, out: Path, format_: Format) -> None:
    """Write a sound track to a file of a format whose coding it has.

    An M4A states its length in samples: MP4's default clock of milliseconds would round it.
    """
    if format_ is not Format.M4A:
        shutil.copyfile(sound, out)
        return
    options = {"movflags": "+faststart", "fflags": "+bitexact", "movie_timescale": str(SAMPLE_RATE)}
    with av.open(str(sound)) as source, av.open(str(out), "w", format="ipod", options=options) as container:
        track = container.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(audio=0):
            if packet.dts is not None:
                packet.stream = track
                container.mux(packet)
