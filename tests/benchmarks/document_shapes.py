"""Shapes of documents that are meant to cost their readers time, by kind of document."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

Shape = Callable[[int], str]
"""Makes a document of about so many bytes."""


def _repeat(piece: str, size: int, joint: str = "") -> str:
    return joint.join([piece] * max(1, size // (len(piece) + len(joint))))


def _numbered(pattern: str, size: int, joint: str = "") -> str:
    count = max(1, size // (len(pattern) + len(joint) + 3))
    return joint.join(pattern.replace("#", str(index)) for index in range(count))


def _clip(inside: str) -> str:
    return f'{{"timeline": {{"tracks": [{{"clips": [{inside}]}}]}}}}'


def _slots(inside: str) -> str:
    return f'{{"template": "retail.spotlight", "slots": {{{inside}}}}}'


def _merge_bomb(_size: int) -> str:
    lines = ["a0: &a0 {k: 1}"]
    lines += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}" for n in range(1, 12)]
    return "\n".join(lines)


def _alias_bomb(_size: int) -> str:
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return "\n".join(lines)


JSON_SHAPES: Final[dict[str, Shape]] = {
    "unknown names": lambda n: '{"template": "x", "slots": {}, ' + _numbered('"key#": 1', n, ", ") + "}",
    "unknown slots": lambda n: _slots(_numbered('"key#": 1', n, ", ")),
    "unknown names of a clip": lambda n: _clip(
        '{"kind": "image", "src": "a", ' + _numbered('"key#": 1', n, ", ") + "}"
    ),
    "near misses": lambda n: _clip('{"kind": "image", ' + _numbered('"duratio#": 1', n, ", ") + "}"),
    "names of dots": lambda n: _slots(_numbered('"' + ".[" * 20 + '#": 1', n, ", ")),
    "one long name": lambda n: _slots('"' + "a.[" * (n // 3) + '": 1'),
    "clips without all": lambda n: _clip(_repeat('{"kind": "image"}', n, ", ")),
    "clips of no kind": lambda n: _clip(_repeat("{}", n, ", ")),
    "clips of a wrong kind": lambda n: _clip(_numbered('{"kind": "imag#"}', n, ", ")),
    "clips that are numbers": lambda n: _clip(_repeat("7", n, ", ")),
    "wrong choices": lambda n: _clip(_numbered('{"kind": "image", "fit": "cove#"}', n, ", ")),
    "a wrong choice of a MiB": lambda n: _clip('{"kind": "image", "fit": "' + "x" * n + '"}'),
    "wrong times": lambda n: _clip(_repeat('{"kind": "image", "src": "a", "duration": "1e9"}', n, ", ")),
    "wrong keyframes": lambda n: _clip(
        _repeat(
            '{"kind": "image", "src": "a", "x": [' + _repeat('{"at": "x", "value": true}', 4000, ", ") + "]}", n, ", "
        )
    ),
    "switches for numbers": lambda n: _clip(_repeat('{"kind": "image", "opacity": true}', n, ", ")),
    "wrong effects": lambda n: _clip(
        _repeat('{"kind": "image", "src": "a", "effects": [{"name": "basics.vignete", "a": 1}]}', n, ", ")
    ),
    "groups in groups": lambda n: _clip(
        '{"kind": "group", "tracks": [{"clips": [' * 12 + _repeat("{}", n, ", ") + "]}]}" * 12
    ),
    "nested lists": lambda n: '{"a": ' + "[" * (n // 2) + "]" * (n // 2) + "}",
    "nested mappings": lambda n: '{"a":' * (n // 5) + "1" + "}" * (n // 5),
    "open brackets": lambda n: "[" * n,
    "wide and 38 deep": lambda n: '{"a": ' + "[" * 38 + _repeat("1", n, ",") + "]" * 38 + "}",
    "digits": lambda n: _slots('"a": ' + "9" * n),
    "digits after the point": lambda n: _slots('"a": 0.' + "9" * n),
    "large exponents": lambda n: _slots('"a": [' + _repeat("1e999", n, ",") + "]"),
    "numbers of 4,000 digits": lambda n: _slots('"a": [' + _repeat("9" * 4000, n, ",") + "]"),
    "one long text": lambda n: _slots('"headline": "' + "x" * n + '"'),
    "escapes": lambda n: _slots('"headline": "' + "\\ud800" * (n // 6) + '"'),
    "one name again and again": lambda n: "{" + _repeat('"a": 1', n, ", ") + "}",
    "an end that is missing": lambda n: '{"template": "x", "slots": {' + _numbered('"key#": 1', n, ", "),
    "photos that are missing": lambda n: _slots('"photos": [' + _numbered('"p#.jpg"', n, ", ") + "]"),
}  # fmt: skip

YAML_SHAPES: Final[dict[str, Shape]] = {
    "unknown names": lambda n: "template: x\n" + _numbered("key#: 1\n", n),
    "a list of letters": lambda n: "a:\n" + _repeat("- b\n", n),
    "a list of numbers": lambda n: "a:\n" + _repeat("- 1.5\n", n),
    "a flow list": lambda n: "a: [" + _repeat("b", n, ", ") + "]",
    "open brackets": lambda n: "a: " + "[" * n,
    "100,000 nested brackets": lambda _n: "a: " + "[" * 100_000 + "]" * 100_000,
    "open braces": lambda n: "a: " + "{" * n,
    "nested braces": lambda n: "a: " + "{b: " * (n // 5) + "1" + "}" * (n // 5),
    "dashes": lambda n: "- " * (n // 2),
    "question marks": lambda n: "? " * (n // 2),
    "question marks in a flow": lambda n: "a: {" + "? " * (n // 2),
    "colons in a flow": lambda n: "a: {" + ": " * (n // 2),
    "ever deeper": lambda n: "\n".join(" " * depth + "a:" for depth in range(int((2 * n) ** 0.5))),
    "merges": _merge_bomb,
    "merges of one mapping": lambda n: (
        "a: &a {" + _numbered("k#: 1", n // 2, ", ") + "}\nb:\n" + _repeat("- {<<: *a}\n", n // 2)
    ),
    "aliases": _alias_bomb,
    "aliases of one list": lambda n: "a: &a [" + _repeat("b", n // 2, ", ") + "]\nc:\n" + _repeat("- *a\n", n // 2),
    "anchors": lambda n: "a:\n" + _numbered("- &a# b\n", n),
    "anchors and aliases": lambda n: "a:\n" + _numbered("- &a# b\n- *a#\n", n),
    "tags": lambda n: "a:\n" + _repeat("- !!str b\n", n),
    "quoted texts": lambda n: "a:\n" + _repeat('- "\\u00e9\\n"\n', n),
    "one quoted text": lambda n: 'a: "' + "\\x41" * (n // 4) + '"',
    "one quoted text of lines": lambda n: 'a: "' + "x\n\n " * (n // 4) + '"',
    "an open quote": lambda n: 'a: "' + "x\n " * (n // 3),
    "one plain text of lines": lambda n: "a:\n" + " x\n" * (n // 3),
    "a block text": lambda n: "a: |\n" + " x\n" * (n // 3),
    "a folded text": lambda n: "a: >\n" + " x\n\n" * (n // 4),
    "block texts": lambda n: "a:\n" + _repeat("- |\n x\n", n),
    "comments": lambda n: "a: 1\n" + _repeat("#\n", n),
    "one comment": lambda n: "a: 1\n#" + "x" * n,
    "empty lines": lambda n: "a: 1" + "\n" * n,
    "blanks": lambda n: "a: 1" + " " * n,
    "tabs": lambda n: "a:\n" + "\t\n" * (n // 2),
    "documents": lambda n: _repeat("---\na: 1\n", n),
    "directives": lambda n: _repeat("%YAML 1.1\n", n) + "---\na: 1\n",
    "one long name": lambda n: "a" * n + ": 1",
    "names of 1,000 letters": lambda n: _numbered("b" * 1000 + "#: 1\n", n),
    "one name again and again": lambda n: _repeat("a: 1\n", n),
    "digits": lambda n: "a: " + "9" * n,
    "underscores and digits": lambda n: "a: 0." + "9" * n + "x",
    "dates": lambda n: "a:\n" + _repeat("- 2001-12-14t21:59:43.10-05:00\n", n),
    "clips of no kind": lambda n: "timeline:\n tracks:\n - clips:\n" + _repeat("  - {}\n", n),
    "emoji": lambda n: "a: " + "😀" * (n // 4),
}  # fmt: skip

SCRIPT_SHAPES: Final[dict[str, Shape]] = {
    "shots without words": lambda n: "title: a\nlanguage: en\nshots:\n" + _repeat("- {role: hook}\n", n),
    "shots of a wrong role": lambda n: "title: a\nlanguage: en\nshots:\n" + _numbered("- {role: hoo#}\n", n),
    "braces": lambda n: 'title: a\nlanguage: en\nshots:\n- {role: hook, words: "' + "{" * n + '"}',
    "slots": lambda n: 'title: a\nlanguage: en\nshots:\n- {role: hook, words: "' + "{nme}" * (n // 5) + '"}',
    "numbered slots": lambda n: 'title: a\nlanguage: en\nshots:\n- {role: hook, words: "{' + "[1]" * (n // 3) + '}"}',
}  # fmt: skip

PRODUCT_SHAPES: Final[dict[str, Shape]] = {
    "unknown names": lambda n: '{"name": "a", ' + _numbered('"key#": 1', n, ", ") + "}",
    "one long name": lambda n: json.dumps({"name": "a" * n}),
    "a name of brackets": lambda n: json.dumps({"name": "(" * n}),
    "a name of tags": lambda n: json.dumps({"title": "<" * n, "vendor": "x"}),
    "a name of entities": lambda n: json.dumps({"title": "&amp;" * (n // 5), "vendor": "x"}),
    "a description of tags": lambda n: json.dumps({"name": "a", "description": "<br " * (n // 4)}),
    "a description of blanks": lambda n: json.dumps({"name": "a", "description": "a " + " " * n + "b"}),
    "a description of sentences": lambda n: json.dumps({"name": "a", "description": "Holds up to 3. " * (n // 15)}),
    "points": lambda n: '{"name": "a", "points": [' + _numbered('"p#"', n, ", ") + "]}",
    "facts": lambda n: '{"name": "a", "facts": [' + _repeat('{"name": "b"}', n, ", ") + "]}",
    "a price of digits": lambda n: json.dumps({"name": "a", "price": "9" * n}),
    "a price of groups": lambda n: json.dumps({"name": "a", "price": "1" + ",000" * (n // 4) + "x"}),
    "a price of 400 digits": lambda _n: '{"name": "a", "price": 1' + "0" * 400 + "}",
    "micros": lambda _n: '{"title": "a", "link": "b", "price": {"amountMicros": "²"}}',
    "a number of 4,000 digits": lambda _n: '{"name": ' + "9" * 4000 + "}",
    "a highest price of digits": lambda _n: '{"name": "a", "price": 1, "x": 1, "max_price": 1' + "0" * 400 + "}",
    "a reference of digits": lambda n: json.dumps({"title": "&#" + "9" * n + ";", "vendor": "x"}),
    "variants": lambda n: '{"title": "a", "variants": [' + _numbered('{"price": #}', n, ", ") + "]}",
    "categories": lambda n: '{"name": "a", "category": [' + _numbered('"c#"', n, ", ") + "]}",
    "a graph": lambda n: '{"@graph": [' + _repeat('{"@type": "Product"}', n, ", ") + "]}",
    "properties": lambda n: (
        '{"@type": "Product", "name": "a", "additionalProperty": [' + _repeat('{"name": 1, "value": 2}', n, ", ") + "]}"
    ),
    "a list": lambda n: "[" + _repeat("{}", n, ", ") + "]",
    "nested lists": lambda n: "[" * n,
}  # fmt: skip

SHEET_SHAPES: Final[dict[str, Shape]] = {
    "products without names": lambda n: "[" + _repeat("{}", n, ", ") + "]",
    "unknown names": lambda n: "[" + _numbered('{"name": "a", "key#": 1, "price": true}', n, ", ") + "]",
    "nested lists": lambda n: "[" * n,
    "not a list": lambda n: '{"products": ' + _repeat("1", n) + "}",
}

_COLOR: Final = '{"kind": "color", "color": "red", "duration": 1'
DRAFT_SHAPES: Final[dict[str, Shape]] = {
    "effects that are unknown": lambda n: _clip(
        _repeat(_COLOR + ', "effects": [' + _numbered('"basics.vignett#"', 400, ", ") + "]}", n, ", ")
    ),
    "effects with unknown names": lambda n: _clip(
        _repeat(_COLOR + ', "effects": [{"name": "basics.vignette", "strengt": 1}]}', n, ", ")
    ),
    "stickers that are unknown": lambda n: _clip(
        _numbered('{"kind": "sticker", "sticker": "basics.star#", "duration": 1}', n, ", ")
    ),
    "texts of an unknown font": lambda n: _clip(
        _numbered('{"kind": "text", "text": "a", "duration": 1, "look": {"font": "Noto#"}}', n, ", ")
    ),
    "media that are missing": lambda n: _clip(
        _numbered('{"kind": "image", "src": "https://a.example/#.jpg", "duration": 1}', n, ", ")
    ),
    "clips in the way of others": lambda n: _clip(_repeat(_COLOR + ', "at": 0}', n, ", ")),
    "cues": lambda n: (
        f'{{"timeline": {{"tracks": [{{"clips": [{_COLOR}}}]}}], "captions": {{"cues": ['
        + _repeat('{"at": 0, "duration": 1, "text": "a"}', n, ", ")
        + "]}}}"
    ),
    "colours one after another": lambda n: _clip(_repeat(_COLOR + "}", n, ", ")),
}  # fmt: skip

CSV_SHAPES: Final[dict[str, Shape]] = {
    "unknown columns": lambda n: _numbered("column#", n, ",") + "\n",
    "one column again and again": lambda n: _repeat("name", n, ",") + "\n",
    "empty columns": lambda n: "name" + "," * n + "\n",
    "wide empty rows": lambda n: "name,price\n" + _repeat("," * 1000 + "\n", n),
    "rows without all": lambda n: "name,price\n" + _repeat("a,x\n", n),
    "cells of lists": lambda n: "name,photos\n" + _repeat("a," + "p|" * 100 + "\n", n),
    "one long cell": lambda n: 'name\n"' + "x" * n + '"\n',
    "open quotes": lambda n: 'name\n"' + "\n" * n,
    "quotes": lambda n: "name\n" + '"' * n,
    "carriage returns": lambda n: "name\n" + "\r" * n,
    "NUL": lambda n: "name\n" + "\0" * n,
}

NDJSON_SHAPES: Final[dict[str, Shape]] = {
    "unknown names, 3 KiB a row": lambda n: _repeat(
        "{" + _numbered('"key#": 1', 3000, ", ") + "}", n, "\n"
    ),
    "near misses, 3 KiB a row": lambda n: "\n".join(
        "{" + ", ".join(f'"heade{row}{index}": 1' for index in range(170)) + "}" for row in range(max(1, n // 3400))
    ),
    "unknown names, one row": lambda n: "{" + _numbered('"key#": 1', n, ", ") + "}",
    "empty rows": lambda n: _repeat("{}", n, "\n"),
    "rows that are YAML": lambda n: _repeat("a: 1", n, "\n"),
    "one row of YAML": lambda n: "a: [" + _repeat("b", n, ", ") + "]",
    "open brackets": lambda n: _repeat("[" * 2000, n, "\n"),
    "timelines": lambda n: _repeat(_clip("{}"), n, "\n"),
    "blank lines": lambda n: "\n" * n,
}  # fmt: skip

EVENT_SHAPES: Final[dict[str, Shape]] = {
    "empty rows": lambda n: _repeat("{}", n, "\n"),
    "unknown names": lambda n: "{" + _numbered('"key#": 1', n, ", ") + "}",
    "near misses": lambda n: _repeat('{"productio": 1, "knd": 2, "viewr": 3}', n, "\n"),
    "digits": lambda n: '{"at": ' + "9" * 4000 + "}\n" + '{"count": 1e999, "value": "' + "9" * n + '"}',
    "numbers of 4,000 digits": lambda n: _repeat('{"id": ' + "9" * 4000 + "}", n, "\n"),
    "nested lists": lambda n: "[" * n,
}

EVENT_CSV_SHAPES: Final[dict[str, Shape]] = {
    "unknown columns": lambda n: _numbered("column#", n, ",") + "\n",
    "one column again and again": lambda n: _repeat("id", n, ",") + "\n",
    "rows": lambda n: "id,production,kind,at\n" + _repeat("a,b,c,d\n", n),
}

_CUE: Final = "00:00:01,000 --> 00:00:02,500\n"
_SCRIPT: Final = "[Script Info]\n\n[Events]\n"
_EVENT: Final = "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,"
CAPTION_SHAPES: Final[dict[str, Shape]] = {
    "cues": lambda n: _repeat(_CUE + "words\n\n", n),
    "cues without words": lambda n: _repeat(_CUE, n),
    "dots in a tag": lambda n: _CUE + "<b" + "." * n,
    "classes": lambda n: _CUE + "<c" + ".a" * (n // 2),
    "voices": lambda n: "WEBVTT\n\n" + _CUE + "<v" + ".a" * (n // 2),
    "classes that never end": lambda n: _CUE + "<c>" * (n // 3),
    "voices that never end": lambda n: _CUE + "<v a>" * (n // 5),
    "open tags": lambda n: _CUE + "<font " * (n // 6),
    "blanks in a tag": lambda n: _CUE + "<b" + " " * n,
    "braces": lambda n: _CUE + "{\\" * (n // 2),
    "entities": lambda n: _CUE + "&amp;" * (n // 5),
    "breaks": lambda n: _CUE + "<br" + " " * n + "<br>" * 10,
    "arrows": lambda n: _CUE + "--> " * (n // 4),
    "an arrow and blanks": lambda n: _CUE + "-->" + " " * n,
    "digits": lambda n: _CUE + "1" * n + ":1",
    "blank lines": lambda n: "\n" * n + _CUE + "a",
    "notes": lambda n: "WEBVTT\n\n" + "NOTE\n\n" * (n // 6) + _CUE + "a",
    "one long line": lambda n: _CUE + "x" * n,
    "lines": lambda n: _CUE + "x\n" * (n // 2),
    "styles": lambda n: "WEBVTT\n\nSTYLE\n" + "::cue(.a){color:red}" * (n // 20) + "\n\n" + _CUE + "a",
    "a rule that never ends": lambda n: "WEBVTT\n\nSTYLE\n" + "::cue(" * (n // 6) + "\n\n" + _CUE + "a",
    "comments in a style": lambda n: "WEBVTT\n\nSTYLE\n" + "/*" * (n // 2) + "\n\n" + _CUE + "a",
    "times in a cue": lambda n: "WEBVTT\n\n" + _CUE + "<00:01.000>a" * (n // 12),
    "fields of a font": lambda n: _CUE + "<font " + "a=b " * (n // 4) + ">x",
    "rolling cues": lambda n: "WEBVTT\n\n" + _repeat("00:01.000 --> 00:02.000\na\nb\n\n", n),
    "ASS events": lambda n: _SCRIPT + _repeat(_EVENT + "words\n", n),
    "ASS karaoke": lambda n: _SCRIPT + _EVENT + "{\\k1}a" * (n // 6),
    "ASS tags": lambda n: _SCRIPT + _EVENT + "{" + "\\t(" * (n // 3) + "}a",
    "ASS braces": lambda n: _SCRIPT + _EVENT + "{" * n,
    "ASS styles": lambda n: _SCRIPT + "[V4+ Styles]\n" + _numbered("Style: #,Arial,20\n", n),
    "ASS fields": lambda n: _SCRIPT + "Format: " + "a," * (n // 2) + "start,end,text\n",
    "cues one over another": lambda n: _repeat("00:00:01,000 --> 00:10:00,000\nw\n\n", n),
}

LIBRARY_SHAPES: Final[dict[str, Shape]] = {
    "edits of no kind": lambda n: "[" + _repeat("{}", n, ",") + "]",
    "edits of a wrong kind": lambda n: "[" + _numbered('{"op": "sho#"}', n, ",") + "]",
    "unknown names": lambda n: "[{" + _numbered('"key#": 1', n, ", ") + "}]",
}
