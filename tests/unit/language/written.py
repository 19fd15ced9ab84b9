"""Templates written in tests: compiled, checked and drafted."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from textwrap import dedent, indent
from typing import Any

from farm.language.check import check_text
from farm.language.program import Program, compiled
from farm.language.template_text import TemplateText
from farm.plugins.registry import Registry, load_registry
from farm.plugins.template import Brief
from tests.unit.farm_retail.test_templates import MEDIA

FRAME = """\
name: test.card
summary: A card.
slots:
  headline: {type: text, default: Hello}
  count: {type: integer, default: 3}
  duration: {type: number, unit: s, default: 2}
  lines: {type: list, of: text}
  photo: {type: media}
"""


def template(body: str, *, slots: str = "") -> TemplateText:
    """Return a template whose `timeline` shows a look with the values of `body`, a `let` section."""
    head = FRAME if not slots else f"name: test.card\nsummary: A card.\nslots:\n{indent(dedent(slots), '  ')}"
    return TemplateText("card.yaml", head + dedent(body))


@cache
def registry() -> Registry:
    """Return the installed plugins."""
    return load_registry()


def program(text: TemplateText) -> Program:
    """Return a compiled template, which is free of problems."""
    found = check_text(text, registry()).problems
    assert not found, [str(one) for one in found]
    return compiled(text)


def problems(text: TemplateText) -> list[str]:
    """Return what is wrong with a template."""
    return [one.message for one in check_text(text, registry()).problems]


def drafted(text: TemplateText, size: tuple[int, int] = (720, 1280), **slots: Any) -> dict[str, Any]:
    """Return the draft of a template as plain data."""
    made = program(text)
    brief = Brief(made.slots.model_validate(slots), MEDIA, *size, Fraction(30), "en")
    return made.draft(brief).model_dump(mode="json", exclude_unset=True)


def value_of(expression: str, size: tuple[int, int] = (720, 1280), **slots: Any) -> Any:
    """Return the value of an expression, as a document holds it."""
    quoted = expression.replace("'", "''")
    body = f"""
    let:
      {{a: [= slots.headline], b: = slots.count, c: = slots.duration, d: = slots.lines, e: "= given(slots.photo)"}}
    timeline:
      duration: 2s
      tracks:
        - clips:
            - kind: text
              text: x
              duration: 2s
              look: {{value: '= {quoted}', a: = a, b: = b, c: = c, d: = d, e: = e}}
    """
    made = compiled(template(body))
    brief = Brief(made.slots.model_validate(slots), MEDIA, *size, Fraction(30), "en")
    return made.draft(brief).model_dump(mode="json")["tracks"][0]["clips"][0]["look"].get("value")
