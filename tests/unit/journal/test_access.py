"""Keys, tenants and orders."""

from __future__ import annotations

import base64

import pytest

from farm.errors import DocumentError
from farm.journal.journal import Journal
from farm.model.access import Role


def test_a_key_is_recognised_by_its_text_which_is_not_stored(journal: Journal) -> None:
    text, key = journal.access.create_key("shop", "submit", "the shop's", 5.0)
    assert journal.access.find_key(text) == key
    assert (key.tenant, key.role, key.label, key.revoked_s) == ("shop", Role.SUBMIT, "the shop's", None)
    assert journal.access.find_key(text[:-1]) is None
    assert journal.access.find_key("") is None
    journal.database.close()
    secret = text.rsplit("_", 1)[1].encode()
    for file in journal.database.path.parent.iterdir():
        assert secret not in file.read_bytes()


def test_a_revoked_key_keeps_its_first_revocation_time(journal: Journal) -> None:
    text, key = journal.access.create_key("shop", "read", "", 5.0)
    assert journal.access.revoke_key(key.key_id, 7.0)
    assert journal.access.revoke_key(key.key_id, 8.0)
    assert not journal.access.revoke_key("none", 8.0)
    found = journal.access.find_key(text)
    assert found is not None
    assert found.revoked_s == 7.0
    assert [one.key_id for one in journal.access.all_keys()] == [key.key_id]


def test_roles_allow_what_those_before_them_do() -> None:
    assert sorted(Role) == [Role.READ, Role.SUBMIT, Role.OPERATE]
    assert [role.word for role in Role] == ["read", "submit", "operate"]


@pytest.mark.parametrize("tenant", ["", "Shop", "a b", "-a", "a" * 64, "a\n", "ä"])
def test_a_wrong_name_is_reported_with_a_wrong_role(journal: Journal, tenant: str) -> None:
    with pytest.raises(DocumentError) as caught:
        journal.access.create_key(tenant, "sumbit", "", 5.0)
    assert [problem.path for problem in caught.value.problems] == ["tenant", "role"]
    assert "did you mean `submit`?" in caught.value.problems[1].message
    assert journal.access.all_keys() == []


def test_a_tenant_has_a_secret_of_its_own_that_stays(journal: Journal) -> None:
    journal.access.create_key("shop", "read", "", 5.0)
    first = journal.access.tenant("shop").webhook_secret
    changed = journal.access.set_tenant("shop", weight=2.5, max_running=3, max_unfinished=0)
    assert (changed.weight, changed.max_running, changed.max_unfinished) == (2.5, 3, 0)
    assert journal.access.tenant("shop").webhook_secret == first
    assert journal.access.tenant("other").webhook_secret != first
    assert len(base64.b64decode(first.removeprefix("whsec_"))) == 24
    assert [one.tenant for one in journal.access.tenants()] == ["other", "shop"]


def test_limits_out_of_range_are_reported_together(journal: Journal) -> None:
    with pytest.raises(DocumentError) as caught:
        journal.access.set_tenant("shop", weight=float("nan"), max_running=-1, max_unfinished=-1)
    assert [one.path for one in caught.value.problems] == ["weight", "max_running", "max_unfinished"]


def test_orders_hold_until_they_are_withdrawn(journal: Journal) -> None:
    journal.orders.give("paused:", "maintenance")
    journal.orders.give("paused:shop", {"cause": "late"})
    journal.orders.give("paused:shop", {"cause": "unpaid"})
    journal.orders.give("scale", [1, 2])
    assert journal.orders.starting_with("paused:") == {"": "maintenance", "shop": {"cause": "unpaid"}}
    assert journal.orders.withdraw("paused:shop")
    assert not journal.orders.withdraw("paused:shop")
    assert journal.orders.get("paused:shop") is None
    assert journal.orders.get("scale") == [1, 2]
