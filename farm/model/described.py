"""The docstrings below the members of enumerations, for lists and documentation."""

from __future__ import annotations

import ast
import inspect
from enum import StrEnum
from functools import cache
from itertools import pairwise


@cache
def described(kinds: type[StrEnum]) -> dict[str, str]:
    """Return what each member of an enumeration is, by its value; empty for one without a docstring."""
    body = ast.parse(inspect.getsource(kinds)).body[0]
    assert isinstance(body, ast.ClassDef)
    found = {}
    for node, after in pairwise(body.body):
        if (
            isinstance(node, ast.Assign)
            and isinstance(after, ast.Expr)
            and isinstance(node.targets[0], ast.Name)
        ):
            text = after.value.value if isinstance(after.value, ast.Constant) else ""
            found[kinds[node.targets[0].id].value] = " ".join(str(text).split())
    return {kind.value: found.get(kind.value, "") for kind in kinds}
