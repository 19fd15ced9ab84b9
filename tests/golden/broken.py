"""A broken document, and short ways to write one."""

from __future__ import annotations

from dataclasses import dataclass

PHOTO = "{kind: image, src: photo.jpg, duration: 1}"
FADE = "{kind: transition, use: basics.fade, duration: 0.4}"


@dataclass(frozen=True, slots=True)
class Case:
    """A broken document and the messages that it must give."""

    name: str
    """What is wrong."""
    text: str | bytes
    """The document."""
    messages: tuple[str, ...]
    """Parts of the messages, in any order."""
    file: str = "job.yaml"
    """The document's name."""


def clips(*items: str, more: str = "", output: str = "") -> str:
    """Return a timeline job of one track."""
    lines = "".join(f"    - {item}\n" for item in items)
    end = f"output: {output}\n" if output else ""
    return f"timeline:\n  tracks:\n  - clips:\n{lines}{more}{end}"


def slots(text: str, template: str = "retail.spotlight", output: str = "") -> str:
    """Return a template job."""
    return f"template: {template}\nslots: {text}\n" + (f"output: {output}\n" if output else "")
