"""Commands against a real server: what they print, as tables and as JSON, and their exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from farm.cli.main import run
from farm.contract.jobs import JobService
from farm.plugins.offer import plugin_offers
from farm.plugins.registry import load_registry
from farm.scheduling.event import NodeReported
from tests.contract.small_farm import SmallFarm, served, until, words


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[SmallFarm]:
    with SmallFarm(tmp_path / "home") as farm:
        yield farm


@pytest.fixture
def url(farm: SmallFarm, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    monkeypatch.setenv("FARM_HOME", str(tmp_path / "client"))
    monkeypatch.delenv("FARM_API_KEY", raising=False)
    with served(farm.api) as url:
        monkeypatch.setenv("FARM_ADDRESS", url)
        yield url


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(b"a picture")
    (folder / "t.csv").write_text("name,price,was,photos\nW,9,12,a.jpg\nX,nine,12,a.jpg\n")
    return folder


def text_output(capsys: pytest.CaptureFixture[str], *args: str, code: int = 0) -> str:
    """Run a command as people do and return what it printed."""
    assert run(list(args)) == code, capsys.readouterr().err
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    """Run a command that is refused and return its message."""
    assert run(list(args)) != 0
    return capsys.readouterr().err


def json_output(capsys: pytest.CaptureFixture[str], *args: str, code: int = 0) -> Any:
    """Run a command as programs do and return its JSON."""
    return json.loads(text_output(capsys, *args, "--json", code=code))


def accept(farm: SmallFarm, *keys: str, source: str = "a.yaml") -> str:
    response = farm.client().post(f"/v1/jobs?source={source}", content=words(*keys))
    job_id: str = response.json()["id"]
    return job_id


@pytest.mark.usefixtures("url")
def test_jobs_are_listed_shown_watched_and_fetched(
    farm: SmallFarm, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    job_id = accept(farm, "a", "b", source="[bold]x[/y]")
    bad = accept(farm, "bad-1")
    assert [one["state"] for one in json_output(capsys, "jobs", "watch", job_id)] == ["done"]
    assert json_output(capsys, "jobs", "watch", bad, code=4)[0]["state"] == "failed"
    text = text_output(capsys, "jobs", "ls")
    assert job_id in text
    assert "[bold]x[/y]" in text
    page = json_output(capsys, "jobs", "ls", "--state", "done", "--limit", "1")
    assert [one["id"] for one in page["jobs"]] == [job_id]
    assert "2/2 segments" in text_output(capsys, "jobs", "show", job_id)
    assert json_output(capsys, "jobs", "show", job_id)["events"][-1]["state"] == "done"
    for command in (["jobs", "why"], ["why"]):
        assert "bad-1 cannot be decoded" in text_output(capsys, *command, bad)
        assert json_output(capsys, *command, bad)["id"] == bad
    files = json_output(capsys, "jobs", "fetch", job_id, "-o", str(tmp_path / "out"))
    assert Path(files["video"]).read_text() == "a b"
    assert (
        text_output(capsys, "jobs", "fetch", job_id, "-o", str(tmp_path / "o2"))
        .strip()
        .endswith(f"{job_id}.mp4")
    )
    (again,) = json_output(capsys, "jobs", "retry", bad)
    assert again["id"] != bad
    assert again["id"] in text_output(capsys, "jobs", "retry", bad)
    assert json_output(capsys, "jobs", "cancel", again["id"])[0]["id"] == again["id"]
    assert "cancelling 1" in text_output(capsys, "jobs", "cancel", job_id)
    assert "refused" not in text_output(capsys, "events", "--job", job_id)
    lines = text_output(capsys, "events", "--json").splitlines()
    assert {json.loads(line)["job"] for line in lines} >= {job_id, bad}


@pytest.mark.usefixtures("url")
def test_a_jobs_priority_is_changed(farm: SmallFarm, capsys: pytest.CaptureFixture[str]) -> None:
    response = farm.client().post("/v1/jobs?tag=nobody-has-it", content=words("a"))
    job_id = response.json()["id"]
    assert ", priority 7" in text_output(capsys, "jobs", "priority", job_id, "7")
    assert json_output(capsys, "jobs", "priority", job_id, "3")["priority"] == 3
    assert "priority -4" in text_output(capsys, "jobs", "priority", job_id, "--", "-4")
    assert "priority -4" in text_output(capsys, "jobs", "show", job_id)


@pytest.mark.usefixtures("url")
def test_operators_commands(farm: SmallFarm, capsys: pytest.CaptureFixture[str]) -> None:
    assert json_output(capsys, "queue", "pause", "--cause", "rack move")["paused"] == {"": "rack move"}
    assert "paused: the whole farm (rack move)" in text_output(capsys, "queue", "show")
    assert json_output(capsys, "queue", "resume")["paused"] == {}
    made = json_output(capsys, "keys", "create", "--tenant", "shop", "--role", "read")
    assert made["key"].startswith("farm_")
    assert text_output(capsys, "keys", "create", "--tenant", "shop").startswith("farm_")
    assert made["id"] in text_output(capsys, "keys", "ls")
    assert "is revoked" in text_output(capsys, "keys", "revoke", made["id"])
    assert [one["revoked_at"] is None for one in json_output(capsys, "keys", "ls")] == [False, True]
    assert json_output(capsys, "tenants", "set", "shop", "--weight", "2")["weight"] == 2.0
    assert json_output(capsys, "tenants", "ls")[0]["tenant"] == "shop"
    assert "shop" in text_output(capsys, "tenants", "ls")
    (node,) = json_output(capsys, "nodes")
    assert node["node"] in text_output(capsys, "nodes")
    assert json_output(capsys, "drain", node["node"])["node"] == node["node"]
    assert "is in use again" in text_output(capsys, "restore", node["node"])
    assert "is the farm's head" in refused(capsys, "nodes", "rm", node["node"])
    farm.controller.conductor.tell(NodeReported("ghost-1", 2**40))
    assert "ghost-1 was removed" in text_output(capsys, "nodes", "rm", "ghost", "--within", "5")
    assert json_output(capsys, "scale", "--min", "1", "--max", "2") == {"min": 1, "max": 2}
    assert farm.controller.journal.orders.get("scale") == {"min": 1, "max": 2}


@pytest.mark.usefixtures("url")
def test_a_table_is_submitted_and_its_batch_looked_after(
    capsys: pytest.CaptureFixture[str], shop: Path, tmp_path: Path
) -> None:
    table = [
        "submit",
        "--rows",
        str(shop / "t.csv"),
        "--template",
        "retail.sale",
        "-o",
        str(tmp_path / "out"),
    ]
    made = json_output(capsys, *table, "--no-wait")
    assert made["wrong"] == [2]
    assert json_output(capsys, *table, "--no-wait")["batch"] == made["batch"]
    rows = json_output(capsys, *table, code=4)
    assert [row["state"] for row in rows] == ["done", "wrong"]
    assert Path(rows[0]["video"]).name == "row-00001.mp4"
    assert made["batch"] in text_output(capsys, "batches", "ls")
    assert json_output(capsys, "batches", "ls")[0]["rows"]["ended"] == 2
    assert "left out by its sender" in text_output(capsys, "batches", "show", made["batch"])
    assert len(json_output(capsys, "batches", "show", made["batch"])) == 2
    assert json_output(capsys, "batches", "resume", made["batch"])["resumed"] == 0
    assert json_output(capsys, "batches", "cancel", made["batch"])["id"] == made["batch"]
    assert [row["state"] for row in json_output(capsys, "batches", "fetch", made["batch"], code=4)] == [
        "done",
        "wrong",
    ]


@pytest.mark.usefixtures("url")
@pytest.mark.parametrize(
    ("args", "code", "words_"),
    [
        (["jobs", "ls", "--state", "dnoe"], 2, "did you mean `done`?"),
        (["jobs", "ls", "--limit", "0"], 2, "--limit"),
        (["jobs", "show", "none"], 5, "there is no job `none`; `farm jobs ls` lists them"),
        (["jobs", "show", "../keys"], 5, "there is no job `../keys`; `farm jobs ls` lists them"),
        (["jobs", "fetch", "none"], 5, "there is no job `none`; `farm jobs ls` lists them"),
        (["batches", "show", "none"], 5, "there is no batch `none`"),
        (["drain", "nowhere"], 2, "is no node of this farm"),
        (["queue", "resume"], 5, "is not paused"),
        (["keys", "create", "--tenant", "No Name"], 2, "tenant"),
        (["keys", "revoke", "a?b"], 5, "there is no key `a?b`"),
        (["scale", "--min", "3", "--max", "2"], 2, "more than max"),
        (["jobs", "ls", "--address", "ftp://x"], 5, "is no farm's address"),
    ],
)
def test_wrong_input_is_reported(
    capsys: pytest.CaptureFixture[str], args: list[str], code: int, words_: str
) -> None:
    assert run(args) == code
    err = capsys.readouterr().err
    assert words_ in err
    assert "has a fault" not in err


@pytest.mark.parametrize("args", [["jobs", "ls"], ["queue", "show"], ["events", "-f"], ["nodes"]])
def test_no_farm_is_5(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, args: list[str]
) -> None:
    monkeypatch.setenv("FARM_HOME", str(tmp_path))
    monkeypatch.delenv("FARM_ADDRESS", raising=False)
    assert run([*args, "--json"]) == 5
    captured = capsys.readouterr()
    assert "no farm runs on this machine; `farm up` starts one" in captured.err
    assert json.loads(captured.out)["error"] == "FarmUnreachableError"


def test_ctrl_c_detaches_and_the_job_goes_on(farm: SmallFarm, url: str, shop: Path, tmp_path: Path) -> None:
    document = "timeline: {tracks: [{clips: [{kind: color, color: '#ff0000', duration: 1}]}]}\noutput: {size: 64x64}\n"
    (shop / "watch.yaml").write_text(document)
    command = [
        sys.executable,
        "-m",
        "farm.cli.main",
        "submit",
        str(shop / "watch.yaml"),
        "-o",
        str(tmp_path / "o"),
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUNBUFFERED": "1"}
    with farm.paused():
        process = subprocess.Popen(
            [*command, "--address", url],
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            # A shell that runs tests in the background has it ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        (entry,) = until(lambda: farm.controller.journal.jobs.newest(1))
        # It has looked at the job at least once: it waits.
        until(lambda: farm.asked(JobService.show))
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert f"left running; continue with: farm jobs watch {entry.job_id} --address {url}" in err
    assert "Traceback" not in err
    assert farm.ended(entry.job_id)["state"] == "done"
    # Coming back with the document itself is coming back to the job.
    assert run(["submit", str(shop / "watch.yaml"), "-o", str(tmp_path / "o")]) == 0
    assert len(farm.controller.journal.jobs.newest(9)) == 1
    assert (tmp_path / "o" / "watch.mp4").exists()


@pytest.mark.usefixtures("url")
def test_submit_reports_plugins_whose_files_differ_on_the_farm(
    capsys: pytest.CaptureFixture[str], shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = {"kind": "color", "color": "red", "duration": "6f", "effects": ["basics.mono"]}
    job = {"timeline": {"tracks": [{"clips": [clip]}]}, "output": {"size": "64x64", "fps": 30}}
    (shop / "job.json").write_text(json.dumps(job))
    submit = ["submit", str(shop / "job.json"), "--no-wait"]
    assert run(submit) == 0
    assert "differ" not in capsys.readouterr().err
    monkeypatch.setattr(
        "farm.api.previews.plugin_offers",
        lambda registry: [one | {"identity": "edited"} for one in plugin_offers(registry)],
    )
    assert run(submit) == 0
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "differ" in line]
    mark = load_registry().plugins["basics"].mark
    theirs = mark.replace(mark.partition("(")[2], "edited)")
    assert line == (
        "warning: the farm's plugins differ from this machine's, and the farm's draw the video: "
        f"{mark} here, {theirs} there"
    )
