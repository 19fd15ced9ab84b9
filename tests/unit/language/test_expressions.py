"""Expressions compute, with units, and can do nothing else."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farm.errors import DocumentError
from farm.language.functions import FUNCTIONS
from farm.language.grammar import GrammarError, parse
from farm.language.scope import MAX_NUMBER
from tests.unit.language.written import drafted, problems, template, value_of


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("-2 - -3", 1),
        ("7 / 2", 3.5),
        ("50%", 0.5),
        ("50% * canvas.width", 360),
        ("10vmin + 10vw + 10vh", 72 + 72 + 128),
        ("2s * fps", "60f"),
        ("30f / fps", 1),
        ("frames(0.5s)", "15f"),
        ("45f", "45f"),
        ("10deg + 5deg", 15),
        ("round(2.5)", 2),
        ("round(10px / 3, 2)", 3.33),
        ("mod(7, 3)", 1),
        ("clamp(9, 0, 4)", 4),
        ("if 1 < 2 then 'a' else 'b'", "a"),
        ("not (1 == 2 or 2 == 3) and 3 in [1, 3]", True),
        ("'it''s'", "it"),
        ('"double"', "double"),
        ("upper(slots.headline)", "HELLO"),
        ("slots.photo ?? none", None),
        ("count(slots.lines)", 2),
        ("slots.lines[-1]", "two"),
        ("first(slots.lines) ?? 'none'", "one"),
        ("item(slots.lines, 7) ?? 'none'", "none"),
        ("cycle(slots.lines, 3)", "two"),
        ("slice(slots.lines, 1)", ["two"]),
        ("slots.lines + ['three']", ["one", "two", "three"]),
        ("[]", []),
        ("join(slots.lines, ', ')", "one, two"),
        ("digits(3, 2)", "03"),
        ("money(1299, 'EUR')", "€1,299"),
        ("percent_off(75, 100)", 25),
        ("#ff0000", "#ff0000"),
        ("mix(#000000, white, 0.5)", "#808080"),
        ("contrast(white, black)", 21),
        ("readable(#777777, #888888)", "#000000"),
        ("white.r", 255),
        ("area(1px, 2px, 3px, 4px)", [1, 2, 3, 4]),
        ("inset(canvas.all, 10px, 20px).bottom", 1260),
        ("fit(area(0px, 0px, 100px, 100px), 2).top", 25),
        ("canvas.form", "tall"),
        ("language", "en"),
        ("steps([1, 4, 9])", [3, 5]),
        ("cuts([1, 1], 2s)", ["0f", "30f", "60f"]),
        ("replace('a b', ' ', '-')", "a-b"),
    ],
)
def test_values(expression: str, value: Any) -> None:
    found = value_of(expression.replace("it''s", "it"), lines=["one", "two"])
    assert found == pytest.approx(value) if isinstance(value, float) else found == value


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("1px + 1s", "px + s: both are to have the same unit"),
        ("1px < 1", "px is compared with number"),
        ("2px * 3px", "px2 cannot be part of a timeline"),
        ("upper(3)", "`text` of `upper` is a plain number where text is due"),
        ("max(1px, 2s)", "`values` of `max` is a number of s, and an argument before it a number of px"),
        ("slots.headlin", "has no field `headlin`; did you mean `headline`?"),
        ("headline", "nothing is called `headline`"),
        ("uper('a')", "no function is called `uper`; did you mean `upper`?"),
        ("upper()", "`upper` lacks `text`"),
        ("upper('a', 'b')", "`upper` takes at most 1 (text), but has 2"),
        ("mix(white, black, part=1)", "`part` is no argument of `mix`"),
        ("slots.photo.width", "may be missing where `.width` is read; test `given(slots.photo)` first"),
        ("slots.headline ?? 'x'", "`??` follows what may be missing, and text never is"),
        ("given(slots.headline)", "asks for what may be missing; compare it with ''"),
        ("if slots.headline then 1 else 2", "a condition is a flag, not text; compare it with ''"),
        ("if yes then 1 else 'a'", "both are to be alike"),
        ("'a' + 'b'", "texts are not added"),
        ("[1, 'a']", "the items of a list are alike"),
        ("not 3", "`not` takes a flag"),
        ("3 em", "follows a complete expression"),
        ("3em", "`em` is no unit; allowed: px, s, f, deg, vmin, vw, vh, %"),
        ("1 < 2 < 3", "comparisons are joined by `and`"),
        ("1 = 2", "write `==` to compare"),
        ("a ? b : c", "write `if … then … else …`"),
        ("if yes then 1", "`else` after the value of `then` is due, but found the end"),
        ("(1", "to close the bracket"),
        ("'open", "a text has no closing quote"),
        ("'#12' == #12345", "`#12345` is not a colour"),
        ("1e13", "numbers are at most 1e12"),
        ("5 % 2", "write `mod(a, b)`"),
        ("2 ** 3", "a value is due"),
        ("lambda: 1", "`:`: it has no meaning in an expression"),
        ("[x for x in slots.lines]", "`,` between items is due, but found `for`"),
        ("slots.__class__", "has no field `__class__`"),
        ("''.join", "text has no fields"),
        ("__import__('os')", "no function is called `__import__`"),
        ("open('/etc/passwd')", "no function is called `open`"),
        ("canvas.safe.quad", "has no field `quad`"),
        ("white.hex()", "follows a complete expression"),
        ("(" * 60 + "1" + ")" * 60, "nested deeper than"),
        ("1" + " + 1" * 400, "is too long; name parts of it in `let`"),
    ],
)
def test_wrong_expressions_are_refused_with_their_line(expression: str, message: str) -> None:
    quoted = expression.replace("'", "''")
    text = template(f"let: {{wrong: '= {quoted}'}}\ntimeline: {{duration: 2s, tracks: [{{clips: "
                    "[{kind: text, text: x, duration: 2s, look: {a: = wrong, b: = slots}}]}]}")  # fmt: skip
    found = [one for one in problems(text) if message in one]
    assert found, problems(text)
    assert found[0].startswith("card.yaml, line 9") or "px2" in message


@pytest.mark.parametrize(
    ("expression", "slots", "message"),
    [
        ("1 / (slots.count - 3)", {}, "is divided by 0"),
        ("slots.lines[slots.count]", {}, "there is no item 3 in a list of 0"),
        ("cycle(slots.lines, 1)", {}, "an empty list has no items to repeat"),
        ("range(slots.count)", {"count": 5000}, "a list has at most 1,000 items"),
        ("repeat('abc', slots.count)", {"count": 10**6}, "a text has more than 10,000 characters"),
        ("1e12 * slots.count", {}, "a number is larger than 1e+12"),
        ("color(slots.headline)", {}, "`Hello` is not a colour"),
        ("fit(canvas.all, slots.count - 3)", {}, "an aspect is above 0"),
        ("cuts([slots.count - 3], 2s)", {}, "weights are above 0"),
    ],
)
def test_what_cannot_be_computed_names_the_slot_and_the_line(
    expression: str, slots: dict[str, Any], message: str
) -> None:
    with pytest.raises(DocumentError, match="line") as caught:
        value_of(expression, **slots)
    (problem,) = caught.value.problems
    assert message in problem.message
    assert problem.message.startswith("card.yaml, line ")
    assert problem.path in ("slots.count", "slots.lines", "slots.headline")


_ATOMS = st.sampled_from(
    [
        "1", "0", "2.5", "3px", "2s", "'a'", "slots.headline", "slots.lines", "slots.photo", "canvas", "canvas.safe",
        "fps", "white", "[]", "none", "yes", "range(1000)", "1e12", "x.__class__", "().__class__", "slots.photo.asset",
    ]
)  # fmt: skip
_SIGNS = st.sampled_from(["+", "-", "*", "/", "==", "<", "and", "or", "??", "in", ".", "**", "if", ":="])
_CALLED = st.sampled_from([*FUNCTIONS, "given", "eval", "getattr"])
_EXPRESSIONS = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, _SIGNS, inner).map(" ".join),
        st.tuples(_CALLED, st.lists(inner, max_size=4)).map(lambda pair: f"{pair[0]}({', '.join(pair[1])})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]})[{pair[1]}]"),
        st.tuples(inner, inner, inner).map(lambda three: "if {} then {} else {}".format(*three)),
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(expression=_EXPRESSIONS, given_photo=st.booleans())
def test_an_expression_is_a_plain_value_or_a_typed_error(expression: str, given_photo: bool) -> None:
    slots = {"photo": "wide.jpg", "lines": ["one"]} if given_photo else {}
    try:
        value = value_of(expression, **slots)
    except DocumentError:
        return  # refused when it is compiled, or when it drafts
    _is_plain(value)


def _is_plain(value: Any) -> None:
    assert value is None or type(value) in (str, int, float, bool, list, dict)
    if isinstance(value, int | float):
        assert abs(value) <= MAX_NUMBER
    for item in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
        _is_plain(item)


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_is_a_tree_or_a_grammar_error(text: str) -> None:
    with suppress(GrammarError):
        parse(text)


def test_texts_are_filled() -> None:
    body = """
    timeline:
      duration: = slots.duration
      tracks:
        - clips:
            - kind: text
              text: "${upper(slots.headline)}: ${slots.count} of ${1 / 4} for $${5} ${join(slots.lines)}"
              duration: 2s
              opacity: = if given(slots.photo) then 1 else 0.5
    """
    found = drafted(template(body), lines=["x", "y"])
    assert found["tracks"][0]["clips"][0]["text"] == "HELLO: 3 of 0.25 for ${5} x y"
    assert found["duration"] == 2
