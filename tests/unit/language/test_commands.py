"""Template files on the command line, and sent along with a job."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

from farm.cli.main import run
from farm.client.connection import Connection
from farm.client.upload import Uploader
from farm.errors import DocumentError
from tests.unit.language.written import registry

CARD = """\
name: test.card
summary: A card.
slots: {headline: {type: text, required: yes}}
timeline: {duration: 1s, tracks: [{clips: [{kind: text, text: = upper(slots.headline), duration: 1s}]}]}
"""


@pytest.fixture
def card(tmp_path: Path) -> Path:
    path = tmp_path / "card.yaml"
    path.write_text(CARD)
    return path


def test_check_prints_every_problem_with_its_line(card: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["templates", "check", str(card)]) == 0
    assert "no problems" in capsys.readouterr().out
    card.write_text(
        CARD.replace("upper(slots.headline)", "uper(slots.headline)").replace(
            "duration: 1s}", "duration: 1 day}"
        )
    )
    assert run(["templates", "check", "--json", str(card)]) == 2
    (row,) = json.loads(capsys.readouterr().out)
    assert {one.split(",")[1] for one in row["problems"]} == {" line 4"}
    assert len(row["problems"]) == 2
    assert any("did you mean `upper`?" in one for one in row["problems"])
    card.write_text("name: [")
    assert run(["templates", "check", str(card)]) == 2
    assert "not valid YAML" in capsys.readouterr().out


def test_a_template_file_is_shown_with_its_slots(card: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["templates", str(card)]) == 0
    out = capsys.readouterr().out
    assert "test.card: A card." in out
    assert "headline" in out


def test_a_job_with_a_template_file_is_validated(card: Path, capsys: pytest.CaptureFixture[str]) -> None:
    job = card.with_name("job.yaml")
    job.write_text("template: card.yaml\nslots: {headline: Hello}\n")
    assert run(["validate", str(job)]) == 0
    job.write_text("template: cart.yaml\nslots: {headline: Hello}\n")
    assert run(["validate", str(job)]) == 2
    assert "did you mean `card.yaml`?" in capsys.readouterr().err


def test_a_written_template_is_not_saved_as_a_style(card: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["templates", "add", str(card)]) == 2
    assert "a job names by its file" in capsys.readouterr().err


def test_the_text_is_sent_along(card: Path) -> None:
    uploader = Uploader(cast(Connection, None), registry())  # nothing is uploaded
    job: dict[str, Any] = {"template": "./card.yaml", "slots": {"headline": "Hello"}}
    sent = uploader.send_media(job, "job.yaml", card.parent)
    assert sent == {**job, "template": {"source": "card.yaml", "text": CARD, "use": {}}}
    with pytest.raises(DocumentError, match="no such file"):
        uploader.send_media({**job, "template": "./none.yaml"}, "job.yaml", card.parent)
