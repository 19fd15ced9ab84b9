"""A process that writes to a catalog as fast as it can, and says what was acknowledged; made to be killed.

python -m tests.unit.catalog.writer_under_load CATALOG ROUND
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from farm_catalog.asset_entry import Arrival
from farm_catalog.catalog import Catalog
from farm_catalog.events import Event
from tests.unit.catalog.productions_made import make
from tests.unit.catalog.test_catalog import record

THREADS = 6


def main() -> None:
    """Write without end: an asset, a production, three events and a run in turn; one line for each that is on disk."""
    path, turn = Path(sys.argv[1]), sys.argv[2]
    output_lock = threading.Lock()

    def say(line: str) -> None:
        with output_lock:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()

    with Catalog.open(path) as catalog:

        def work(thread: int) -> None:
            for number in range(1_000_000):
                name = f"{turn}-{thread}-{number}"
                catalog.assets.add([Arrival(name, 9, "shop", f"金色 {name}", ("watch",))])
                say(f"asset {name}")
                make(catalog, [(name, "shop", "story.clean", "watch")])
                say(f"production {name}")
                sent = [Event(f"{name}-{part}", name, "play", 1_780_000_000.0) for part in range(3)]
                catalog.events.add(sent)
                say(f"events {name}")
                catalog.runs.add([record(name)])
                say(f"run {name}")

        threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        say("ready")
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    main()
