"""The worked examples of docs/architecture.md: each is made in a copy of the sources, and used there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
ROW = re.compile(r"\| \[[^]]+\]\(examples/(\w+)\.diff\) \| \d+[^|]* \| (\d+) \|")

USES = {
    "route": """
from farm.contract.scripts import ScriptService
assert client.ask(ScriptService.words, name=SCRIPT).words == words
assert commands(["scripts", "words", SCRIPT]) == [words, words]
""",
    "table": """
commands(["scripts", "avoid", "cheap"])
assert commands(["scripts", "avoid", "best"]) == [["best", "cheap"]] * 2
assert commands(["scripts", "avoid"]) == [["best", "cheap"]] * 2
""",
    "clip_kind": """
clip = {"kind": "checker", "colors": ["red", "white"], "squares": 2, "duration": 1}
def job(**changes):
    return {"output": {"size": [64, 64]}, "timeline": {"tracks": [{"clips": [{**clip, **changes}]}]}}
rgb = farm.still(job(), at_s=0).rgb
assert [tuple(rgb[y, x] // 64) for y, x in ((8, 8), (8, 40), (40, 8), (40, 40))] == [
    (3, 0, 0), (3, 3, 3), (3, 3, 3), (3, 0, 0)
]
keys = {farm.plan(job(**changes)).segments[0].key for changes in ({}, {"squares": 4}, {"colors": ["red", "blue"]})}
assert len(keys) == 3
try:
    farm.validate(job(squares=1))
except farm.DocumentError as error:
    assert [problem.path for problem in error.problems] == ["timeline.tracks[0].clips[0].squares"], error
else:
    raise AssertionError("a wrong clip was accepted")
""",
    "product_format": """
from farm.script.product import read_product
read = read_product(json.dumps({"ARTICLE_NO": 7, "LABEL": "Kettle", "NET_PRICE": "39.90", "CURRENCY": "EUR"}))
assert (read.shape, read.product.name, read.product.price, read.ignored) == ("erp", "Kettle", 39.9, ())
""",
}
"""What each example is used for, in the process of a farm."""

FARM = """
import contextlib, io, json, os, sys
from pathlib import Path
import farm
from farm.cli.main import run
from tests.contract.small_farm import SmallFarm, served

SCRIPT = "en-accessories-finish"
words = ["Outfit's done. Almost.", "{name}", "{point}", "{point}", "{price}", "Now you're done."]

def commands(arguments):
    answers = []
    for more in ([], ["--address", url]):
        written = io.StringIO()
        with contextlib.redirect_stdout(written):
            assert run([*arguments, *more, "--json"]) == 0, arguments
        answer = json.loads(written.getvalue())
        answers.append(answer["words"] if isinstance(answer, dict) else answer)
    return answers

with SmallFarm(Path("farm")) as small, served(small.api) as url, farm.Client(url) as client:
"""


@dataclass(frozen=True, slots=True)
class Hunk:
    """One place of a change."""

    before: str
    """The text there; empty for a new file."""
    after: str
    """The text that replaces it."""


def hunks_of(diff: str) -> dict[str, list[Hunk]]:
    """Return the changes of a unified diff by file; line numbers are not needed, since each place is unique."""
    changes: dict[str, list[Hunk]] = {}
    for part in re.split(r"(?m)^--- .*\n\+\+\+ b/", diff)[1:]:
        path, _, rest = part.partition("\n")
        for lines in (hunk.splitlines() for hunk in re.split(r"(?m)^@@\n", rest)[1:]):
            before = "".join(f"{line[1:]}\n" for line in lines if line[0] in " -")
            after = "".join(f"{line[1:]}\n" for line in lines if line[0] in " +")
            changes.setdefault(path, []).append(Hunk(before, after))
    return changes


def apply(diff: str, root: Path) -> list[str]:
    """Make a change below a folder and return the files that it touches."""
    changes = hunks_of(diff)
    for name, hunks in changes.items():
        path = root / name
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        for hunk in hunks:
            assert text.count(hunk.before) == 1 or not text, f"{name}: not one place holds:\n{hunk.before}"
            text = text.replace(hunk.before, hunk.after) if text else hunk.after
        path.write_text(text, encoding="utf-8")
    return list(changes)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a copy of all code; media are linked, and compiled kernels copied."""
    folder = tmp_path_factory.mktemp("sources")

    def copied(source: str, target: str) -> None:
        code = source.endswith((".py", ".pyc", ".sql", ".nbi", ".nbc"))
        shutil.copy2(source, target) if code else os.symlink(source, target)

    for name in ("farm", "plugins", "catalog"):
        shutil.copytree(ROOT / name, folder / name, copy_function=copied)
    return folder


def examples() -> dict[str, int]:
    """Return how many files each example touches, as the page says."""
    return {name: int(number) for name, number in ROW.findall(PAGE)}


def test_the_page_has_all_examples() -> None:
    files = {path.stem: path for path in (ROOT / "docs" / "examples").glob("*.diff")}
    assert set(examples()) == set(files) == set(USES)
    for name, number in examples().items():
        assert len(hunks_of(files[name].read_text(encoding="utf-8"))) == number, name
    most = {"route": 3, "table": 6, "clip_kind": 4, "product_format": 2}
    assert all(number <= most[name] for name, number in examples().items())


def test_the_examples_work(sources: Path, tmp_path: Path) -> None:
    """All changes at once, in one process: the copy starts without compiled modules where they were changed."""
    code = FARM
    for name, use in USES.items():
        apply((ROOT / "docs" / "examples" / f"{name}.diff").read_text(encoding="utf-8"), sources)
        code += "".join(f"    {line}\n" for line in use.splitlines())
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(
                map(str, (sources, sources / "plugins", sources / "catalog", *sys.path[:0], ROOT))
            ),
            "FARM_HOME": str(tmp_path / "home"),
        },
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
