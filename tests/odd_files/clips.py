"""Odd clips."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from farm.media.colour import Primaries, Transfer, srgb_from
from tests.odd_files.case import Case, Make, Refused, Right
from tests.odd_files.marks import (
    BLUE,
    GREEN,
    RED,
    YELLOW,
    Rgb,
    all_of,
    beeping,
    beeps_at,
    counts,
    disc,
    lasts,
    numbered,
    quad,
    shows,
    shows_disc,
    shows_quad,
)
from tests.odd_files.use import HEIGHT, Used
from tests.odd_files.write import Tweak, harm, numbered_frames, quads, shorten, write_video

B_FRAMES = {"bf": "2", "g": "15", "x264-params": "b-adapt=0:scenecut=0"}


def video(name: str, frames: Callable[[], list[Any]] = numbered_frames, **options: Any) -> Make:
    """Return a maker of a clip; frames are numbered unless others are given."""
    return lambda folder: write_video(folder / name, frames(), **options)


def coloured(name: str, **options: Any) -> Make:
    """Return a maker of a clip of four colours."""
    return video(name, quads, **options)


def tagged(**tags: int) -> Tweak:
    """Return a tweak that says what colours mean."""

    def tweak(stream: Any) -> None:
        for tag, value in tags.items():
            setattr(stream.codec_context, tag, value)

    return tweak


def _matrix(*matrix: int) -> Tweak:
    return lambda stream: stream.set_display_matrix(matrix)


ONE = 1 << 16
LAST = 1 << 30
_MATRICES = {
    "turned by 90°": (0, ONE, 0, -ONE, 0, 0, 0, 0, LAST),
    "turned by 180°": (-ONE, 0, 0, 0, -ONE, 0, 0, 0, LAST),
    "turned by 270°": (0, -ONE, 0, ONE, 0, 0, 0, 0, LAST),
    "mirrored left to right (front cameras)": (-ONE, 0, 0, 0, ONE, 0, 0, 0, LAST),
    "mirrored top to bottom": (ONE, 0, 0, 0, -ONE, 0, 0, 0, LAST),
    "mirrored and turned by 90°": (0, ONE, 0, ONE, 0, 0, 0, 0, LAST),
    "mirrored and turned by 270°": (0, -ONE, 0, -ONE, 0, 0, 0, 0, LAST),
}


def _stored(matrix: tuple[int, ...]) -> Rgb:
    """Return the four colours as they must lie in the file so that the matrix shows them upright."""
    a, b, _, c, d = matrix[:5]
    upright = quad()
    if a or d:
        return np.ascontiguousarray(upright[:: 1 if d > 0 else -1, :: 1 if a > 0 else -1])
    return np.ascontiguousarray(upright[:: 1 if b > 0 else -1, :: 1 if c > 0 else -1].swapaxes(0, 1))


def _laid(what: str, name: str) -> Case:
    matrix = _MATRICES[what]
    make = video(name, lambda: [_stored(matrix)] * 4, tweak=_matrix(*matrix))
    return Case(f"MP4, {what}", make, Right("upright", shows_quad()))


def _hdr(transfer: Transfer) -> Callable[[], list[Any]]:
    """Return frames of 10 bits whose light is that of the four colours on an SDR display."""
    return lambda: [_frame10(_coded(quad(), transfer))] * 3


def _coded(rgb: Rgb, transfer: Transfer) -> np.ndarray:
    """Return BT.2020 samples, shape (3, height, width), 0 to 1, that show sRGB colours at a white of 203 cd/m²."""
    srgb = rgb.astype(np.float64).transpose(2, 0, 1) / 255
    light = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    wide = np.tensordot(
        np.array(
            [[0.627404, 0.329283, 0.043313], [0.069097, 0.919540, 0.011362], [0.016391, 0.088013, 0.895595]]
        ),
        light,
        axes=1,
    )
    if transfer is Transfer.PQ:
        m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
        power = (wide * 203 / 10_000) ** m1
        return ((c1 + c2 * power) / (1 + c3 * power)) ** m2
    shown = wide * 0.203
    luminance = 0.2627 * shown[0] + 0.6780 * shown[1] + 0.0593 * shown[2]
    scene = shown * np.maximum(luminance, 1e-9) ** (-0.2 / 1.2)
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), a * np.log(np.maximum(12 * scene - b, 1e-9)) + c)


def _frame10(coded: np.ndarray) -> av.VideoFrame:
    """Return RGB samples as 10-bit 4:2:0 of BT.2020, limited range."""
    luma = 0.2627 * coded[0] + 0.6780 * coded[1] + 0.0593 * coded[2]
    blue, red = (coded[2] - luma) / 1.8814, (coded[0] - luma) / 1.4746
    planes = [64 + 876 * luma, (512 + 896 * blue)[::2, ::2], (512 + 896 * red)[::2, ::2]]
    frame = av.VideoFrame(coded.shape[2], coded.shape[1], "yuv420p10le")
    for plane, samples in zip(frame.planes, planes, strict=True):
        rows = np.zeros((plane.height, plane.line_size // 2), np.uint16)
        rows[:, : plane.width] = np.round(samples)
        plane.update(rows.tobytes())
    return frame


def _highlights() -> list[Any]:
    """Return frames of HLG whose left half is SDR's white and whose right half is the brightest there is."""
    coded = np.full((3, HEIGHT, 64), 0.75)
    coded[:, :, 32:] = 1.0
    return [_frame10(coded)] * 3


def _woven() -> list[Rgb]:
    """Return frames whose rows are of two moments in turn: a bar that moves 8 columns a field."""
    frames = []
    for number in range(12):
        rgb = np.zeros((96, 128, 3), np.uint8)
        for field in range(2):
            left = 8 * (2 * number + field) % 112
            rgb[field::2, left : left + 16] = 235
        frames.append(rgb)
    return frames


def no_combs(used: Used) -> None:
    """Check that neighbouring rows agree: woven fields would differ in whole columns."""
    rgb = used.pixels(0.2)[16:80, :, 1].astype(int)
    combs = np.abs(rgb[1:-1] - (rgb[:-2] + rgb[2:]) / 2).mean()
    assert combs < 6, f"rows differ by {combs:.1f}"


def _interlaced(name: str, codec: str = "libx264", **options: str) -> Make:
    flags = {"flags": "+ildct+ilme"} | options
    return video(name, _woven, codec=codec, options=flags, rate=25)


def _in_pieces(name: str, **options: Any) -> Make:
    """Return a maker of a clip with the sound of beeps."""

    def make(folder: Path) -> Path:
        return write_video(folder / name, numbered_frames(90), sound=beeping(), **options)

    return make


def _wide_pixels(stream: Any) -> None:
    stream.sample_aspect_ratio = Fraction(2)
    stream.codec_context.sample_aspect_ratio = Fraction(2)


def _jittered() -> list[Fraction]:
    """Return times of 30 frames a second as phones stamp them: some milliseconds early or late."""
    shifts = (0, 4, -3, 5, -5, 2, 6, -6)
    return [Fraction(n, 30) + (Fraction(shifts[n % 8], 1000) if n else 0) for n in range(30)]


def _uneven() -> list[Fraction]:
    """Return times of a clip that is 30 frames a second at first and 10 then."""
    return [Fraction(n, 30) for n in range(15)] + [Fraction(1, 2) + Fraction(n, 10) for n in range(15)]


def _grown(name: str) -> Make:
    """Return a maker of a file in which other sounds come first and the default one last."""

    def make(folder: Path) -> Path:
        path = folder / name
        with av.open(str(path), "w") as output:
            picture: Any = output.add_stream("libx264", rate=30, options={"crf": "6", "preset": "veryfast"})
            picture.width, picture.height, picture.pix_fmt = 64, 96, "yuv420p"
            tracks: list[Any] = [output.add_stream("aac", rate=48_000) for _ in range(2)]
            for index, track in enumerate(tracks):
                track.layout = "mono"
                track.disposition = 1 if index else 0
            for number, rgb in enumerate(numbered_frames(90)):
                frame = av.VideoFrame.from_ndarray(rgb, "rgb24")
                frame.pts = number
                output.mux(picture.encode(frame))
            output.mux(picture.encode(None))
            for track, starts in zip(tracks, ((0.2, 0.9), (0.5, 1.5, 2.5)), strict=True):
                frame2 = av.AudioFrame.from_ndarray(beeping(starts=starts), "fltp", "mono")
                frame2.sample_rate, frame2.pts = 48_000, 0
                resampler = av.AudioResampler(
                    format=track.codec_context.format, layout="mono", rate=48_000, frame_size=1024
                )
                for piece in (*resampler.resample(frame2), *resampler.resample(None)):
                    output.mux(track.encode(piece))
                output.mux(track.encode(None))
        return path

    return make


def _harmed(make: Make, at: float, count: int = 60) -> Make:
    return lambda folder: harm(make(folder), at, count)


def _shortened(make: Make, share: float) -> Make:
    return lambda folder: shorten(make(folder), share)


def _joined(folder: Path) -> Path:
    """Two transport streams in one file, each with times of its own."""
    one = write_video(folder / "one.ts", numbered_frames(90), options=B_FRAMES)
    two = write_video(folder / "two.ts", [numbered(n + 90) for n in range(90)], options=B_FRAMES)
    path = folder / "joined.ts"
    path.write_bytes(one.read_bytes() + two.read_bytes())
    return path


def _at(frame: int, *numbers: int) -> Callable[[Used], None]:
    """Return a check of the numbers from a frame on."""
    from tests.odd_files.marks import number_of

    def check(used: Used) -> None:
        found = [number_of(rgb) for rgb in used.frames(list(range(frame, frame + len(numbers))))]
        assert found == list(numbers), f"found {found}"

    return check


def _bright_is_white(used: Used) -> None:
    rgb = used.pixels().astype(int)
    white, brightest = rgb[48, 16], rgb[48, 48]
    assert white.min() >= 225, white
    assert brightest.min() >= 248, brightest
    assert brightest.min() > white.max()


FIRST = tuple(range(12))
HLG, PQ = 18, 16
SOUND = "video sound=true"
_ALPHA_OPTIONS: dict[str, dict[str, Any]] = {
    "VP8, WebM": {
        "codec": "libvpx",
        "form": "yuva420p",
        "options": {"auto-alt-ref": "0", "crf": "4", "b:v": "2M"},
    },
    "VP9, WebM": {
        "codec": "libvpx-vp9",
        "form": "yuva420p",
        "options": {"crf": "4", "b:v": "0", "cpu-used": "8"},
    },
    "ProRes 4444, MOV": {"codec": "prores_ks", "form": "yuva444p10le"},
    "QuickTime RLE, MOV": {"codec": "qtrle", "form": "argb"},
    "PNG, MOV": {"codec": "png", "form": "rgba"},
    "FFV1, MKV": {"codec": "ffv1", "form": "bgra"},
}


def _alpha(what: str) -> Case:
    codec, _, container = what.partition(", ")
    name = f"{codec.split()[0].lower()}.{container.lower()}"
    make = video(name, lambda: [disc()] * 3, rate=25, **_ALPHA_OPTIONS[what])
    return Case(f"{what}, with alpha", make, Right("clear there, without fringes", shows_disc(30)))


CASES: tuple[Case, ...] = (
    *(_laid(what, f"laid{index}.mp4") for index, what in enumerate(_MATRICES)),
    Case("MOV, turned by 90°", video("laid.mov", lambda: [_stored(_MATRICES["turned by 90°"])] * 4,
         tweak=_matrix(*_MATRICES["turned by 90°"])), Right("upright", shows_quad())),
    Case("MP4, pixels twice as wide as high", video("anamorphic.mp4", lambda: [quad(64, 192)] * 3, tweak=_wide_pixels),
         Right("as wide as it is meant", lambda used: _wide(used)), "video"),
    Case("MP4, 62x94", video("odd62.mp4", lambda: quads(3, 62, 94)),
         Right("as it is", shows_quad())),
    Case("MKV, 63x95, sides odd", video("odd63.mkv", lambda: quads(3, 63, 95), codec="ffv1", form="yuv444p"),
         Right("as it is", shows_quad())),
    Case("MP4, one frame", video("single.mp4", lambda: quads(1)), Right("shown for its frame", shows_quad())),
    Case("MKV, times in milliseconds", video("ms.mkv"), Right("every frame once", counts(*FIRST))),
    Case("WebM, times in milliseconds", video("ms.webm", codec="libvpx", options={"crf": "4", "b:v": "2M"}),
         Right("every frame once", counts(*FIRST))),
    Case("FLV, times in milliseconds", video("ms.flv"), Right("every frame once", counts(*FIRST))),
    Case("WMV, times in milliseconds", video("ms.wmv", codec="wmv2", container="asf", options={"b": "4M"}),
         Right("every frame once", counts(*FIRST))),
    Case("MP4, 1000 ticks a second", video("ms.mp4", container_options={"video_track_timescale": "1000"}),
         Right("every frame once", counts(*FIRST))),
    Case("MKV, 29.97 frames a second at 29.97", video("ntsc.mkv", rate=Fraction(30_000, 1001)),
         Right("every frame once", counts(*FIRST)), "video fps=29.97"),
    Case("MKV, 60 frames a second at 30", video("fast.mkv", rate=60), Right("every other frame", counts(0, 2, 4, 6, 8, 10))),
    Case("MP4, 25 frames a second at 30", video("pal.mp4", rate=25), Right("each at its time", counts(0, 0, 1, 2, 3, 4, 5, 5, 6))),
    Case("MP4, frames stamped up to 6 ms early or late", video("jitter.mp4", times=_jittered()),
         Right("every frame once", counts(*FIRST))),
    Case("MP4, variable rate: 30 then 10 a second", video("vfr.mp4", times=_uneven()),
         Right("each at its time, to the end of the last", all_of(_at(13, 13, 14, 15, 15, 15, 16), lasts(2.0, 0.1)))),
    Case("MP4, B-frames", video("bf.mp4", options=B_FRAMES), Right("every frame once", counts(*FIRST))),
    Case("MOV, B-frames, first time not 0", video("late.mov", options=B_FRAMES, container_options={"use_editlist": "0"}),
         Right("from its first frame on", counts(*FIRST))),
    Case("MKV, B-frames", video("bf.mkv", options=B_FRAMES), Right("every frame once", counts(*FIRST))),
    Case("AVI, B-frames", video("bf.avi", options=B_FRAMES), Right("every frame once", counts(*FIRST))),
    Case("AVI, MPEG-4 with B-frames", video("asp.avi", codec="mpeg4", options={"bf": "2", "qscale": "2", "g": "12"}),
         Right("every frame once", counts(*FIRST))),
    Case("AVI, MJPEG", video("mjpeg.avi", codec="mjpeg", form="yuvj420p", options={"qscale": "2"}), Right("every frame once", counts(*FIRST))),
    Case("transport stream, B-frames", video("bf.ts", options=B_FRAMES), Right("every frame once", counts(*FIRST))),
    Case("MPEG program stream", video("old.mpg", codec="mpeg2video", options={"b": "6M", "bf": "2"}, rate=25),
         Right("every frame once", counts(*FIRST)), "video fps=25"),
    Case("raw MPEG-2 video, no times at all", video("raw.m2v", codec="mpeg2video", options={"b": "6M", "bf": "2"}, rate=25),
         Right("every frame once", counts(*FIRST)), "video fps=25"),
    Case("MP4, edit list that starts at frame 6", video("cut.mp4", times=[Fraction(n - 6, 30) for n in range(30)],
         container_options={"avoid_negative_ts": "disabled"}), Right("begins there", counts(6, 7, 8, 9, 10, 11))),
    Case("fragmented MP4", video("frag.mp4", container_options={"movflags": "frag_keyframe+empty_moov"}), Right("every frame once", counts(*FIRST))),
    Case("WebM from a recorder, no length stated", video("live.webm", codec="libvpx", options={"crf": "4", "b:v": "2M"},
         container_options={"live": "1"}), Right("lasts as long as its frames", all_of(counts(*FIRST), lasts(1.0)))),
    Case("two transport streams joined", _joined, Right("one after the other", all_of(lasts(6.0, 0.1), _at(88, 88, 89, 90, 91)))),
    Case("MP4, interlaced H.264, top field first", _interlaced("tff.mp4", **{"x264-params": "tff=1"}), Right("deinterlaced", no_combs)),
    Case("MP4, interlaced H.264, bottom field first", _interlaced("bff.mp4", **{"x264-params": "bff=1"}), Right("deinterlaced", no_combs)),
    Case("MPEG-2, interlaced", _interlaced("woven.mpg", "mpeg2video", b="8M"), Right("deinterlaced", no_combs)),
    *(_alpha(what) for what in _ALPHA_OPTIONS),
    Case("MP4, HEVC, HLG", video("hlg.mp4", _hdr(Transfer.HLG), codec="libx265", form="yuv420p10le",
         tweak=tagged(color_trc=HLG, color_primaries=9, colorspace=9)), Right("toned to SDR, colours true", shows_quad())),
    Case("MOV, HEVC, HLG, as iPhones record", video("hlg.mov", _hdr(Transfer.HLG), codec="libx265", form="yuv420p10le",
         tweak=tagged(color_trc=HLG, color_primaries=9, colorspace=9)), Right("toned to SDR, colours true", shows_quad())),
    Case("MP4, HEVC, PQ (HDR10)", video("pq.mp4", _hdr(Transfer.PQ), codec="libx265", form="yuv420p10le",
         tweak=tagged(color_trc=PQ, color_primaries=9, colorspace=9)), Right("toned to SDR, colours true", shows_quad())),
    Case("MKV, AV1, PQ", video("pq.mkv", _hdr(Transfer.PQ), codec="libsvtav1", form="yuv420p10le", options={"crf": "4", "preset": "12"},
         tweak=tagged(color_trc=PQ, color_primaries=9, colorspace=9)), Right("toned to SDR, colours true", shows_quad(16))),
    Case("MP4, HLG brighter than white", video("bright.mp4", _highlights, codec="libx265", form="yuv420p10le",
         tweak=tagged(color_trc=HLG, color_primaries=9, colorspace=9)), Right("rolled off to white", _bright_is_white)),
    Case("MP4, 10 bits, SDR", coloured("deep.mp4", form="yuv420p10le"), Right("as 8 bits", shows_quad())),
    Case("MP4, 4:4:4", coloured("full444.mp4", form="yuv444p"), Right("as 4:2:0", shows_quad())),
    Case("MP4, 4:2:2, 10 bits", coloured("deep422.mp4", form="yuv422p10le"), Right("as 4:2:0", shows_quad())),
    Case("MP4, full range", coloured("full.mp4", form="yuvj420p", tweak=tagged(color_range=2)), Right("as limited range", shows_quad())),
    Case("MP4, BT.601", coloured("sd.mp4", tweak=tagged(colorspace=6, color_primaries=6, color_trc=6)), Right("as BT.709", shows_quad())),
    Case("MP4, BT.2020 matrix, SDR", coloured("bt2020.mp4", tweak=tagged(colorspace=9, color_primaries=1, color_trc=1)), Right("as BT.709", shows_quad())),
    Case("MKV, RGB", coloured("rgb.mkv", codec="ffv1", form="bgr0"), Right("as BT.709", shows_quad())),
    Case("MP4, sound begins 0.978 s late", _in_pieces("late-sound.mp4", sound_at_s=Fraction(978, 1000)),
         Right("heard when it is due", beeps_at(1.478, 2.478)), SOUND),
    Case("MKV, sound begins 0.3 s early", lambda folder: _early(folder / "early-sound.mkv"), Right("in time with the picture", beeps_at(0.2, 1.2, 2.2)), SOUND),
    Case("MP4, a second of sound is lost", _in_pieces("gap.mp4", sound_keep=lambda at_s: not 0.8 <= at_s < 1.4),
         Right("silent there, in time after it", beeps_at(0.5, 1.5, 2.5)), SOUND),
    Case("transport stream, picture 0.42 s after the sound", lambda folder: _early(folder / "early.ts", Fraction(42, 100)),
         Right("in time with the picture", beeps_at(0.08, 1.08, 2.08)), SOUND),
    Case("MKV, the second of two sound tracks is the default", _grown("tracks.mkv"), Right("that one is heard", beeps_at(0.5, 1.5, 2.5)), SOUND),
    Case("WebM, VP8 and Opus", lambda folder: write_video(folder / "opus.webm", numbered_frames(90), codec="libvpx",
         options={"b:v": "1M"}, sound=beeping()), Right("in time", beeps_at(0.5, 1.5, 2.5)), SOUND),
    Case("MP4, damaged bytes", _harmed(video("harmed.mp4", lambda: numbered_frames(60), options={"g": "10", "bf": "0"}), 0.5),
         Right("the last good frame is held there", lasts(2.0), "harmed.mp4 is damaged at 1.13 s; the last good frame is held")),
    Case("MKV, damaged bytes", _harmed(video("harmed.mkv", lambda: numbered_frames(60), options={"g": "10", "bf": "0"},
         container_options={"cluster_time_limit": "300"}), 0.5),
         Right("the last good frame is held there", lasts(2.0), "harmed.mkv is damaged at 0.57 s; the last good frame is held")),
    Case("MP4 with its index first, end missing", _shortened(video("torn.mp4", lambda: numbered_frames(60),
         container_options={"movflags": "+faststart"}, options={"g": "10"}), 0.75),
         Right("its last frame is held", lasts(2.0), "torn.mp4 is cut off at 0.83 s of 2.00 s: its last good frame is held")),
    Case("MKV, end missing", _shortened(video("torn.mkv", lambda: numbered_frames(60), options={"g": "10"}), 0.6),
         Right("its last frame is held", lasts(2.0), "torn.mkv is cut off at 0.83 s of 2.00 s: its last good frame is held")),
    Case("MP4, index missing", _shortened(video("headless.mp4"), 0.6), Refused(
        "headless.mp4 is not a picture, clip or sound that can be read, or it is damaged (Invalid data found when processing input)")),
    Case("HLS playlist", lambda folder: _text(folder / "list.m3u8", "#EXTM3U\n#EXTINF:9,\nclip.ts\n"), Refused(
        "list.m3u8 is not a picture, clip or sound that is read, but a playlist; save it as JPEG, PNG, WebP, AVIF, HEIC, "
        "GIF, TIFF or BMP, as MP4 or as a sound")),
)  # fmt: skip


def _text(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def _early(path: Path, early_s: Fraction = Fraction(3, 10)) -> Path:
    """Write a clip whose picture begins after its sound."""
    times = [Fraction(n, 30) + early_s for n in range(90)]
    return write_video(path, numbered_frames(90), times=times, sound=beeping())


def _wide(used: Used) -> None:
    asset = next(iter(used.drafted.timeline.tracks[0].clips)).source.asset  # type: ignore[union-attr]
    assert (asset.width_px, asset.height_px) == (128, 192)
    shows_quad()(used)
