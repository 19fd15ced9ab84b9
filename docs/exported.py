"""What each name of farm.plugin is: the first sentence of its docstring, read from the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from farm.plugin import MODULES, __all__


def exported() -> Iterator[tuple[str, str]]:
    """Yield each name of ``farm.plugin`` and its first sentence.

    Raises:
        LookupError: a name has no docstring where it is defined.
    """
    sentences: dict[str, dict[str, str]] = {}
    for name in __all__:
        module = MODULES[name]
        if module not in sentences:
            sentences[module] = dict(_sentences(module))
        if name not in sentences[module]:
            raise LookupError(
                f"`{name}` of `{module}` has no docstring; write one, since farm.plugin exports it"
            )
        yield name, sentences[module][name]


def _sentences(module: str) -> Iterator[tuple[str, str]]:
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    body = ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body
    for statement, following in zip(body, [*body[1:], None], strict=True):
        match statement:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                text = ast.get_docstring(statement)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                text = _text(following)
            case ast.Try(body=[ast.Import(names=[ast.alias(name=name)])]):
                text = _text(following)
            case _:
                continue
        if text:
            yield name, _first_sentence(text)


def _text(statement: ast.stmt | None) -> str | None:
    match statement:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return text
        case _:
            return None


def _first_sentence(text: str) -> str:
    paragraph = " ".join(text.split("\n\n")[0].split())
    sentence = re.split(r"(?<=[.;])\s|:$", paragraph)[0].rstrip(".;:")
    # Roles of Sphinx, and literals in double backquotes, are one backquote in Markdown.
    return re.sub(r"``(.+?)``", r"`\1`", re.sub(r":\w+:`~?([^`]+)`", r"`\1`", sentence))
