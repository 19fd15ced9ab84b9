"""`farm fonts add`: files, folders, URLs, and families of a catalogue that a client downloads."""

from __future__ import annotations

import io
import json
import sys
import tarfile
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from farm.cli.main import run
from farm.local import fontsource
from tests.unit.render.made_fonts import named, web_font_of, with_characters

pytest.importorskip("fontTools")
pytest.importorskip("brotli")
from fontTools.ttLib import TTFont


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FARM_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def woff2_of(font: bytes) -> bytes:
    opened, packed = TTFont(io.BytesIO(font), recalcTimestamp=False), io.BytesIO()
    opened.flavor = "woff2"
    opened.save(packed)
    return packed.getvalue()


def add(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """Return exit code, output and errors of `farm fonts add`."""
    code = run(["fonts", "add", *map(str, arguments)])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def families(capsys: pytest.CaptureFixture[str]) -> dict[tuple[str, str], str]:
    """Return the file of each added (family, weight)."""
    run(["fonts", "ls", "--json"])
    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return {(row["family"], row["weights"]): row["from"] for row in rows if row["sha256"]}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and the URL at which it is served."""
    folder = tmp_path / "site"
    folder.mkdir()

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_files_folders_and_urls_at_once(
    tmp_path: Path, site: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    served, url = site
    (served / "Net.ttf").write_bytes(named("Net"))
    (tmp_path / "Packed.woff2").write_bytes(woff2_of(named("Packed")))
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / "Web.woff").write_bytes(web_font_of(named("Web")))
    code, _, errors = add(capsys, tmp_path / "Packed.woff2", tmp_path / "all", f"{url}/Net.ttf")
    assert (code, errors) == (0, "")
    assert families(capsys) == {
        ("Packed", "400"): "Packed.woff2",
        ("Web", "400"): "Web.woff",
        ("Net", "400"): "Net.ttf",
    }


def test_equal_web_fonts_are_unpacked_to_equal_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "p.woff2").write_bytes(woff2_of(named("Packed")))
    first = add(capsys, tmp_path / "p.woff2")[1]
    monkeypatch.setenv("FARM_HOME", str(tmp_path / "other"))
    assert add(capsys, tmp_path / "p.woff2")[1] == first


def test_all_problems_are_reported_at_once(
    tmp_path: Path, site: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cut.ttf").write_bytes(named("Cut")[:-8])
    (tmp_path / "cut.woff2").write_bytes(woff2_of(named("Cut"))[:-900])
    (tmp_path / "good.ttf").write_bytes(named("Good"))
    files = [tmp_path / name for name in ("good.ttf", "cut.ttf", "cut.woff2", "none.ttf")]
    code, _, errors = add(capsys, *files, f"{site[1]}/none.ttf", "anton", "pacifico", "fontsource:Lora")
    assert code == 2
    assert "7 problems" in errors
    for told in (
        "is cut off: its table",
        "is damaged, and cannot be unpacked",
        "there is no such file or folder",
        "answered 404",
        "`Anton` ships with farm; nothing needs to be added",
        "is added by fontsource:pacifico",
        "is no name of the catalogue",
    ):
        assert told in errors
    assert families(capsys) == {}


CLIENT = """#!{python}
import pathlib, shutil, sys
package = sys.argv[-1]
assert sys.argv[1] == "pack" and "--ignore-scripts" in sys.argv
name, _, version = package.removeprefix("@fontsource/").partition("@")
archive = pathlib.Path({packages!r}, name + ".tgz")
if not archive.exists() or version not in ("latest", "5.0.1"):
    sys.exit("npm error code " + ("ETARGET" if archive.exists() else "E404"))
target = pathlib.Path(sys.argv[sys.argv.index("--pack-destination") + 1], "fontsource-" + name + ".tgz")
shutil.copy(archive, target)
print(target.name)
"""


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packages, which a client on the PATH serves."""
    folder, tools = tmp_path / "packages", tmp_path / "tools"
    folder.mkdir()
    tools.mkdir()
    client = tools / "npm"
    client.write_text(CLIENT.format(python=sys.executable, packages=str(folder)))
    client.chmod(0o755)
    monkeypatch.setenv("PATH", str(tools))
    return folder


def packed(
    packages: Path, family: str, weights: list[int], styles: list[str], **subsets: tuple[int, ...]
) -> None:
    """Make a package of the catalogue, whose fonts name their family wrongly, as instances of variable fonts do."""
    name = family.lower().replace(" ", "-")
    about = {
        "family": family, "weights": weights, "styles": styles, "subsets": list(subsets), "defSubset": "latin",
        "license": {"type": "OFL-1.1"},
    }  # fmt: skip
    files = {"metadata.json": json.dumps(about).encode(), "package.json": b'{"version": "5.0.1"}'}
    for subset, codes in subsets.items():
        for weight in weights:
            for style in styles:
                font = with_characters(f"{family} Light", *codes)
                files[f"files/{name}-{subset}-{weight}-{style}.woff2"] = woff2_of(font)
    with tarfile.open(packages / f"{name}.tgz", "w:gz") as archive:
        for path, data in files.items():
            entry = tarfile.TarInfo(f"package/{path}")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


def test_a_family_of_the_catalogue(packages: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packed(packages, "Good Hand", [300, 400, 700], ["normal"], latin=(65, 66), greek=(66, 0x3B1))
    code, shown, errors = add(capsys, "fontsource:good-hand")
    assert (code, errors) == (0, "")
    assert shown.splitlines()[0] == "Good Hand 5.0.1: licence OFL-1.1"
    assert families(capsys) == {
        ("Good Hand", "400"): "good-hand-400-normal.ttf",
        ("Good Hand", "700"): "good-hand-700-normal.ttf",
    }
    for file in (home / "store" / "fonts").iterdir():
        assert set(TTFont(file).getBestCmap()) == {65, 66, 0x3B1}
    assert add(capsys, "fontsource:good-hand@5.0.1", "--weight", "300")[0] == 0
    assert ("Good Hand", "300") in families(capsys)


def test_what_the_catalogue_lacks_is_told(packages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packed(packages, "Good Hand", [400], ["normal"], latin=(65,))
    packed(packages, "Anton", [400], ["normal"], latin=(65,))
    packed(packages, "Empty", [400], ["normal"])
    names = ("nothing", "good-hand@9.9.9", "good-hand", "anton", "empty")
    code, _, errors = add(
        capsys, *(f"fontsource:{name}" for name in names[:2]), "fontsource:empty", "fontsource:anton"
    )
    assert code == 2
    assert errors.count("there is no such family or version in the catalogue") == 2
    assert "holds no file of weight 400, normal" in errors
    assert "the family `Anton` ships with farm" in errors
    assert "has no weight 700; it has 400" in add(capsys, "fontsource:good-hand", "--weight", "700")[2]
    assert "has no italic style" in add(capsys, "fontsource:good-hand", "--italic")[2]


def test_a_missing_client_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(fontsource, "can_unpack", lambda: False)
    code, _, errors = add(capsys, "fontsource:lora")
    assert code == 2
    assert "needs the client `npm`" in errors
    assert "pip install 'farm-video[fonts]'" in errors
