"""Whose address a request comes from, also behind a proxy that the operator trusts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final

from farm.errors import MachineError

HOME_PREFIX: Final = 64
"""Whoever has an IPv6 address has as many as this prefix leaves, so they count as one."""


@dataclass(frozen=True, slots=True)
class TrustedProxies:
    """Proxies whose ``X-Forwarded-For`` is believed."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    """Where they stand."""

    def trusts(self, address: str) -> bool:
        """Whether a proxy with this address is believed."""
        try:
            found = ip_address(address)
        except ValueError:
            return False
        return any(found.version == one.version and found in one for one in self.networks)


def parse_proxies(texts: Iterable[str]) -> TrustedProxies:
    """Return the proxies that addresses and networks name.

    Raises:
        MachineError: one of them is no address and no network.
    """
    networks = []
    for text in texts:
        try:
            networks.append(ip_network(text.strip()))
        except ValueError as error:
            raise MachineError(
                f"FARM_TRUSTED_PROXIES: `{text}` is no address or network; write e.g. 127.0.0.1,10.0.0.0/24"
            ) from error
    return TrustedProxies(tuple(networks))


def client_of(scope: Mapping[str, Any], proxies: TrustedProxies) -> str:
    """Return the address that a request comes from; empty where nobody knows.

    Proxies append the address that they were asked from. Read from the right, the first that is no trusted proxy is
    the client; what stands before it anybody may have written.
    """
    client = scope.get("client")
    address = str(client[0]) if client else ""
    if not proxies.trusts(address):
        return address
    told = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
    for one in reversed([part.strip() for part in told.decode("latin-1").split(",") if part.strip()]):
        try:
            address = str(ip_address(one))
        except ValueError:
            # What a trusted proxy did not write is not worth more than the proxy's own address.
            break
        if not proxies.trusts(address):
            break
    return address


def counted_as(address: str) -> str:
    """Return what an address is counted under: itself, or the network of an IPv6 host."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ip_network((found, HOME_PREFIX), strict=False))
    return address
