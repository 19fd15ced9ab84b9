"""Commands that need the catalog's file for themselves."""

from __future__ import annotations

from farm.cli.remote import running_farm


def refuse_while_running(what: str) -> None:
    """Refuse a command that needs exclusive access to the catalog's file.

    Raises:
        ConflictError: a farm runs on this machine.
    """
    from farm.errors import ConflictError
    from farm.settings import Settings

    url = running_farm(Settings.from_environment())
    if url is not None:
        raise ConflictError(f"the farm at {url} has the catalog open; `farm down` it first, then {what}")
