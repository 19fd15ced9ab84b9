"""The guard: nothing that is not public is reached, however it is written or hidden."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm.errors import MachineError, MediaError
from farm.store.guard import Guard, is_public, parse_guard, resolved

PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "0.0.0.0",
    "192.0.0.8",
    "198.18.0.1",
    "203.0.113.5",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001:db8::1",
    "::127.0.0.1",
]
PUBLIC = ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2400:3200::1"]


@pytest.mark.parametrize("text", PRIVATE)
def test_private_addresses_are_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_are(text: str) -> None:
    assert is_public(ip_address(text))


def hidings(inner: int) -> list[IPv6Address]:
    """Return IPv6 addresses that a router or the system turns into the IPv4 address ``inner``."""
    return [
        IPv6Address(0xFFFF << 32 | inner),  # mapped
        IPv6Address(0x2002 << 112 | inner << 80 | 1),  # 6to4
        IPv6Address(0x0064FF9B << 96 | inner),  # NAT64
        IPv6Address(0x20010000 << 96 | 0x01010101 << 64 | inner ^ 0xFFFFFFFF),  # Teredo
    ]


@given(st.integers(0, 2**32 - 1))
def test_an_address_inside_another_counts(inner: int) -> None:
    expected = is_public(IPv4Address(inner))
    assert [is_public(address) for address in hidings(inner)] == [expected] * 4


def at(*addresses: str, allow: tuple[str, ...] = ()) -> Guard:
    return parse_guard(allow, lambda _: addresses)


def test_a_public_host_is_let_through() -> None:
    assert at("1.1.1.1", "2606:4700:4700::1111").addresses("cdn.example", 443) == (
        "1.1.1.1",
        "2606:4700:4700::1111",
    )


def test_one_private_address_is_enough_to_refuse() -> None:
    with pytest.raises(MediaError, match=r"^cdn\.example is not a public address; upload the file"):
        at("1.1.1.1", "10.0.0.1").addresses("cdn.example", 443)


@pytest.mark.parametrize("port", [22, 25, 6379, 9200])
def test_other_services_ports_are_refused(port: int) -> None:
    with pytest.raises(MediaError, match=f"port {port} of cdn.example is not fetched from"):
        at("1.1.1.1").addresses("cdn.example", port)


@pytest.mark.parametrize("entry", ["media.shop.lan", "10.1.0.0/16", "10.1.2.3", " MEDIA.shop.lan. "])
def test_the_operator_may_allow_hosts_and_networks_at_any_port(entry: str) -> None:
    guard = at("10.1.2.3", allow=(entry,))
    assert guard.addresses("media.shop.lan", 9200) == ("10.1.2.3",)
    assert guard.addresses("MEDIA.shop.lan.", 80) == ("10.1.2.3",)


def test_what_is_allowed_is_no_more_than_that() -> None:
    guard = at("10.2.0.1", allow=("media.shop.lan", "10.1.0.0/16", "fd00::/8"))
    for host in ("shop.lan", "evil-media.shop.lan", "media.shop.lan.evil.example"):
        with pytest.raises(MediaError, match="is not a public address"):
            guard.addresses(host, 80)


@pytest.mark.parametrize("entry", ["", "http://media.lan", "10.1.0.1/16", "*.lan", "a b"])
def test_a_wrong_entry_is_reported(entry: str) -> None:
    with pytest.raises(MachineError, match="is neither a host name nor a network"):
        parse_guard([entry])


def test_a_host_that_does_not_resolve_is_the_jobs_fault() -> None:
    def nowhere(_: str) -> tuple[str, ...]:
        raise OSError("Name or service not known")

    with pytest.raises(
        MediaError, match=r"the host gone\.example is not known \(Name or service not known\)"
    ):
        Guard(resolve=nowhere).addresses("gone.example", 80)
    with pytest.raises(MediaError, match="has no address"):
        at().addresses("empty.example", 80)


@pytest.mark.parametrize("written", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1"])
def test_odd_spellings_of_loopback_are_seen_through(written: str) -> None:
    assert resolved(written) == ("127.0.0.1",)
    with pytest.raises(MediaError, match="is not a public address"):
        Guard().addresses(written, 80)
