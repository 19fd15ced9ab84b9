"""The guard: which hosts the farm may fetch from on behalf of people outside its network.

A URL in a job must not make a worker read from the farm's own network: cloud metadata, databases, other services.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from farm.errors import MachineError, MediaError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str], tuple[str, ...]]
"""Returns the addresses of a host; raises OSError."""

_log = logging.getLogger(__name__)

PORTS: Final = (80, 443, *range(8000, 9001))
"""Web server ports; services on other ports use protocols that a crafted request could exploit."""

_NAT64: Final = ip_network("64:ff9b::/96")
_SPECIAL: Final = tuple(
    ip_network(text)
    for text in ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "100::/64", "3fff::/20", "5f00::/16")
)
"""Special-purpose networks that some Python versions consider public."""


def resolved(host: str) -> tuple[str, ...]:
    """Return a host's addresses as resolved by the system, without duplicates."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Guard:
    """Permits requests to public addresses and to whatever the operator allows."""

    hosts: frozenset[str] = frozenset()
    """Host names allowed on any port, whatever they resolve to."""
    networks: tuple[Network, ...] = ()
    """Networks allowed on any port."""
    resolve: Resolve = resolved
    """Resolves host names to addresses."""

    def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """Return the addresses of a host that may be connected to, in the resolver's order.

        A host with only some public addresses is refused: there is no legitimate reason for one.

        Raises:
            MediaError: the host does not resolve, or may not be fetched from.
        """
        try:
            found = [ip_address(text) for text in self.resolve(host)]
        except (OSError, ValueError) as error:
            raise MediaError(f"the host {host} is not known ({error}); check the URL") from error
        if not found:
            raise MediaError(f"the host {host} has no address; check the URL")
        if host.lower().rstrip(".") not in self.hosts:
            for address in found:
                self._check(host, port, address)
        return tuple(str(address) for address in found)

    def _check(self, host: str, port: int, address: Address) -> None:
        if any(address.version == network.version and address in network for network in self.networks):
            return
        if not is_public(address):
            if host != str(address):
                # Only for the operator: how a name resolves internally must not be disclosed to job submitters.
                _log.info("refused to ask %s: it leads to %s", host, address)
            raise MediaError(
                f"{host} is not a public address; upload the file, or let the farm's operator add the host or "
                "its network to FARM_FETCH_ALLOW"
            )
        if port not in PORTS:
            raise MediaError(
                f"port {port} of {host} is not fetched from; allowed: 80, 443, 8000 to 9000, and any of a host in "
                "FARM_FETCH_ALLOW"
            )


def is_public(address: Address) -> bool:
    """Whether an address, and any IPv4 address embedded in it, is on the public internet."""
    if isinstance(address, IPv6Address):
        inner = _embedded(address)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    if any(address in network for network in _SPECIAL):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that a router or the system would extract from an IPv6 address."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def parse_guard(allow: Iterable[str], resolve: Resolve = resolved) -> Guard:
    """Return a guard that permits public addresses and those in ``allow``: host names, addresses, networks.

    Raises:
        MachineError: an entry is none of these.
    """
    hosts: set[str] = set()
    networks: list[Network] = []
    for entry in (text.strip().lower().rstrip(".") for text in allow):
        try:
            networks.append(ip_network(entry))
        except ValueError as error:
            if not entry or not set(entry) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-_"):
                raise MachineError(
                    f"FARM_FETCH_ALLOW: `{entry}` is neither a host name nor a network; write e.g. "
                    "media.shop.lan,10.1.0.0/16"
                ) from error
            hosts.add(entry)
    return Guard(frozenset(hosts), tuple(networks), resolve)
