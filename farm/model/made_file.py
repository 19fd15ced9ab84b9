"""Names of files that analysers make of an asset: they become files on people's machines when they are exported."""

from __future__ import annotations

import re
from typing import Final

_NAME: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
ALLOWED: Final = (
    "letters, digits, `-`, `_` and `.`, no leading dot, at most 100 characters, as `thumbnail.jpg`"
)


def is_file_name(name: str) -> bool:
    """Return whether ``name`` is a plain file name, which stays in whatever folder it is written to."""
    return _NAME.fullmatch(name) is not None
