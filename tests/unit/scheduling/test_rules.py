"""Rules as an operator sets them."""

from __future__ import annotations

import pytest

from farm.errors import MachineError
from farm.scheduling.rules import Rules, parse_rules


def test_rules_are_overridden_by_name() -> None:
    assert parse_rules("") == Rules()
    assert parse_rules('{"attempts": 5, "lease_floor_s": 60}') == Rules(attempts=5, lease_floor_s=60)


def test_the_last_versions_name_of_a_rule_is_accepted() -> None:
    assert parse_rules('{"look_cost_s": 9}') == Rules(analysis_cost_s=9)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "cannot be read"),
        ("[1]", "cannot be read"),
        ('{"attempt": 5}', "there is no rule `attempt`; did you mean `attempts`"),
        ('{"attempts": true}', "every value is a number from 0"),
        ('{"attempts": -1}', "every value is a number from 0"),
    ],
)
def test_wrong_rules_are_refused(text: str, message: str) -> None:
    with pytest.raises(MachineError, match=message):
        parse_rules(text)
