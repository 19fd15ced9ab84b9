"""Mistakes that show when documents are drafted, assets analysed, scripts written."""

from __future__ import annotations

from tests.plugin_mistakes.mistake import Mistake, Stage

_REMEDY = "update the plugin, or tell its author"
_SHEET = "template `acme.sheet` of plugin acme 1.2 (-)"
_WARMTH = "analyser `acme.warmth` of plugin acme 1.2 (-)"
_WORDS = "writer `acme.words` of plugin acme 1.2 (-)"
_PULSE = '[{"kind": "color", "color": "red", "duration": "6f", "effects": [%s]}]'


def _template(body: str) -> str:
    return (
        "class Slots(BaseModel):\n    pass\n"
        'class Sheet(Template):\n    name: ClassVar[str] = "acme.sheet"\n    summary = "A sheet."\n    slots = Slots\n'
        f"    def draft(self, brief):\n        {body}\n"
        "@hookimpl\ndef farm_templates():\n    return [Sheet()]\n"
    )


def _analyser(body: str) -> str:
    return (
        "class Found(BaseModel):\n    means: list[float] = []\n"
        'class Warmth(Analyser):\n    name: ClassVar[str] = "acme.warmth"\n    version = 1\n    summary = "Warmth."\n'
        "    kinds = frozenset({MediaKind.IMAGE})\n    findings = Found\n"
        f"    def analyse(self, subject):\n        {body}\n"
        "@hookimpl\ndef farm_analysers():\n    return [Warmth()]\n"
    )


def _looked(name: str, did: str, body: str, cause: str) -> Mistake:
    sentence = f"{_WARMTH} broke its contract: {cause}; {_REMEDY}"
    return Mistake(name, did, Stage.LOOKING, _analyser(body), sentence)


def _writer(body: str) -> str:
    return (
        'class Words(Writer):\n    name: ClassVar[str] = "acme.words"\n    version = "1"\n    summary = "Words."\n'
        f"    def write(self, product, brief):\n        {body}\n"
        "@hookimpl\ndef farm_writers():\n    return [Words()]\n"
    )


def _parameter(field: str) -> str:
    return (
        f'class Pulse(Effect):\n    name: ClassVar[str] = "acme.pulse"\n{field}'
        "    def apply(self, frame, at):\n        return frame\n"
        "@hookimpl\ndef farm_effects():\n    return [Pulse]\n"
    )


ELSEWHERE = (
    Mistake(
        "template_raises",
        "raised in a template",
        Stage.DRAFTING,
        _template("return brief.photos[0]"),
        f"{_SHEET} failed: AttributeError: 'Brief' object has no attribute 'photos'; {_REMEDY}",
    ),
    Mistake(
        "template_endless",
        "never returned from a template",
        Stage.DRAFTING,
        _template("while True: pass"),
        f"{_SHEET} did not return within 0.3 s; {_REMEDY}, or raise the limit (FARM_ELEMENT_LIMIT_S)",
    ),
    Mistake(
        "template_dict",
        "drafted a dict",
        Stage.DRAFTING,
        _template("return {'tracks': []}"),
        f"{_SHEET} broke its contract: it drafted a dict where a TimelineDocument is due; {_REMEDY}",
    ),
    Mistake(
        "template_unchecked",
        "went round the checks of the timeline's model",
        Stage.DRAFTING,
        _template("return TimelineDocument.model_construct(tracks=7)"),
        f"{_SHEET} broke its contract: it drafted a timeline that is not valid: timeline.tracks: must be a list; "
        f"{_REMEDY}",
    ),
    Mistake(
        "template_unknown_element",
        "drafted an effect that there is not",
        Stage.DRAFTING,
        _template(
            "return TimelineDocument.model_validate({'tracks': [{'clips': [{'kind': 'color', 'color': 'red', "
            "'duration': 1, 'effects': ['basics.monno']}]}]})"
        ),
        f"template: {_SHEET} drafted an invalid value at timeline.tracks[0].clips[0].effects[0]: no effect is "
        "called `basics.monno`; did you mean `basics.mono`?",
    ),
    Mistake(
        "style_colour",
        "wrote a colour that there is not into a text style",
        Stage.DRAFTING,
        "@hookimpl\ndef farm_text_styles():\n    return {'acme.title': TextStyle(color='reddish')}\n",
        "text style `acme.title` of plugin acme 1.2 (-) broke its contract at timeline.tracks[0].clips[0].style: "
        f"`reddish` is not a colour; write #rrggbb, #rrggbbaa or one of black, white, red, "
        f"orange, yellow, green, teal, blue, purple, pink, grey, gray, transparent; {_REMEDY}",
        '[{"kind": "text", "text": "Hello", "style": "acme.title", "duration": "6f"}]',
    ),
    Mistake(
        "parameter_list",
        "let a parameter be anything, and was given a list",
        Stage.DRAFTING,
        _parameter("    beats: object\n"),
        "effect `acme.pulse` of plugin acme 1.2 (-) broke its contract at timeline.tracks[0].clips[0].effects[0]: its "
        f"parameter `beats` is a list; a parameter is text, a number, yes or no, a choice (Literal, Enum), or media "
        f"(MediaPicture, MediaTable); {_REMEDY}",
        _PULSE % '{"name": "acme.pulse", "beats": [1]}',
    ),
    Mistake(
        "validator_raises",
        "raised in a parameter's validator",
        Stage.DRAFTING,
        "from pydantic import field_validator\n"
        + _parameter(
            "    strength: float = 1.0\n"
            "    @field_validator('strength')\n"
            "    @classmethod\n"
            "    def _check(cls, value):\n        return value / 0\n"
        ),
        "effect `acme.pulse` of plugin acme 1.2 (-) failed at timeline.tracks[0].clips[0].effects[0]: "
        f"ZeroDivisionError: float division by zero; {_REMEDY}",
        _PULSE % '{"name": "acme.pulse", "strength": 0.5}',
    ),
    Mistake(
        "analyser_raises",
        "raised in an analyser",
        Stage.LOOKING,
        _analyser("return subject.warmth"),
        f"{_WARMTH} failed: AttributeError: 'Subject' object has no attribute 'warmth'; {_REMEDY}",
    ),
    Mistake(
        "analyser_endless",
        "never returned from an analyser",
        Stage.LOOKING,
        _analyser("while True: pass"),
        f"{_WARMTH} did not return within 1.2 s; {_REMEDY}, or raise the limit (FARM_ELEMENT_LIMIT_S)",
    ),
    Mistake(
        "analyser_nothing",
        "forgot the `return` of an analyser",
        Stage.LOOKING,
        _analyser("Analysis(Found())"),
        f"{_WARMTH} broke its contract: it returned nothing (None) where an Analysis is due; {_REMEDY}",
    ),
    Mistake(
        "analyser_nan",
        "found what is not a number",
        Stage.LOOKING,
        _analyser("return Analysis(Found(), {'warmth': float('nan')})"),
        f"{_WARMTH} broke its contract: `facts[warmth]` is nan; facts are finite; {_REMEDY}",
    ),
    Mistake(
        "analyser_keyframe",
        "named a keyframe that is not among the files",
        Stage.LOOKING,
        _analyser("return Analysis(Found(), slices=(Slice(Fraction(0), Fraction(1), 'a.jpg'),))"),
        f"{_WARMTH} broke its contract: the keyframe `a.jpg` of a slice is not among the files; {_REMEDY}",
    ),
    _looked(
        "analyser_path",
        "named a file outside of the folder",
        "return Analysis(Found(), files={'../evil.txt': b'x'})",
        "`files` has the name '../evil.txt'; a file's name is letters, digits, `-`, `_` and `.`, no leading dot, at "
        "most 100 characters, e.g. `thumbnail.jpg`",
    ),
    _looked(
        "analyser_fact_name",
        "gave a fact a name in capitals",
        "return Analysis(Found(), {'Warmth!': 1.0})",
        "`facts` has the name 'Warmth!'; write small letters, digits and _, as `plain_background`",
    ),
    _looked(
        "analyser_huge",
        "found a whole number that JSON's readers round",
        "return Analysis(Found(), {'warmth': 10**30})",
        "`facts[warmth]` is beyond 2**53; round it, or write it as text",
    ),
    _looked(
        "analyser_finding_nan",
        "left what is not a number in the findings",
        "return Analysis(Found(means=[0.5, float('nan')]))",
        "`findings.means[1]` is nan; findings are finite, write None for what cannot be measured",
    ),
    _looked(
        "analyser_tag",
        "wrote a tag in capitals",
        "return Analysis(Found(), tags=('warm', 'UPPER'))",
        "a tag is 'UPPER'; tags are words in small letters without blanks around them, 1 to 100 characters",
    ),
    _looked(
        "analyser_blank_tag",
        "left a tag blank",
        "return Analysis(Found(), tags=(' ',))",
        "a tag is ' '; tags are words in small letters without blanks around them, 1 to 100 characters",
    ),
    _looked(
        "analyser_nul",
        "read a NUL",
        "return Analysis(Found(), text='a' + chr(0) + 'b')",
        "`text` has NUL at character 1, which no UTF-8 text has; take it out",
    ),
    _looked(
        "analyser_surrogate",
        "kept a lone surrogate in a fact",
        "return Analysis(Found(), {'file': 'a' + chr(0xdcff)})",
        "`facts[file]` has a lone surrogate at character 1, which no UTF-8 text has; take it out",
    ),
    _looked(
        "analyser_lengths",
        "made fingerprints of two lengths",
        "return Analysis(Found(), fingerprints=tuple(Fingerprint('acme.look', one) for one in ((1.0,), (0.6, 0.8))))",
        "fingerprints of `acme.look` have 1 and 2 coordinates; those of one space have equally many",
    ),
    _looked(
        "analyser_norm",
        "forgot to divide a fingerprint by its norm",
        "return Analysis(Found(), fingerprints=(Fingerprint('acme.look', (3.0, 4.0)),))",
        "a fingerprint of `acme.look` has the norm 5; divide it by that, 1 is due",
    ),
    Mistake(
        "writer_raises",
        "raised in a writer",
        Stage.WRITING,
        _writer("return product.title"),
        f"{_WORDS} failed: AttributeError: 'ProductDocument' object has no attribute 'title'; {_REMEDY}",
    ),
    Mistake(
        "writer_text",
        "returned text from a writer",
        Stage.WRITING,
        _writer("return 'A fine mug.'"),
        f"{_WORDS} broke its contract: it returned a str where a WriterAnswer is due; {_REMEDY}",
    ),
)
