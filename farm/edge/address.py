"""Client addresses of requests, including those behind a proxy that the operator trusts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final

from farm.errors import MachineError

HOME_PREFIX: Final = 64
"""An IPv6 client usually controls a whole network of this prefix length, so all its addresses count as one."""


@dataclass(frozen=True, slots=True)
class TrustedProxies:
    """Proxies whose ``X-Forwarded-For`` is trusted."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    """The networks that they are in."""

    def trusts(self, address: str) -> bool:
        """Whether an address belongs to a trusted proxy."""
        try:
            found = ip_address(address)
        except ValueError:
            return False
        return any(found.version == one.version and found in one for one in self.networks)


def parse_proxies(texts: Iterable[str]) -> TrustedProxies:
    """Return the proxies given as addresses and networks.

    Raises:
        MachineError: one of them is neither an address nor a network.
    """
    networks = []
    for text in texts:
        try:
            networks.append(ip_network(text.strip()))
        except ValueError as error:
            raise MachineError(
                f"FARM_TRUSTED_PROXIES: `{text}` is not an address or network; write e.g. 127.0.0.1,10.0.0.0/24"
            ) from error
    return TrustedProxies(tuple(networks))


def client_of(scope: Mapping[str, Any], proxies: TrustedProxies) -> str:
    """Return the client address of a request; empty if unknown.

    Each proxy appends the address of its peer. Read from the right, the first address that is not a trusted proxy is
    the client; anything to the left of it may be forged.
    """
    client = scope.get("client")
    address = str(client[0]) if client else ""
    if not proxies.trusts(address):
        return address
    forwarded = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
    for one in reversed([part.strip() for part in forwarded.decode("latin-1").split(",") if part.strip()]):
        try:
            address = str(ip_address(one))
        except ValueError:
            # Not written by a trusted proxy: keep the address of the proxy itself.
            break
        if not proxies.trusts(address):
            break
    return address


def counted_as(address: str) -> str:
    """Return what an address is counted under: itself, or the network of an IPv6 address."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ip_network((found, HOME_PREFIX), strict=False))
    return address
