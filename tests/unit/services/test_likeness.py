"""Similar assets, on this machine and through the API."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from farm.cli.main import run
from farm.contract.assets import NewAsset
from farm.contract.scope import local
from farm.errors import DocumentError, MediaError, MissingError
from farm.local.libraries import LocalLibrary, open_library
from farm.plugins.registry import load_registry
from farm.settings import Settings
from farm.store.open import library_store
from farm.worker.analysis_job import analyse_assets
from tests.contract.small_farm import SmallFarm
from tests.golden.shop import write_clip, write_tone
from tests.unit.dedup.scenes import cropped, overlaid, scene


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tmp_path = tmp_path_factory.mktemp("similar")
    scene(1).save(tmp_path / "first.png")
    scene(2).save(tmp_path / "second.png")
    scene(1, hue=1).save(tmp_path / "variant.png")
    write_clip(tmp_path / "clip.mp4", frames=60)
    write_tone(tmp_path / "tone.wav")
    cropped(scene(1)).transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(tmp_path / "query.jpg")
    return tmp_path


@pytest.fixture(scope="module")
def library(folder: Path) -> Iterator[LocalLibrary]:
    with open_library(Settings(folder / "home"), local()) as library:
        for name in ("first.png", "second.png", "variant.png", "clip.mp4", "tone.wav"):
            library.add([NewAsset(sha256=library.upload(folder / name), name=name)])
        library.settle()
        yield library


def test_a_file_finds_what_it_was_made_of(library: LocalLibrary, folder: Path) -> None:
    found = library.similar(folder / "query.jpg", 10).assets
    assert (found[0].name, found[0].same) == ("first.png", True)
    assert found[0].reasons[:2] == ["same picture", "mirrored"]
    assert [one.name for one in found if one.same] == ["first.png"]
    variant = next(one for one in found if one.name == "variant.png")
    assert variant.reasons[0] == "the same picture in other colours"


def test_an_asset_finds_others_and_not_itself(library: LocalLibrary, folder: Path) -> None:
    overlaid(scene(2)).save(folder / "promo.png")
    library.add([NewAsset(sha256=library.upload(folder / "promo.png"), name="promo.png")])
    library.settle()
    found = library.similar("second.png", 10).assets
    assert [one.name for one in found if one.same] == ["promo.png"]
    with pytest.raises(MissingError, match=r"no asset `nothing\.png`"):
        library.similar("nothing.png", 10)


def test_a_clip_finds_itself_and_its_frames(library: LocalLibrary, folder: Path) -> None:
    found = library.similar(folder / "clip.mp4", 10).assets
    assert (found[0].name, found[0].same) == ("clip.mp4", True)
    assert found[0].reasons[0] == "same clip"


def test_media_without_a_picture_are_refused(library: LocalLibrary, folder: Path) -> None:
    with pytest.raises(MediaError, match="is a sound"):
        library.similar(folder / "tone.wav", 10)
    with pytest.raises(DocumentError, match="no fingerprint"):
        library.similar("tone.wav", 10)


def test_the_commands(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FARM_HOME", str(folder / "cli"))

    def assets_command(*words: str) -> tuple[int, str]:
        code = run(["assets", *words])
        return code, capsys.readouterr().out

    assert assets_command("add", str(folder / "first.png"))[0] == 0
    assert (
        "query.jpg beside first.png: same picture; mirrored"
        in assets_command("add", str(folder / "query.jpg"))[1]
    )
    assert "same picture; mirrored" in assets_command("search", "--like", str(folder / "query.jpg"))[1]
    assert "query.jpg" in assets_command("show", "first.png")[1]
    assert assets_command("search")[0] == 2
    assert assets_command("search", "word", "--like", "first.png")[0] == 2
    assert assets_command("search", "--like", "nothing.png")[0] == 2


def test_the_route(folder: Path) -> None:
    with SmallFarm(folder / "farm") as farm:
        client = farm.client()

        def sent(name: str) -> str:
            data = (folder / name).read_bytes()
            sha256 = hashlib.sha256(data).hexdigest()
            assert client.put(f"/v1/blobs/{sha256}", content=data).status_code == 201
            return sha256

        assets = [{"sha256": sent(name), "name": name} for name in ("first.png", "second.png")]
        assert client.post("/v1/assets", json={"assets": assets}).status_code == 202
        # The small farm's worker renders nothing and looks at nothing.
        store, catalog = library_store(farm.settings), farm.controller.catalog_handle.catalog()
        for one in assets:
            catalog.assets.learn(analyse_assets(folder / one["name"], one["sha256"], load_registry(), store))
        found = client.post("/v1/similar", json={"sha256": sent("query.jpg")}).json()["assets"]
        assert (found[0]["name"], found[0]["same"]) == ("first.png", True)
        others = client.post("/v1/similar", json={"asset": "first.png"}).json()["assets"]
        assert not any(one["same"] for one in others)
        refused = client.post("/v1/similar", json={"sha256": sent("clip.mp4")})
        assert refused.status_code == 400
        assert "add it to the library" in refused.text
        assert client.post("/v1/similar", json={"sha256": "0" * 64}).status_code == 409
        assert client.post("/v1/similar", json={"asset": "nothing"}).status_code == 404
        assert client.post("/v1/similar", json={}).status_code in (400, 422)
