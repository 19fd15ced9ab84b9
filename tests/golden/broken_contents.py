"""Documents that are wrong in what they mean: output, order of clips, media, captions."""

from __future__ import annotations

from tests.golden.broken import FADE, PHOTO, Case, clips, slots

CONTENTS = [
    # output
    Case("size as number", clips(PHOTO, output="{size: 720}"), ("output.size", "`720` is not a size")),
    Case("fps yes", clips(PHOTO, output="{fps: yes}"), ("output.fps", "must be a number, not yes or no")),
    Case(
        "size 0x0",
        clips(PHOTO, output="{size: 0x0}"),
        ("output.size", "0x0 is not allowed", "even number from 16 to 4096"),
    ),
    Case("odd size", clips(PHOTO, output="{size: 95x161}"), ("output.size", "95x161 is not allowed", "even")),
    Case(
        "giant size",
        clips(PHOTO, output="{size: [40000, 40000]}"),
        ("output.size", "40000x40000 is not allowed"),
    ),
    Case(
        "size as words",
        clips(PHOTO, output="{size: full hd}"),
        ("output.size", "`full hd` is not a size", '"720x1280"'),
    ),
    Case("aspect", clips(PHOTO, output="{aspect: '9x16'}"), ("output.aspect", "did you mean `9:16`?")),
    Case("aspect and size", clips(PHOTO, output="{aspect: '9:16', size: 96x160}"), ("output ", "not both")),
    Case("fps 0", clips(PHOTO, output="{fps: 0}"), ("output.fps", "1 to 240 frames per second, not 0")),
    Case(
        "fps 1000", clips(PHOTO, output="{fps: 1000}"), ("output.fps", "1 to 240 frames per second, not 1000")
    ),
    Case("fps abc", clips(PHOTO, output="{fps: abc}"), ("output.fps", "`abc` is not a frame rate")),
    Case("fps 1/0", clips(PHOTO, output="{fps: 1/0}"), ("output.fps", "`1/0` is not a frame rate")),
    Case("fps nan", clips(PHOTO, output="{fps: .nan}"), ("output.fps", "finite")),
    Case("quality", clips(PHOTO, output="{quality: hihg}"), ("output.quality", "did you mean `high`?")),
    # the order of clips
    Case(
        "overlap",
        clips(PHOTO, "{kind: image, src: photo.jpg, duration: 1, at: 0.5}"),
        ("timeline.tracks[0].clips[1].at", "ends at 1 s", "another track"),
    ),
    Case(
        "transition first",
        clips(FADE, PHOTO),
        ("timeline.tracks[0].clips[0]", "there is no clip before this transition"),
    ),
    Case(
        "transition last",
        clips(PHOTO, FADE),
        ("timeline.tracks[0].clips[1]", "there is no clip after this transition"),
    ),
    Case(
        "transition after gap",
        clips(PHOTO, "{kind: gap, duration: 1}", FADE, PHOTO),
        ("timeline.tracks[0].clips[2]", "touch"),
    ),
    Case(
        "transition before gap",
        clips(PHOTO, FADE, "{kind: gap, duration: 1}", PHOTO),
        ("timeline.tracks[0].clips[1]", "a gap follows this transition"),
    ),
    Case(
        "transition after transition",
        clips(PHOTO, FADE, FADE, PHOTO),
        ("timeline.tracks[0].clips[2]", "cannot follow a transition"),
    ),
    Case(
        "transition too long",
        clips(PHOTO, "{kind: transition, use: basics.fade, duration: 5}", PHOTO),
        ("timeline.tracks[0].clips[1].duration", "longer than a clip beside it"),
    ),
    Case(
        "transition of nothing",
        clips(PHOTO, "{kind: transition, use: basics.fade, duration: 0}", PHOTO),
        ("timeline.tracks[0].clips[1].duration", "at least one frame"),
    ),
    Case(
        "transitions meet",
        clips(
            PHOTO,
            "{kind: transition, use: basics.fade, duration: 0.9, before: 0}",
            PHOTO,
            "{kind: transition, use: basics.fade, duration: 0.9, before: 0.9}",
            PHOTO,
        ),
        ("timeline.tracks[0].clips[3]", "before the transition before it ends"),
    ),
    Case(
        "sound among pictures",
        clips(PHOTO, "{kind: audio, src: tone.wav}"),
        ("timeline.tracks[0].clips", "need separate tracks"),
    ),
    # media
    Case(
        "missing media",
        clips("{kind: image, src: gone.jpg, duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "no such file: gone.jpg (looked in", "{shop})\n"),
    ),
    Case(
        "near miss of a file",
        clips("{kind: image, src: foto.jpg, duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "no such file: foto.jpg", "did you mean `photo.jpg`?"),
    ),
    Case(
        "text named jpg",
        clips("{kind: image, src: notes.jpg, duration: 1}"),
        (
            "timeline.tracks[0].clips[0].src",
            "notes.jpg is not a picture, clip or sound, whatever its name says",
        ),
    ),
    Case(
        "cut JPEG",
        clips("{kind: image, src: cut-photo.jpg, duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "cut-photo.jpg is a damaged picture"),
    ),
    Case(
        "cut PNG",
        clips("{kind: image, src: cut-side.png, duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "cut-side.png is a damaged picture"),
    ),
    Case(
        "cut MP4",
        clips("{kind: video, src: cut-clip.mp4, duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "cut-clip.mp4", "lacks its index"),
    ),
    Case(
        "empty JPEG",
        clips("{kind: image, src: empty.jpg, duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "the file is empty: empty.jpg"),
    ),
    Case(
        "folder as media",
        clips("{kind: image, src: album, duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "`album` is a folder"),
    ),
    Case(
        "huge picture",
        clips("{kind: image, src: huge.png, duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "huge.png is 40000x40000", "scale it down"),
    ),
    Case(
        "NUL in path",
        clips('{kind: image, src: "a\\0b.jpg", duration: 1}'),
        ("timeline.tracks[0].clips[0].src", "NUL"),
    ),
    Case(
        "unknown home",
        clips("{kind: image, src: ~nobody-here/a.jpg, duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "the home of an unknown user"),
    ),
    Case(
        "endless path",
        clips("{kind: image, src: " + "a" * 1500 + ".jpg, duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "not a usable path"),
    ),
    Case(
        "empty path", clips("{kind: image, src: '', duration: 1}"), ("timeline.tracks[0].clips[0].src", "1")
    ),
    Case(
        "FTP",
        clips("{kind: image, src: 'ftp://example.com/a.jpg', duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "`ftp://` is not allowed"),
    ),
    Case(
        "unknown hash",
        clips(f"{{kind: image, src: 'sha256:{'ab' * 32}', duration: 1}}"),
        ("timeline.tracks[0].clips[0].src", "no stored media"),
    ),
    Case(
        "wrong hash",
        clips("{kind: image, src: 'sha256:hello', duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "hexadecimal"),
    ),
    Case(
        "sound as picture",
        clips("{kind: image, src: tone.wav, duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "`tone.wav` is a sound, not a picture"),
    ),
    Case(
        "picture as clip",
        clips("{kind: video, src: photo.jpg, duration: 1}"),
        ("timeline.tracks[0].clips[0].src", "`photo.jpg` is a picture, not a clip"),
    ),
    Case(
        "picture as sound",
        clips(PHOTO, more="  - clips: [{kind: audio, src: photo.jpg}]\n"),
        ("timeline.tracks[1].clips[0].src", "`photo.jpg` has no sound"),
    ),
    Case(
        "begins after its end",
        clips("{kind: video, src: clip.mp4, in: 30, duration: 1}"),
        ("timeline.tracks[0].clips[0].in", "the clip is 1.50 s long"),
    ),
    Case(
        "begins after its end, no length",
        clips("{kind: video, src: clip.mp4, in: 30}"),
        ("timeline.tracks[0].clips[0]", "the clip is 1.50 s long"),
    ),
    Case(
        "out after its end",
        clips("{kind: video, src: clip.mp4, out: 30}"),
        ("timeline.tracks[0].clips[0].out", "only 1.50 s long"),
    ),
    Case(
        "out before in",
        clips("{kind: video, src: clip.mp4, in: 1, out: 0.5}"),
        ("timeline.tracks[0].clips[0].out", "must be after `in`"),
    ),
    Case(
        "sound begins after its end",
        clips(PHOTO, more="  - clips: [{kind: audio, src: tone.wav, in: 5}]\n"),
        ("timeline.tracks[1].clips[0].in", "the sound is 1.00 s long"),
    ),
    Case(
        "photo in a template is a sound",
        slots("{product: {name: Watch}, photos: [tone.wav]}"),
        ("slots.photos[0]", "a sound, not a picture"),
    ),
    # captions
    Case(
        "caption backwards",
        clips(PHOTO, more="  captions: {cues: [{start: 1, end: 0, text: One}]}\n"),
        ("timeline.captions.cues[0]", "longer than 0"),
    ),
    Case(
        "captions twice",
        clips(PHOTO, more="  captions: {src: good.srt, cues: []}\n"),
        ("timeline.captions", "exactly one of `src` (a caption file) and `cues`"),
    ),
    Case(
        "captions style",
        clips(PHOTO, more="  captions: {src: good.srt, style: basics.captoin}\n"),
        ("did you mean `basics.caption`?",),
    ),
    Case(
        "captions highlight",
        clips(PHOTO, more="  captions: {src: good.srt, highlight: basics.karaok}\n"),
        ("timeline.captions.highlight", "did you mean `basics.karaoke`?"),
    ),
    Case(
        "captions highlight of another kind",
        clips(PHOTO, more="  captions: {src: good.srt, highlight: basics.unveil}\n"),
        ("timeline.captions.highlight", "`basics.unveil` does not show spoken words"),
    ),
    Case(
        "captions safe area",
        clips(PHOTO, more="  captions: {src: good.srt, safe: titkok}\n"),
        ("timeline.captions.safe", "did you mean `tiktok`?"),
    ),
    Case(
        "words that are not in their caption",
        clips(
            PHOTO,
            more="  captions: {cues: [{start: 0, end: 1, text: One two, words: [{text: six, start: 0, end: 1}]}]}\n",
        ),
        ("timeline.captions.cues[0].words[0]", "`six` is not in the caption"),
    ),
    Case(
        "too few times of words",
        clips(PHOTO, more="  captions: {cues: [{start: 0, end: 1, text: One two, words: [[0, 1]]}]}\n"),
        ("timeline.captions.cues[0].words", "has 1 [start, end], but the caption has 2 words (One, two)"),
    ),
    Case(
        "no captions file",
        clips(PHOTO, more="  captions: {src: gone.srt}\n"),
        ("timeline.captions.src", "no such file: gone.srt"),
    ),
    Case(
        "broken SRT",
        clips(PHOTO, more="  captions: {src: broken.srt}\n"),
        ("timeline.captions.src", "broken.srt line 2", "not an SRT time line"),
    ),
    Case(
        "SRT without cues",
        clips(PHOTO, more="  captions: {src: empty.srt}\n"),
        ("timeline.captions.src", "contains no SRT cues"),
    ),
    Case(
        "SRT in EUC-KR",
        clips(PHOTO, more="  captions: {src: korean.srt}\n"),
        ("timeline.captions.src", "korean.srt is not UTF-8 text from line 3 on", "save the file as UTF-8"),
    ),
    Case(
        "SRT with an endless caption",
        clips(PHOTO, more="  captions: {src: endless.srt}\n"),
        ("timeline.captions.src", "has 2999 characters; at most 500"),
    ),
    Case(
        "SRT is a picture",
        clips(PHOTO, more="  captions: {src: photo.jpg}\n"),
        ("timeline.captions.src", "photo.jpg is not text"),
    ),
]
