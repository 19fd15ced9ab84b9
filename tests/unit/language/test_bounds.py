"""Templates that would take for ever, or grow without end, are refused with a message."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from farm.errors import DocumentError
from tests.unit.language.written import drafted, problems, template

_SHOWN = (
    'timeline:\n  duration: 2s\n  tracks:\n    - clips:\n        - kind: text\n          text: = slots.headline\n'
    '          name: "${slots.count} ${count(slots.lines)}"\n          duration: = slots.duration\n'
    "          opacity: = if given(slots.photo) then 1 else 0.5\n          look: {size: '= %s'}\n"
)  # fmt: skip


def _chain(count: int, first: str, following: Callable[[str], str]) -> str:
    names = "".join(f"  v{at}: {following(f'v{at - 1}')}\n" for at in range(1, count))
    return f"let:\n  v0: {first}\n{names}"


def _parts(count: int, first: str, following: Callable[[str], str]) -> str:
    names = "".join(f"  p{at}: {following(f'p{at - 1}')}\n" for at in range(1, count))
    return f"parts:\n  p0: {first}\n{names}"


_GROUP = (
    "{{clips: {{for: x in range(100), give: {{kind: group, duration: 1s, tracks: [{{clips: = {0}}}]}}}}}}"
)
CASES: dict[str, tuple[str, str]] = {
    "records of records": (
        _chain(40, "{a: = 1}", "{{a: = {0}, b: = {0}}}".format) + _SHOWN % "v39", "a record holds at most 500 values"
    ),
    "lists of lists": (_chain(30, "[= 1]", "[= {0}, = {0}]".format) + _SHOWN % "v29", "more than 100,000 steps"),
    "long lists": (
        _chain(9, "[= 1]", "{{for: x in range(100), give: = {0}}}".format) + _SHOWN % "v8", "more than 1,000 items"
    ),
    "parts of documents": (
        _chain(30, "{document: {a: 1}}", "{{document: {{a: = {0}, b: = {0}}}}}".format) + _SHOWN % "v29",
        "draws more than 60,000 values",
    ),
    "clips of clips": (
        _chain(9, "{clips: [{kind: gap, duration: 1s}]}", _GROUP.format) + _SHOWN % "1px" + "    - clips: = v8\n",
        "its timeline has more than 200,000 values",
    ),
    "large numbers": (_chain(60, "= 3", "= {0} * {0}".format) + _SHOWN % "v59", "larger than 1e+12"),
    "long texts": (
        _chain(60, "= slots.headline", "= join([{0}, {0}])".format) + _SHOWN % "length(v59)",
        "more than 10,000 characters",
    ),
    "parts that multiply": (
        _parts(40, "{clips: [{kind: gap, duration: 1s}]}", "{{clips: [{{part: {0}}}, {{part: {0}}}]}}".format)
        + _SHOWN % "1px" + "    - clips: [{part: p39}]\n",
        "draws more than 60,000 values",
    ),
    "functions that multiply": (
        _parts(40, "{gives: = 1}", "{{gives: = {0}() + {0}()}}".format) + _SHOWN % "p39()", "more than 100,000 steps"
    ),
    "repeats in repeats": (
        "let: {a: {for: a in range(1000), give: {for: b in range(1000), give: {for: c in range(1000), give: = c}}}}\n"
        + _SHOWN % "count(a) * 1px",
        "more than 1,000 items",
    ),
    "text to measure": (
        "let:\n  one: {is: setting, text: \"= repeat('ab ', 600)\", size: 400px, lines: 999}\n"
        "  all: {for: i in range(900), give: = one}\n" + _SHOWN % "count(stack(all, canvas.all)) * 1px",
        "more than 100,000 steps",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "message"), CASES.values(), ids=CASES)
def test_it_is_refused(body: str, message: str) -> None:
    text = template(body)
    found = " ".join(problems(text))
    if not found:
        with pytest.raises(DocumentError) as caught:
            drafted(text)
        found = str(caught.value)
    assert message in found
