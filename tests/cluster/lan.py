"""A small network on this machine: hosts in network namespaces on one bridge. Needs root and iproute2."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest


def ip(*words: str) -> None:
    """Run ``ip``."""
    subprocess.run(["ip", *words], check=True, capture_output=True)


def lan_is_possible() -> bool:
    """Whether network namespaces can be made here: that needs root, iproute2, and a kernel that lets it."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    name = f"farm-try-{os.getpid()}"
    try:
        ip("netns", "add", name)
        ip("netns", "del", name)
    except subprocess.CalledProcessError:
        return False
    return True


needs_lan = pytest.mark.skipif(
    not lan_is_possible(),
    reason="network namespaces need root, iproute2, and a kernel that lets them be made",
)


@dataclass(frozen=True, slots=True)
class Host:
    """A host of its own: its namespace, its address, its farm folder."""

    name: str
    """The namespace."""
    address: str
    """Its address on the bridge."""
    home: Path
    """Its FARM_HOME."""
    environment: dict[str, str]
    """What else its processes find in their environment."""

    @property
    def site(self) -> Path:
        """A folder of packages that only its processes find."""
        return self.home.with_name(f"{self.home.name}-site")

    def popen(self, *words: str, log: Path) -> subprocess.Popen[bytes]:
        """Start a command there."""
        with log.open("ab") as file:
            return subprocess.Popen(
                ["ip", "netns", "exec", self.name, *words],
                env=self._variables(),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    def farm(self, *words: str, timeout_s: float = 240.0) -> subprocess.CompletedProcess[str]:
        """Run ``farm`` there and wait for it."""
        return subprocess.run(
            ["ip", "netns", "exec", self.name, sys.executable, "-m", "farm", *words],
            env=self._variables(),
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )

    def cut(self) -> None:
        """Pull its cable."""
        ip("-n", self.name, "link", "set", "eth0", "down")

    def mend(self) -> None:
        """Plug it in again."""
        ip("-n", self.name, "link", "set", "eth0", "up")

    def _variables(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(self.site), *sys.path]),
            "FARM_HOME": str(self.home),
            **self.environment,
        }


class Lan:
    """A bridge with this process's own host on it; hosts are added by name."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._mark = f"f{os.getpid() % 100_000}"
        self._net = f"10.{77 + os.getpid() % 100}.{os.getpid() // 100 % 250}"
        self._folder = folder
        self._environment = environment
        self._hosts: list[Host] = []
        ip("link", "add", self._mark, "type", "bridge")
        ip("addr", "add", f"{self._net}.254/24", "dev", self._mark)
        ip("link", "set", self._mark, "up")

    def host(self, name: str) -> Host:
        """Add a host."""
        number = len(self._hosts) + 1
        namespace, outside = f"{self._mark}-{name}", f"{self._mark}v{number}"
        host = Host(namespace, f"{self._net}.{number}", self._folder / name, self._environment)
        self._hosts.append(host)
        ip("netns", "add", namespace)
        ip("link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", namespace)
        ip("link", "set", outside, "master", self._mark, "up")
        ip("-n", namespace, "addr", "add", f"{host.address}/24", "dev", "eth0")
        ip("-n", namespace, "link", "set", "eth0", "up")
        ip("-n", namespace, "link", "set", "lo", "up")
        ip("-n", namespace, "route", "add", "default", "via", f"{self._net}.254")
        return host

    def close(self) -> None:
        """Take it all down."""
        for number, host in enumerate(self._hosts, 1):
            subprocess.run(["ip", "link", "del", f"{self._mark}v{number}"], capture_output=True, check=False)
            subprocess.run(["ip", "netns", "del", host.name], capture_output=True, check=False)
        subprocess.run(["ip", "link", "del", self._mark], capture_output=True, check=False)
