"""Names of files that analysers derive from an asset, and that are written to users' machines on export."""

from __future__ import annotations

import re
from typing import Final

_NAME: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
ALLOWED: Final = (
    "letters, digits, `-`, `_` and `.`, no leading dot, at most 100 characters, e.g. `thumbnail.jpg`"
)


def is_file_name(name: str) -> bool:
    """Return whether ``name`` is a plain file name, which cannot escape the folder it is written to."""
    return _NAME.fullmatch(name) is not None
