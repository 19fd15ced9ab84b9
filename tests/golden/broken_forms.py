"""Documents that are wrong in themselves: their form, names, types and values."""

from __future__ import annotations

from tests.golden.broken import PHOTO, Case, clips, slots

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{'abcdefgh'[n]}: &{'abcdefgh'[n]} [{', '.join(['*' + 'abcdefgh'[n - 1]] * 10)}]\n" for n in range(1, 8)
)
NOT_GIVEN = "`template` nor `timeline`"

FORMS = [
    # the document itself
    Case("empty file", "", ("this is empty",)),
    Case("only a comment", "# later\n", ("this is empty",)),
    Case("a list", "- template: retail.spotlight\n", ("a mapping", "a list")),
    Case("a sentence", "please make a video\n", ("a mapping", "this is text")),
    Case("binary", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", ("not a text file", "UTF-8")),
    Case("NUL inside", "template: retail\x00.spotlight\nslots: {}\n", ("not valid YAML: line 1", "U+0000")),
    Case("not YAML", "template: [retail.spotlight\nslots: {\n", ("not valid YAML", "line")),
    Case(
        "a tab",
        "template: retail.spotlight\nslots:\n\tproduct: {name: Watch}\n",
        ("not valid YAML: line 3", "there is a tab; indent with spaces"),
    ),
    Case(
        "name twice",
        "template: retail.spotlight\nslots: {}\ntemplate: retail.sale\n",
        ("`template` is given twice", "line 3"),
    ),
    Case(
        "name twice in JSON",
        '{"template": "a", "template": "b", "slots": {}}',
        ("`template` is given twice",),
        "job.json",
    ),
    Case("broken JSON", '{"template": "retail.spotlight", "slots": {]}', ("not valid", "line 1"), "job.json"),
    Case("alias bomb", BOMB, ("more than 200000 values",)),
    Case(
        "alias in itself",
        "timeline: &a\n  tracks: [*a]\n",
        ("an alias is inside the value that it refers to",),
    ),
    Case("deep nesting", "timeline: " + "[" * 60 + "]" * 60 + "\n", ("nested deeper than 40",)),
    Case("very deep nesting", "timeline: " + "[" * 20000 + "]" * 20000 + "\n", ("nested deeper than 40",)),
    Case(
        "very deep JSON",
        '{"timeline": ' + "[" * 200000 + "]" * 200000 + "}",
        ("nested deeper than 40",),
        "job.json",
    ),
    Case("too large", "name: " + "x" * (5 << 20) + "\n", ("larger than 4 MiB",)),
    Case(
        "python tag",
        "timeline: !!python/object/apply:os.system ['true']\n",
        ("not valid YAML: line 1", "the tag `python/object/apply:os.system` is not allowed"),
    ),
    Case("neither", "name: watch\nslot: {}\n", (NOT_GIVEN, "slot ", "did you mean `slots`?")),
    Case(
        "both",
        clips(PHOTO) + "template: retail.spotlight\nslots: {}\n",
        ("`template` or `timeline`, not both",),
    ),
    # names
    Case(
        "unknown template",
        slots("{product: {name: Watch}}", "retail.spotlite"),
        ("template ", "`retail.spotlite`", "did you mean `retail.spotlight`?"),
    ),
    Case(
        "template of another kind",
        slots("{product: {name: Watch}}", "[retail.spotlight]"),
        ("template ", "must be text"),
    ),
    Case(
        "unknown slot",
        slots("{product: {name: Watch}, fotos: [photo.jpg]}"),
        ("slots.fotos", "did you mean `photos`?"),
    ),
    Case(
        "unknown field in slot",
        slots("{product: {name: Watch, prise: 3}, photos: [photo.jpg]}"),
        ("slots.product.prise", "did you mean `price`?"),
    ),
    Case("no slots", "template: retail.spotlight\n", ("slots ", "is missing")),
    Case("required slot", slots("{photos: [photo.jpg]}"), ("slots.product ", "is missing")),
    Case(
        "required field of slot",
        slots("{product: {price: 3}, photos: [photo.jpg]}"),
        ("slots.product.name", "is missing"),
    ),
    Case("slots as list", slots("[photo.jpg]"), ("slots ", "must be a mapping")),
    Case(
        "photos as text",
        slots("{product: {name: Watch}, photos: photo.jpg}"),
        ("slots.photos", "must be a list"),
    ),
    Case(
        "price as words",
        slots("{product: {name: Watch, price: cheap}, photos: [photo.jpg]}"),
        ("slots.product.price", "must be a number"),
    ),
    Case(
        "negative price",
        slots("{product: {name: Watch, price: -3}, photos: [photo.jpg]}"),
        ("slots.product.price", "0"),
    ),
    Case(
        "brand colour",
        slots("{product: {name: Watch}, photos: [photo.jpg], brand_color: blurple}"),
        ("slots.brand_color", "`blurple` is not a colour"),
    ),
    Case(
        "two at once",
        slots("{product: {name: Watch}, fotos: [photo.jpg], photos: [gone.jpg]}"),
        ("2 problems", "slots.fotos", "did you mean `photos`?", "slots.photos[0]", "no such file: gone.jpg"),
    ),
    Case("unknown top name", clips(PHOTO) + "ouput: {fps: 25}\n", ("ouput", "did you mean `output`?")),
    Case(
        "unknown kind",
        clips("{kind: imgae, src: photo.jpg, duration: 1}"),
        ("timeline.tracks[0].clips[0]", "`kind: imgae` is unknown", "did you mean `image`?"),
    ),
    Case(
        "no kind",
        clips("{src: photo.jpg, duration: 1}"),
        ("timeline.tracks[0].clips[0]", "`kind` is missing", "image"),
    ),
    Case(
        "unknown field",
        clips("{kind: image, src: photo.jpg, durration: 1, duration: 1}"),
        ("timeline.tracks[0].clips[0].durration", "did you mean `duration`?"),
    ),
    Case(
        "field of another kind",
        clips("{kind: image, src: photo.jpg, duration: 1, speed: 2}"),
        ("timeline.tracks[0].clips[0].speed", "unknown name"),
    ),
    Case(
        "unknown effect",
        clips("{kind: image, src: photo.jpg, duration: 1, effects: [basics.vignet]}"),
        (
            "timeline.tracks[0].clips[0].effects[0]",
            "no effect is called `basics.vignet`",
            "did you mean `basics.vignette`?",
        ),
    ),
    Case(
        "unknown parameter",
        clips("{kind: image, src: photo.jpg, duration: 1, effects: [{name: basics.vignette, strenght: 1}]}"),
        ("timeline.tracks[0].clips[0].effects[0].strenght", "unknown name"),
    ),
    Case(
        "unknown transition",
        clips(PHOTO, "{kind: transition, use: basics.fader, duration: 0.4}", PHOTO),
        ("timeline.tracks[0].clips[1].use", "did you mean `basics.fade`?"),
    ),
    Case(
        "unknown style",
        clips("{kind: text, text: Hi, duration: 1, style: basics.tittle}"),
        ("timeline.tracks[0].clips[0].style", "did you mean `basics.title`?"),
    ),
    Case(
        "unknown field of style",
        clips("{kind: text, text: Hi, duration: 1, look: {colour: red}}"),
        ("timeline.tracks[0].clips[0].look.colour", "did you mean `color`?"),
    ),
    Case(
        "unknown sticker",
        clips("{kind: sticker, sticker: basics.hart, duration: 1}"),
        ("timeline.tracks[0].clips[0].sticker", "did you mean `basics.heart`?"),
    ),
    Case(
        "unknown fit",
        clips("{kind: image, src: photo.jpg, duration: 1, fit: covers}"),
        ("timeline.tracks[0].clips[0].fit", "did you mean `cover`?"),
    ),
    Case(
        "unknown easing",
        clips("{kind: image, src: photo.jpg, duration: 1, zoom: [{at: 0, value: 1, ease: in-out}]}"),
        ("timeline.tracks[0].clips[0].zoom[0].ease", "`in-out` is not an easing"),
    ),
    Case(
        "unknown entrance",
        clips("{kind: text, text: Hi, duration: 1, enter: ries}"),
        ("timeline.tracks[0].clips[0].enter", "did you mean `rise`?"),
    ),
    # types and values
    Case(
        "duration as list",
        clips("{kind: image, src: photo.jpg, duration: [1]}"),
        ("timeline.tracks[0].clips[0].duration", "must be"),
    ),
    Case(
        "duration as words",
        clips("{kind: image, src: photo.jpg, duration: a while}"),
        ("timeline.tracks[0].clips[0].duration", "`a while` is not a time", '"75f"'),
    ),
    Case(
        "duration yes",
        clips("{kind: image, src: photo.jpg, duration: yes}"),
        ("timeline.tracks[0].clips[0].duration", "must be a number, not yes or no"),
    ),
    Case(
        "NaN in YAML",
        clips("{kind: image, src: photo.jpg, duration: .nan}"),
        ("timeline.tracks[0].clips[0].duration", "finite"),
    ),
    Case(
        "infinity in YAML",
        clips("{kind: image, src: photo.jpg, duration: 1, x: .inf}"),
        ("timeline.tracks[0].clips[0].x", "finite"),
    ),
    Case(
        "NaN in JSON",
        '{"timeline": {"tracks": [{"clips": [{"kind": "image", "src": "photo.jpg", "duration": NaN}]}]}}',
        ("timeline.tracks[0].clips[0].duration", "finite"),
        "job.json",
    ),
    Case(
        "infinity in JSON",
        '{"timeline": {"tracks": [{"clips": [{"kind": "image", "src": "", "duration": 1, "opacity": -Infinity}]}]}}',
        ("timeline.tracks[0].clips[0].opacity", "finite"),
        "job.json",
    ),
    Case(
        "a number too large to tell",
        clips("{kind: image, src: photo.jpg, duration: 1" + "0" * 400 + "}"),
        ("timeline.tracks[0].clips[0].duration", "at most 1000000 s"),
    ),
    Case(
        "zero length",
        clips("{kind: image, src: photo.jpg, duration: 0}"),
        ("timeline.tracks[0].clips[0].duration", "longer than 0"),
    ),
    Case(
        "negative length",
        clips("{kind: image, src: photo.jpg, duration: -2}"),
        ("timeline.tracks[0].clips[0].duration", "longer than 0, not -2 s"),
    ),
    Case(
        "negative time",
        clips("{kind: image, src: photo.jpg, duration: 1, at: -1}"),
        ("timeline.tracks[0].clips[0].at", "before 0"),
    ),
    Case(
        "shorter than a frame",
        clips("{kind: image, src: photo.jpg, duration: 0.005}"),
        ("timeline.tracks[0].clips[0].duration", "shorter than one frame"),
    ),
    Case(
        "endless clip",
        clips("{kind: image, src: photo.jpg, duration: 90000}"),
        ("timeline.tracks[0].clips[0].duration", "at most 60 minutes"),
    ),
    Case(
        "opacity 2",
        clips("{kind: image, src: photo.jpg, duration: 1, opacity: 2}"),
        ("timeline.tracks[0].clips[0].opacity", "2 is out of range; allowed: 0 to 1"),
    ),
    Case(
        "opacity keyframe",
        clips("{kind: image, src: photo.jpg, duration: 1, opacity: [{at: 0, value: 1}, {at: 1, value: -1}]}"),
        ("timeline.tracks[0].clips[0].opacity[1]", "out of range"),
    ),
    Case(
        "keyframes not rising",
        clips("{kind: image, src: photo.jpg, duration: 1, zoom: [{at: 1, value: 1}, {at: 0.5, value: 2}]}"),
        ("timeline.tracks[0].clips[0].zoom[1].at", "must be in ascending order"),
    ),
    Case(
        "zoom below 1",
        clips("{kind: image, src: photo.jpg, duration: 1, zoom: 0.5}"),
        ("timeline.tracks[0].clips[0].zoom", "allowed: 1 to 10"),
    ),
    Case(
        "colour nonsense",
        clips("{kind: color, color: '#12', duration: 1}"),
        ("timeline.tracks[0].clips[0].color", "`#12` is not a colour", "#rrggbb"),
    ),
    Case(
        "background nonsense",
        clips(PHOTO, more="  background: sky\n"),
        ("timeline.background", "`sky` is not a colour"),
    ),
    Case(
        "gradient of one",
        clips("{kind: color, color: {colors: [red]}, duration: 1}"),
        ("timeline.tracks[0].clips[0].color", "2"),
    ),
    Case("no words", clips("{kind: text, text: '', duration: 1}"), ("timeline.tracks[0].clips[0].text", "1")),
    Case(
        "box of nothing",
        clips("{kind: image, src: photo.jpg, duration: 1, box: [0, 0, 0, 0]}"),
        ("timeline.tracks[0].clips[0].box", "0x0 pixels is empty"),
    ),
    Case(
        "box of three",
        clips("{kind: image, src: photo.jpg, duration: 1, box: [0, 0, 10]}"),
        ("timeline.tracks[0].clips[0].box", "4"),
    ),
    Case("no tracks", "timeline: {tracks: []}\n", ("timeline.tracks", "1")),
    Case("nothing visible", clips("{kind: gap, duration: 1}"), ("timeline.tracks", "no visible clip")),
]
