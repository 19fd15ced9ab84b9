"""Files of a job on a farm: listed in its status, sent by name, the same bytes as rendered here."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

import farm
from farm.client.client import FarmClient
from farm.client.handle import Client, JobHandle
from farm.errors import MissingError
from farm.settings import Settings
from farm.worker.worker import Worker
from tests.contract.small_farm import SmallFarm, served
from tests.unit.outputs.conftest import job

OUTPUTS = [
    {"name": "main", "size": "64x64", "poster": {}},
    {"name": "anim", "format": "gif", "size": "64x64"},
    {"name": "stream", "format": "hls", "size": "64x64"},
]


def test_files_are_listed_and_downloaded(tmp_path: Path) -> None:
    document = job(sound=True, outputs=OUTPUTS)
    here = farm.render(document, out=tmp_path / "here", settings=Settings(tmp_path / "home"))
    with SmallFarm(tmp_path / "farm", make=Worker) as running, served(running.api) as url:
        client = Client(url)
        made = client.submit(document).result(tmp_path / "there", name="job")
        assert [one.name for one in made.files] == [one.name for one in here.files]
        assert [one.sha256 for one in made.files] == [one.sha256 for one in here.files]
        for one, other in zip(made.files, here.files, strict=True):
            assert one.path.relative_to(tmp_path / "there") == other.path.relative_to(tmp_path / "here")
            assert one.path.read_bytes() == other.path.read_bytes()


def test_a_stream_plays_from_the_farm(tmp_path: Path) -> None:
    with SmallFarm(tmp_path / "farm", make=Worker) as running, served(running.api) as url:
        client = FarmClient(url)
        text = json.dumps(job(output={"format": "hls", "size": "64x64"}))
        job_id = client.submit(text, "job", tmp_path)
        ended = client.wait(job_id)
        assert ended.production is not None
        address = f"{url}/v1/jobs/{job_id}"
        main = httpx.get(f"{address}/files/video.hls/index.m3u8")
        assert main.headers["content-type"].startswith("application/vnd.apple.mpegurl")
        assert httpx.get(f"{address}/video").text == main.text
        playlist = main.text.splitlines()[-1]
        pieces = httpx.get(f"{address}/files/video.hls/{playlist}").text.splitlines()
        piece = next(line for line in pieces if line.endswith(".m4s"))
        part = httpx.get(f"{address}/files/video.hls/{piece}", headers={"Range": "bytes=4-7"})
        assert (part.status_code, part.content) == (206, b"styp")
        assert httpx.get(f"{address}/files/video.hls/none.m4s").status_code == 404
        assert httpx.get(f"{address}/files/..%2F..%2Fjournal.db").status_code == 404


def test_a_job_without_an_mp4_is_complete(tmp_path: Path) -> None:
    with SmallFarm(tmp_path / "farm", make=Worker) as running, served(running.api) as url:
        handle = Client(url).submit(job(sound=True, output={"format": "wav"}))
        made = handle.result(tmp_path / "out", name="it")
        assert made.video == tmp_path / "out" / "it.wav"
        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["it.jpg", "it.json", "it.wav"]
        status = handle.status()
        assert status.production is not None
        assert [one.media_type for one in status.production.files] == ["audio/wav"]
        with pytest.raises(MissingError):
            JobHandle(FarmClient(url), "none").status()
