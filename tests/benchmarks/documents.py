"""Documents that are meant to cost time: CPU seconds a MiB for every kind of document that farm reads, by shape.

    python -m tests.benchmarks.documents [--kib 256] [--random 200] [--limit 120] [--only WORD] [--json FILE]

Each document is read in a process of its own, so that one which crashes the interpreter, or never ends, is reported
and not the end of the run. A document that is refused with a farm error is read well; anything else is a fault.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from farm.cut.parse import parse_edits, parse_order
from farm.draft.bind import Binder
from farm.draft.captions.read import read_captions
from farm.draft.captions.settle import settle
from farm.draft.draft import draft
from farm.draft.rows import row_jobs
from farm.errors import FarmError, MediaError, Problem
from farm.model.parse import load_document, parse_job
from farm.plugins.registry import Registry, load_registry
from farm.script.document import parse_script
from farm.script.product import read_product, read_products
from farm.services.event_rows import event_of, read_rows
from farm.services.starter_templates import parse_template
from tests.benchmarks.document_shapes import (
    CAPTION_SHAPES,
    CSV_SHAPES,
    DRAFT_SHAPES,
    EVENT_CSV_SHAPES,
    EVENT_SHAPES,
    JSON_SHAPES,
    LIBRARY_SHAPES,
    NDJSON_SHAPES,
    PRODUCT_SHAPES,
    SCRIPT_SHAPES,
    SHEET_SHAPES,
    YAML_SHAPES,
    Shape,
)


@dataclass(frozen=True, slots=True)
class Case:
    """A document to read."""

    kind: str
    """What reads it."""
    shape: str
    """What is odd about it."""
    text: str
    """The document."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What reading a document came to."""

    kind: str
    """What read it."""
    shape: str
    """What was odd about it."""
    mib: float
    """Its size, MiB."""
    seconds: float
    """CPU time of reading it; the limit where it was not done by then."""
    verdict: str
    """``accepted``, ``refused``, or how it failed."""
    message_bytes: int
    """The length of the refusal, bytes."""

    @property
    def per_mib_s(self) -> float:
        """CPU seconds a MiB."""
        return self.seconds / self.mib

    @property
    def faulty(self) -> bool:
        """Whether it neither was accepted nor refused with an error of farm's own."""
        return self.verdict not in ("accepted", "refused")


def _captions(text: str) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".srt", encoding="utf-8", errors="surrogatepass") as file:
        file.write(text)
        file.flush()
        cues = read_captions(Path(file.name), "talk.srt").captions
        settle(cues, Fraction(60), Fraction(1, 30))


def _events(kind: str) -> Callable[[str], None]:
    def read(text: str) -> None:
        for _, row in read_rows(text.splitlines(keepends=True), kind, "events"):
            if not isinstance(row, Problem):
                event_of(row)

    return read


def _edits(text: str) -> None:
    try:
        edits = json.loads(text)
    except (ValueError, RecursionError):
        return
    if isinstance(edits, list) and all(isinstance(one, dict) for one in edits):
        parse_edits(edits)


def _drafts(registry: Registry) -> Callable[[str], None]:
    def nothing(reference: str) -> Path:
        raise MediaError(f"{reference} cannot be fetched")

    def read(text: str) -> None:
        draft(text, source="job", binder=Binder(None, nothing, lambda _: None, {}), registry=registry)

    return read


def readers(registry: Registry) -> dict[str, tuple[Callable[[str], object], dict[str, Shape]]]:
    """Return what reads each kind of document, and the shapes it is tried with."""
    return {
        "job, JSON": (parse_job, JSON_SHAPES),
        "job, YAML": (parse_job, YAML_SHAPES),
        "script": (parse_script, {**SCRIPT_SHAPES, **YAML_SHAPES}),
        "product": (read_product, {**PRODUCT_SHAPES, **YAML_SHAPES}),
        "product sheet": (read_products, SHEET_SHAPES),
        "rows, CSV": (
            lambda text: row_jobs(text, "csv", registry, template="retail.spotlight", source="rows"),
            CSV_SHAPES,
        ),
        "rows, NDJSON": (
            lambda text: row_jobs(text, "ndjson", registry, template="retail.spotlight", source="rows"),
            NDJSON_SHAPES,
        ),
        "events, NDJSON": (_events("ndjson"), EVENT_SHAPES),
        "events, CSV": (_events("csv"), EVENT_CSV_SHAPES),
        "captions": (_captions, CAPTION_SHAPES),
        "template": (lambda text: parse_template(text, registry), JSON_SHAPES),
        "work order": (lambda text: parse_order(load_document(text)), JSON_SHAPES),
        "edits": (_edits, LIBRARY_SHAPES),
        "draft": (_drafts(registry), {**JSON_SHAPES, **DRAFT_SHAPES}),
    }


def cases(kinds: dict[str, tuple[Callable[[str], object], dict[str, Shape]]], size: int) -> Iterator[Case]:
    """Yield a document of about ``size`` bytes for every kind and shape."""
    for kind, (_, shapes) in kinds.items():
        for name, shape in shapes.items():
            yield Case(kind, name, shape(size))


def random_cases(
    kinds: dict[str, tuple[Callable[[str], object], dict[str, Shape]]], count: int, seed: int
) -> Iterator[Case]:
    """Yield ``count`` documents a kind: small ones of its shapes, cut, spliced and sprinkled."""
    rng = random.Random(seed)
    marks = [
        "[",
        "{",
        "}",
        "]",
        ":",
        "- ",
        "\n",
        "\t",
        '"',
        "'",
        "&a",
        "*a",
        "<<: ",
        "!!",
        "\x85",
        "\u2028",
        "😀",
        "\ud800",
    ]
    for kind, (_, shapes) in kinds.items():
        makers = list(shapes.values())
        for index in range(count):
            text = rng.choice(makers)(400) + rng.choice(makers)(400)
            for _ in range(rng.randint(1, 8)):
                at = rng.randrange(len(text) + 1)
                text = text[:at] + rng.choice(marks) + text[at + rng.choice((0, 0, 1, 50)) :]
            yield Case(kind, f"random {index}", text)


def _read(reader: Callable[[str], object], text: str, answer: Any) -> None:
    started_s = time.process_time()
    verdict, message_bytes = "accepted", 0
    try:
        reader(text)
    except FarmError as error:
        verdict, message_bytes = "refused", len(str(error).encode())
    except BaseException as error:
        verdict = f"{type(error).__name__}: {str(error)[:80]}"
    answer.send((time.process_time() - started_s, verdict, message_bytes))


def measure(reader: Callable[[str], object], case: Case, limit_s: float) -> Outcome:
    """Read a document in a process of its own."""
    ours, theirs = multiprocessing.get_context("fork").Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_read, args=(reader, case.text, theirs))
    started_s = time.perf_counter()
    process.start()
    theirs.close()
    seconds, verdict, message_bytes = limit_s, "", 0
    if ours.poll(limit_s):
        try:
            seconds, verdict, message_bytes = ours.recv()
        except EOFError:
            process.join()
            seconds, verdict = time.perf_counter() - started_s, f"the process died ({process.exitcode})"
    else:
        verdict = f"not done after {limit_s:g} s"
        process.kill()
    process.join()
    size = len(case.text.encode("utf-8", "surrogatepass"))
    return Outcome(case.kind, case.shape, size / 2**20, seconds, verdict, message_bytes)


def main() -> int:
    """Run; the exit code is 1 where a document was neither accepted nor refused in time."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kib", type=int, default=256, help="size of a document")
    options.add_argument("--random", type=int, default=200, help="random documents a kind")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--limit", type=float, default=120.0, help="seconds that a document may take")
    options.add_argument("--only", default="", help="only kinds that hold this word")
    options.add_argument("--json", type=Path)
    given = options.parse_args()
    kinds = {name: kind for name, kind in readers(load_registry()).items() if given.only in name}
    for reader, shapes in kinds.values():  # what is loaded or built once is not a document's cost
        _warm(reader, next(iter(shapes.values()))(200))
    outcomes = [measure(kinds[case.kind][0], case, given.limit) for case in cases(kinds, given.kib * 2**10)]
    faults = [one for one in outcomes if one.faulty]
    for case in random_cases(kinds, given.random, given.seed):
        outcome = measure(kinds[case.kind][0], case, given.limit)
        if outcome.faulty:
            faults.append(outcome)
            print(f"fault: {outcome.kind}, {outcome.shape}: {outcome.verdict}\n  {case.text[:2000]!r}")
    for kind in kinds:
        own = sorted(
            (one for one in outcomes if one.kind == kind and one.mib > 0.01), key=lambda o: -o.per_mib_s
        )
        print(f"{kind}: {len(own)} shapes")
        for one in own[:4]:
            print(
                f"  {one.per_mib_s:8.2f} s/MiB  {one.shape}: {one.verdict}, {one.message_bytes} bytes of messages"
            )
    print(
        f"worst: {max(one.per_mib_s for one in outcomes if one.mib > 0.01):.2f} s/MiB; {len(faults)} faults"
    )
    for one in faults:
        print(f"  fault: {one.kind}, {one.shape}: {one.verdict}")
    if given.json:
        given.json.write_text(json.dumps([asdict(one) for one in outcomes], indent=1))
    return 1 if faults else 0


def _warm(reader: Callable[[str], object], text: str) -> None:
    with contextlib.suppress(FarmError):
        reader(text)


if __name__ == "__main__":
    sys.exit(main())
