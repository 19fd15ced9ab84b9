"""What a plugin raises is the plugin's; what is not its fault passes."""

from __future__ import annotations

import errno
import pickle

import numpy as np
import pytest

from farm.errors import DocumentError, MachineError, MediaError, PluginError, Problem, StoreError
from farm.guard.call import Callee, Spot, call, cause_of
from farm.model.plugin import PluginIdentity
from farm.worker.fault import Blame, classify

PULSE = Callee("effect", "acme.pulse", PluginIdentity("acme", "1.2", "3f2a91c04b7e" * 5))


def raising(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize(
    "error",
    [
        ValueError("no"),
        KeyError(1),
        RecursionError(),
        FileNotFoundError(2, "gone"),
        SystemExit(1),
        StopIteration(),
    ],
)
def test_it_is_the_plugins(error: BaseException) -> None:
    with pytest.raises(PluginError) as caught:
        call(PULSE, Spot("hero", "timeline.tracks[0].clips[1]", 12, 0.4), raising, error)
    first, *lines = str(caught.value).splitlines()
    assert first.startswith(
        'effect `acme.pulse` of plugin acme 1.2 (3f2a91c04b7e) failed at frame 12 (0.40 s) of clip "hero" '
        f"(timeline.tracks[0].clips[1]): {type(error).__name__}"
    )
    assert "test_call.py, line " in lines[-1]
    assert "/" not in lines[-1].split(":")[0]
    assert classify(caught.value).blame is Blame.JOB
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.plugin, again.element) == (str(caught.value), caught.value.plugin, "acme.pulse")


@pytest.mark.parametrize(
    "error",
    [
        MediaError("cannot be decoded"),
        StoreError("gone"),
        DocumentError([Problem("slots", "wrong")]),
        KeyboardInterrupt(),
    ],
)
def test_it_passes(error: BaseException) -> None:
    with pytest.raises(type(error)) as caught:
        call(PULSE, Spot(), raising, error)
    assert caught.value is error


def test_a_full_disk_stays_one_whatever_a_plugin_makes_of_it() -> None:
    def wrap() -> None:
        try:
            raise OSError(errno.ENOSPC, "no space left on device")
        except OSError as error:
            raise RuntimeError("cannot keep my table") from error

    with pytest.raises(PluginError) as caught:
        call(PULSE, Spot(), wrap)
    assert classify(caught.value).blame is Blame.DISK


def test_messages_are_one_line_of_bounded_length() -> None:
    with pytest.raises(PluginError) as caught:
        call(PULSE, Spot(), raising, ValueError("a\nb " * 1000))
    assert len(str(caught.value).splitlines()[0]) < 600


def test_lines_of_the_plugin_are_shown_before_those_of_libraries() -> None:
    def broadcast() -> object:
        return np.broadcast_to(np.zeros(3), (2, 2))

    with pytest.raises(PluginError) as caught:
        call(PULSE, Spot(), broadcast)
    lines = str(caught.value).splitlines()[1:]
    assert len(lines) == 1
    assert "test_call.py" in lines[0]
    assert "in broadcast: return np.broadcast_to" in lines[0]


class Unsayable(Exception):
    def __str__(self) -> str:
        return str(self.args[7])


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (Unsayable("x"), "Unsayable: (its message is not available: IndexError)"),
        (ValueError("file \udcff.png"), r"ValueError: file \udcff.png"),
        (ValueError("\x1b[31mred\x00"), r"ValueError: \x1b[31mred\x00"),
        (ValueError("金表\nzweite  Zeile"), "ValueError: 金表 zweite Zeile"),
        (ValueError("x" * 10_000_000), "ValueError: " + "x" * 287 + "…"),
    ],
    ids=["unsayable", "surrogate", "control", "words", "long"],
)
def test_any_exception_can_be_described(error: Exception, message: str) -> None:
    assert cause_of(error) == message
    with pytest.raises(PluginError):
        call(PULSE, Spot(), raising, error)


@pytest.mark.parametrize(
    ("error", "blame", "message"),
    [
        (MemoryError(), Blame.HOST, "MemoryError"),
        (MemoryError("Unable to allocate 90 TiB"), Blame.HOST, "MemoryError: Unable to allocate 90 TiB"),
        (OSError(errno.EIO, "no dongle"), Blame.HOST, f"OSError: [Errno {errno.EIO}] no dongle"),
        (OSError(errno.ENOSPC, "no space"), Blame.DISK, f"OSError: [Errno {errno.ENOSPC}] no space"),
    ],
)
def test_what_the_machine_lacks_stays_its_fault_and_names_the_call(
    error: BaseException, blame: Blame, message: str
) -> None:
    with pytest.raises(MachineError) as caught:
        call(PULSE, Spot("hero", frame=3), raising, error)
    fault = classify(caught.value)
    assert (fault.blame, fault.stuck) == (blame, False)
    assert fault.message == (
        f'{message}, while effect `acme.pulse` of plugin acme 1.2 (3f2a91c04b7e) ran at frame 3 of clip "hero"'
    )
