"""`farm keys`, `tenants` and `audit` against a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from farm.cli.main import run
from farm.journal.journal import Journal
from farm.settings import Settings
from tests.contract.small_farm import SmallFarm, served
from tests.unit.cli.test_remote_commands import json_output, text_output


@pytest.fixture
def farm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallFarm]:
    with SmallFarm(tmp_path / "home", keys=True) as farm, served(farm.api) as url:
        monkeypatch.setenv("FARM_HOME", str(tmp_path / "client"))
        monkeypatch.setenv("FARM_ADDRESS", url)
        monkeypatch.setenv("FARM_API_KEY", farm.key("ops", "operate"))
        yield farm


def test_keys_that_expire(farm: SmallFarm, capsys: pytest.CaptureFixture[str]) -> None:
    del farm
    made = json_output(capsys, "keys", "create", "--tenant", "shop", "--expires", "90d")
    assert made["expires_at"] > made["created_at"]
    run(["keys", "create", "--tenant", "shop", "--expires", "12h"])
    assert "valid until 2" in capsys.readouterr().err
    assert made["expires_at"][:16] in text_output(capsys, "keys", "ls")
    assert run(["keys", "create", "--tenant", "shop", "--expires", "soon"]) == 2
    assert "write e.g. 90d, 12h or 30m" in capsys.readouterr().err


def test_secrets_that_rotate(farm: SmallFarm, capsys: pytest.CaptureFixture[str]) -> None:
    before = farm.controller.journal.access.tenant("ops").webhook_secret
    shown = text_output(capsys, "tenants", "rotate-secret", "ops").strip()
    assert shown == farm.controller.journal.access.tenant("ops").webhook_secret != before
    assert json_output(capsys, "tenants", "rotate-secret", "ops")["former_until"]


def test_the_audit_log(farm: SmallFarm, capsys: pytest.CaptureFixture[str]) -> None:
    del farm
    made = json_output(capsys, "keys", "create", "--tenant", "shop")
    text_output(capsys, "keys", "revoke", made["id"])
    shown = text_output(capsys, "audit")
    assert shown.index("DELETE /v1/keys/{key_id}") < shown.index("POST /v1/keys")
    assert made["id"] in shown
    found = json_output(
        capsys, "audit", "--action", "DELETE", "--since", "1h", "--tenant", "ops", "--limit", "1"
    )
    assert [one["target"] for one in found] == [f"/v1/keys/{made['id']}"]
    assert json_output(capsys, "audit", "--key", "none") == []


def test_a_lost_seal_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(tmp_path)
    journal = Journal.open(settings.journal)
    journal.access.tenant("shop")
    journal.close()
    (tmp_path / "seal.key").unlink()
    monkeypatch.setenv("FARM_HOME", str(tmp_path))
    assert json_output(capsys, "tenants", "reseal") == {"tenants": ["shop"]}
    again = Journal.open(settings.journal)
    assert again.access.tenant("shop").webhook_secret.startswith("whsec_")
    again.close()


def test_invisible_characters_are_escaped(
    farm: SmallFarm, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    del farm
    broken = tmp_path / "job.yaml"
    broken.write_text('template: "retail.\\u202egpj\\e[31m"\nslots: {}\n')
    assert run(["validate", str(broken)]) == 2
    shown = capsys.readouterr().err
    assert "\u202e" not in shown
    assert "\x1b" not in shown
    assert "retail.\\u202egpj\\x1b[31m" in shown
    assert run(["validate", str(broken), "--json"]) == 2
    assert "\u202e" not in capsys.readouterr().out
    assert run(["keys", "create", "--tenant", "shop", "--label", "a\u202eb"]) == 2
    assert "\u202e" not in capsys.readouterr().err
