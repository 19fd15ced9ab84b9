"""The controller answers for every desk that the routes ask."""

from __future__ import annotations

from typing import Any

from farm.api.desks import Desks
from farm.cluster.controller_actor import DESKS


def test_all_desks_are_reached() -> None:
    async def nobody(_desk: str, _method: str, _values: tuple[Any, ...]) -> None:
        raise AssertionError

    assert vars(Desks(nobody)).keys() == {*DESKS, "office", "previews"}
