"""The seal: secrets are not in the journal in plain text, and serials can be neither read nor forged."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm.errors import DocumentError, MachineError, StoreError
from farm.journal.journal import Journal
from farm.journal.seal import KEY_FILE, Seal

SEAL = Seal(bytes(range(32)))


def everything(path: Path) -> bytes:
    return b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))


def test_a_secret_is_sealed_and_opens_again(journal: Journal) -> None:
    secret = journal.access.tenant("shop").webhook_secret
    assert secret.startswith("whsec_")
    assert secret.encode() not in everything(journal.database.path)
    path = journal.database.path
    journal.close()
    again = Journal.open(path)
    assert again.access.tenant("shop").webhook_secret == secret
    assert "whsec_" not in repr(again.access.tenant("shop"))
    again.close()
    key = path.with_name(KEY_FILE)
    assert key.stat().st_mode & 0o777 == 0o600


def test_plain_secrets_of_an_earlier_farm_are_sealed_and_erased(journal: Journal) -> None:
    path = journal.database.path
    journal.access.tenant("shop")
    journal.close()
    plain = "whsec_" + "A" * 32
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE tenants SET webhook_secret = ?", (plain,))
    connection.close()
    assert plain.encode() in everything(path)
    again = Journal.open(path)
    assert again.access.tenant("shop").webhook_secret == plain
    assert plain.encode() not in everything(path)
    again.close()


def test_a_lost_or_wrong_key_is_reported_with_its_remedy(journal: Journal) -> None:
    path = journal.database.path
    before = journal.access.tenant("shop").webhook_secret
    journal.close()
    key = path.with_name(KEY_FILE)
    kept = key.read_text()
    key.unlink()
    with pytest.raises(StoreError, match=r"is missing.*put it back from the backup.*farm tenants reseal"):
        Journal.open(path)
    assert not key.exists()
    key.write_text("ab" * 32)
    with pytest.raises(StoreError, match=r"is not the key .*farm tenants reseal"):
        Journal.open(path)
    key.write_text("no key")
    with pytest.raises(MachineError, match="cannot be read as a key"):
        Journal.open(path)
    key.unlink()
    made = Journal.open(path, new_seal=True)
    after = made.access.tenant("shop").webhook_secret
    assert after.startswith("whsec_")
    assert after != before
    made.close()
    key.write_text(kept)
    with pytest.raises(StoreError, match="is not the key"):
        Journal.open(path)


def test_a_secret_belongs_to_one_tenant() -> None:
    sealed = SEAL.seal("whsec_x", "one")
    assert SEAL.open(sealed, "one") == "whsec_x"
    assert SEAL.seal("whsec_x", "one") != sealed
    for wrong, context in (
        (sealed, "two"),
        (sealed[:-4] + "AAAA", "one"),
        ("sealed:1:%", "one"),
        ("", "one"),
    ):
        with pytest.raises(StoreError, match="rotate-secret"):
            SEAL.open(wrong, context)
    assert repr(SEAL) == "Seal()"


def test_a_former_secret_signs_for_a_day(journal: Journal) -> None:
    first = journal.access.tenant("shop").webhook_secret
    changed = journal.access.rotate_secret("shop", 1000.0)
    assert changed is not None
    assert changed.secrets(1001.0) == (changed.webhook_secret, first)
    assert changed.secrets(1000.0 + 86_400.0) == (changed.webhook_secret,)
    assert changed.webhook_secret != first
    assert journal.access.rotate_secret("nobody", 1000.0) is None
    twice = journal.access.rotate_secret("shop", 2000.0)
    assert twice is not None
    assert twice.secrets(2001.0) == (twice.webhook_secret, changed.webhook_secret)


@given(st.integers(1, 2**63 - 1), st.sampled_from(["event", "job"]))
def test_tokens_come_back_as_their_serials(serial: int, kind: str) -> None:
    token = SEAL.token(serial, kind)
    assert len(token) == 22
    assert SEAL.serial(token, kind, field="after") == serial
    with pytest.raises(DocumentError, match="not issued by this farm"):
        SEAL.serial(token, "other", field="after")
    with pytest.raises(DocumentError):
        Seal(b"x" * 32).serial(token, kind, field="after")


@given(st.text(max_size=40))
def test_invalid_tokens_are_refused(text: str) -> None:
    if text == "0":
        assert SEAL.serial(text, "event", field="after") == 0
        return
    with pytest.raises(DocumentError, match="not issued by this farm"):
        SEAL.serial(text, "event", field="after")
