"""Jobs that look at assets: what their documents say."""

from __future__ import annotations

import json

from farm.errors import DocumentError, Problem


def look_document(sha256: str) -> str:
    """Return the document of a job that looks at an asset."""
    return json.dumps({"look_at": sha256})


def parse_look(document: str) -> str:
    """Return the asset that a job looks at.

    Raises:
        DocumentError: the document is no such job's.
    """
    try:
        return str(json.loads(document)["look_at"])
    except (ValueError, KeyError, TypeError) as error:
        raise DocumentError([Problem("look_at", f"names no asset ({error})")], source="look") from error
