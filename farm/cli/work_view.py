"""The printed view of a work, shot by shot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from farm.cli.library import short
from farm.cli.print import echo, print_json, print_table

if TYPE_CHECKING:
    from farm.contract.works import Work
    from farm.model.work import WorkShot


def print_work(work: Work, as_json: bool) -> None:
    """Print a work at its version: a row per shot; remarks on stderr."""
    if as_json:
        print_json(work)
        return
    document = work.document
    music = str(document.music.ref) if document.music is not None else "none"
    echo(
        f"{work.work_id}  {work.name}  version {work.version}  {work.seconds:.1f} s  "
        f"{work.template}  music {music[:19]}"
    )
    print_table(("shot", "role", "words", "length", "shows", "why"), map(_shot, document.shots))
    for remark in (*work.remarks, *document.notes):
        echo(f"note: {remark}", err=True)


def _shot(one: WorkShot) -> tuple[Any, ...]:
    shown, show = "words alone", one.show
    if show is not None:
        shown = short(show.asset)
        if show.kind == "video":
            stop = f"{show.stop_s:.1f}" if show.stop_s is not None else "end"
            shown += f" {show.start_s:.1f}–{stop} s"
        elif show.near > 1:
            shown += f" ×{show.near:g}"
    words = f"{one.label} | {one.words}" if one.label else one.words
    return one.id, one.role, words, f"{one.length_s:.1f} s", shown, one.why
