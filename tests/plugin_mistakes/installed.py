"""A plugin as pip would have installed it: a module, and its distribution's metadata beside it."""

from __future__ import annotations

from pathlib import Path

TINT = """
from typing import ClassVar

import numpy as np

from farm.plugin import hookimpl
from farm.render.element import Effect
from farm.render.frame import Frame


class Tint(Effect):
    name: ClassVar[str] = "acme.tint"

    def apply(self, frame, at):
        return Frame(frame.y, np.full_like(frame.u, {blue}), frame.v, frame.a, frame.a2)


@hookimpl
def farm_effects():
    return [Tint]
"""


def install(site: Path, source: str, version: str = "1.2") -> None:
    """Write the plugin ``acme`` of Ann Lee into a folder of packages."""
    info = site / f"acme_farm-{version}.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (site / "acme_farm.py").write_text(source)
    (info / "entry_points.txt").write_text("[farm]\nacme = acme_farm\n")
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: acme-farm\nVersion: {version}\nAuthor-email: Ann Lee <ann@acme.example>\n"
    )
    (info / "RECORD").write_text("acme_farm.py,,\n")
