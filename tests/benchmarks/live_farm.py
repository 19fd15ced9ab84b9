"""A farm of its own for a measurement: started by the CLI, asked over HTTP, its processes counted."""

from __future__ import annotations

import json
import os
import random
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from farm.client.client import FarmClient
from farm.cluster.process_tree import belonging, running
from farm.draft.starter_library import starter_folder
from farm.settings import Settings

PHOTOS = ("watch", "sunglasses", "loafers", "mug", "tank-top", "candle-holder")
TICK_S = 1.0 / os.sysconf("SC_CLK_TCK")


class LiveFarm:
    """Up while the block lasts."""

    def __init__(self, home: Path, workers: int) -> None:
        self.settings = Settings(home)
        self.workers = workers
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{probe.getsockname()[1]}"

    def __enter__(self) -> Self:
        self.farm("up", "--workers", str(self.workers), "--port", self.url.rsplit(":", 1)[1], "--keys")
        self.folder: str = json.loads(self.settings.state.read_text())["folder"]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.farm("down")

    def farm(self, *words: str) -> None:
        """Run a command of the CLI."""
        environment = {**os.environ, "FARM_HOME": str(self.settings.home)}
        environment.pop("FARM_ADDRESS", None)
        subprocess.run(
            [sys.executable, "-m", "farm", *words], env=environment, check=True, stdout=subprocess.DEVNULL
        )

    def client(self, key: str | None = None) -> FarmClient:
        """Return a client, the operator's where no key is given."""
        key = key or self.settings.operator_key.read_text()
        return FarmClient(self.url, key=key, patience_s=120.0)

    def processes(self, word: str = "") -> dict[int, str]:
        """Return the farm's processes with a word in their command."""
        mine = belonging(running(), self.folder)
        return {pid: command for pid, command in mine.items() if word in command}

    def cpu_s(self) -> dict[int, float]:
        """Return the CPU seconds that each of its processes has used."""
        used = {}
        for pid in self.processes():
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            used[pid] = (int(fields[11]) + int(fields[12])) * TICK_S
        return used

    def resident_bytes(self, word: str) -> int:
        """Return the memory of the first process with a word in its command; 0 where there is none."""
        for pid in self.processes(word):
            try:
                pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            except OSError:
                continue
            return pages * os.sysconf("SC_PAGE_SIZE")
        return 0


def sale(chance: random.Random, number: int, *, seconds: float, side_px: int) -> dict[str, Any]:
    """Return a job that no other equals: a short sale video of a real photo."""
    now = chance.randrange(5, 900)
    return {
        "template": "retail.sale",
        "slots": {
            "product": {
                "name": f"Product {number}",
                "price": now,
                "was": now + chance.randrange(5, 300),
                "points": chance.sample(["Free returns", "Two years", "Handmade", "New in", "Light"], 2),
            },
            "photos": [f"media/{chance.choice(PHOTOS)}.jpg"],
            "music": chance.choice(["calm", "happy", "energetic"]),
            "duration": seconds,
        },
        "output": {"aspect": "1:1", "short_side": side_px},
    }


def media_folder() -> Path:
    """Return where the photos of :func:`sale` are."""
    return starter_folder()


def has_room(folder: Path, wanted_bytes: int) -> bool:
    """Whether a measurement's files fit."""
    return shutil.disk_usage(folder).free > wanted_bytes
