"""What commands say of plugins that err: one sentence, the right exit code, and all else goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugin_mistakes.installed import TINT, install

CRASHING = TINT.format(blue=90).replace("return Frame(", "raise ValueError('no tint')\n        return Frame(")
UNIMPORTABLE = "import acme_lost\n"


class Machine:
    """A machine with the plugin acme."""

    def __init__(self, folder: Path, source: str) -> None:
        self.folder = folder
        install(folder / "site", source)
        clip = {"kind": "color", "color": "red", "duration": "6f", "name": "hero", "effects": ["acme.tint"]}
        output = {"size": "64x64", "fps": 30}
        for name, effects in (("tinted", ["acme.tint"]), ("plain", [])):
            timeline = {"tracks": [{"clips": [clip | {"effects": effects}]}]}
            (folder / f"{name}.json").write_text(json.dumps({"timeline": timeline, "output": output}))

    def farm(self, *words: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([str(self.folder / "site"), *sys.path])
        return subprocess.run(
            [sys.executable, "-m", "farm", *words],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": path, "FARM_HOME": str(self.folder / "home")},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture(scope="module")
def crashing(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return Machine(tmp_path_factory.mktemp("crashing"), CRASHING)


@pytest.fixture(scope="module")
def disabled(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return Machine(tmp_path_factory.mktemp("disabled"), UNIMPORTABLE)


@pytest.mark.parametrize(
    "words", [("still", "tinted.json", "-o", "a.png"), ("render", "tinted.json", "-o", "out", "--no-cache")]
)
def test_a_crash_is_attributed_to_the_plugin(crashing: Machine, words: tuple[str, ...]) -> None:
    done = crashing.farm(*words)
    assert done.returncode == 4, done.stderr
    output = " ".join((done.stdout + done.stderr).split())
    assert "effect `acme.tint` of plugin acme 1.2 (" in output
    assert 'at frame 0 (0.00 s) of clip "hero" (timeline.tracks[0].clips[0]): ValueError: no tint' in output
    assert "tell its author, Ann Lee <ann@acme.example>" in output
    assert "acme_farm.py, line " in output
    assert "internal error" not in output


def test_a_disabled_plugin_stops_only_what_uses_it(disabled: Machine) -> None:
    plain = disabled.farm("still", "plain.json", "-o", "plain.png")
    assert plain.returncode == 0, plain.stderr
    (line,) = plain.stderr.splitlines()
    assert line.startswith("warning: plugin acme 1.2 (")
    assert (
        "is disabled: `acme_farm` cannot be loaded: ModuleNotFoundError: No module named 'acme_lost'" in line
    )
    tinted = disabled.farm("validate", "tinted.json")
    assert tinted.returncode == 2
    assert "effect `acme.tint` cannot be used, plugin acme 1.2 (" in tinted.stderr
    plugins = {one["plugin"]: one for one in json.loads(disabled.farm("plugins", "--json").stdout)}
    assert (plugins["acme"]["state"], plugins["acme"]["author"]) == ("disabled", "Ann Lee <ann@acme.example>")
    assert plugins["basics"]["state"] == "ready"
    assert plugins["basics"]["effects"] >= 12
