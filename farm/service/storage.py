"""The desk for what is stored: owners of media, quotas, retention rules, usage, garbage collection, verification."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from farm_catalog.asset_entry import OFFICIAL

if TYPE_CHECKING:
    from farm.service.office import Office


class StorageDesk:
    """Operators see and may use media of every tenant; another tenant's media are to all others as if absent."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._journal = office.journal

    def note(self, tenant: str, sha256: str, size_bytes: int) -> None:
        """Make a tenant the owner of media, before the file is put into the store.

        Raises:
            MediaCondemnedError: the garbage collector removes them at the moment.
            QuotaError: the tenant would have more bytes of uploads than it may.
        """
        self._journal.owners.note(tenant, sha256, size_bytes, time.time())

    def owns(self, tenant: str, operates: bool, sha256: str) -> bool:
        """Whether media are a tenant's to use, or whoever asks is an operator; counts as a use of them."""
        return sha256 not in self.foreign(tenant, operates, [sha256])

    def foreign(self, tenant: str, operates: bool, media: Sequence[str]) -> list[str]:
        """Return which media a tenant neither owns nor holds in its library or the official one; none to operators.

        Those that it owns are kept as just used.

        Raises:
            MediaCondemnedError: the garbage collector removes one of them at the moment.
        """
        owned = self._journal.owners.use(tenant, media, time.time())
        rest = [one for one in media if one not in owned]
        if not rest:
            return []
        held = set(rest) if operates else self._office.librarian.catalog().assets.held(tenant, rest)
        self._journal.owners.spare(held)
        return [one for one in rest if one not in held]

    def check_upload(self, tenant: str, sha256: str, size_bytes: int) -> None:
        """Refuse an upload before its bytes are read, where it would exceed the tenant's quota.

        Raises:
            QuotaError: it would.
        """
        if not self._journal.owners.owns(tenant, sha256):
            self._journal.quotas.check_upload(tenant, size_bytes)

    def check_assets(self, owner: str, more: int) -> None:
        """Refuse assets beyond an owner's quota; the official library has none.

        Raises:
            QuotaError: there would be too many.
        """
        if owner != OFFICIAL:
            have = self._office.librarian.catalog().assets.held_count(owner)
            self._journal.quotas.check_assets(owner, have, more)
