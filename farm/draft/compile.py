"""Compiling: turns a timeline document and bound media into a timeline in frames."""

from __future__ import annotations

from farm.draft.caption_clips import MAX_TRACKS, caption_clips, in_tracks
from farm.draft.own_fonts import with_own_fonts
from farm.draft.sounds import sound_of
from farm.draft.stage import Stage
from farm.draft.tracks import MAX_DURATION_S, TrackSite, clip_of, track_of
from farm.model.color import parse_color
from farm.model.sound import Sound
from farm.model.timebase import parse_seconds, to_frame, to_seconds
from farm.model.timeline import Timeline, Track
from farm.model.timeline_document import CaptionsDocument, TimelineDocument


def compile_timeline(document: TimelineDocument, stage: Stage, srt: dict[str, str]) -> Timeline | None:
    """Return the timeline; None if there are problems, listed in ``stage.problems``.

    Args:
        document: The timeline document.
        stage: Canvas, rate, media and elements; collects problems and warnings.
        srt: Paths of caption files by reference.
    """
    stage.fonts = with_own_fonts(stage, document)
    site = TrackSite(stage, [])
    tracks = [
        track_of(site, track, f"timeline.tracks[{index}]") for index, track in enumerate(document.tracks)
    ]
    tracks = [track for track in tracks if track.clips]
    end = max((clip.stop for track in tracks for clip in track.clips), default=0)
    duration = end
    if document.duration is not None:
        duration = to_frame(parse_seconds(document.duration, stage.rate), stage.rate)
        if duration < 1:
            stage.problem("timeline.duration", "a video lasts at least one frame")
    elif not end and not stage.problems:
        stage.problem("timeline.tracks", "no visible clip and no `duration`: how long is the video?")
    if to_seconds(duration, stage.rate) > MAX_DURATION_S:
        stage.problem("timeline.duration", f"a video lasts at most {MAX_DURATION_S // 60} minutes")
    if document.captions is not None:
        tracks += _captions(site, document.captions, srt, duration)
    clips = [
        clip
        for pending in site.sounds
        if (clip := sound_of(stage, pending, to_seconds(duration, stage.rate)))
    ]
    if stage.problems:
        return None
    return Timeline(
        stage.width,
        stage.height,
        stage.rate,
        duration,
        tuple(tracks),
        parse_color(document.background),
        Sound(tuple(clips), document.sound.loudness, document.sound.duck_db),
    )


def _captions(site: TrackSite, document: CaptionsDocument, srt: dict[str, str], duration: int) -> list[Track]:
    rows = in_tracks(caption_clips(site.stage, document, srt, duration))
    if len(rows) > MAX_TRACKS:
        site.stage.problem(
            "timeline.captions",
            f"{len(rows)} captions are shown at once; at most {MAX_TRACKS} can be. Leave out some of them",
        )
        return []
    tracks = []
    for row in rows:
        clips = [clip_of(site, one.item, one.path, to_seconds(one.first, site.stage.rate)) for one in row]
        tracks.append(Track(tuple(clip for clip in clips if clip is not None), name="captions"))
    return [track for track in tracks if track.clips]
