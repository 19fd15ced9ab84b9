"""Unusual mistakes in exceptions and return values."""

from __future__ import annotations

from tests.plugin_mistakes.drawing import _AT, _REMEDY, _broke, _effect
from tests.plugin_mistakes.mistake import Mistake, Stage

_FAILED = f"effect `acme.pulse` of plugin acme 1.2 (-) failed {_AT}: "
_TWICE = """from pydantic import field_validator
class Pulse(Effect):
    name: ClassVar[str] = "acme.pulse"
    amount: float = 50.0
    @field_validator("amount")
    @classmethod
    def share(cls, value):
        return value / 100
    def apply(self, frame, at):
        return frame
@hookimpl
def farm_effects():
    return [Pulse]
"""


def _raised(name: str, did: str, body: str, cause: str) -> Mistake:
    return Mistake(name, did, Stage.DRAWING, _effect(body), f"{_FAILED}{cause}; {_REMEDY}")


RAISING = (
    _raised(
        "no_utf8",
        "raised a message that is no UTF-8",
        r"raise ValueError('lut \udcff.png')",
        r"ValueError: lut \udcff.png",
    ),
    _raised(
        "no_exception",
        "raised what is no Exception",
        "import asyncio; raise asyncio.CancelledError('bored')",
        "CancelledError: bored",
    ),
    _raised(
        "speechless",
        "raised an exception that fails over its own words",
        "raise type('Bad', (ValueError,), {'__str__': lambda self: self.args[9]})()",
        "Bad: (its message is not available: IndexError)",
    ),
    _broke(
        "read_only",
        "returned a plane that is read-only",
        "return Frame(np.frombuffer(bytes(4096), np.uint8).reshape(64, 64), frame.u, frame.v)",
        "plane y is read-only; return a copy of it: plane.copy()",
    ),
    _broke(
        "masked",
        "returned another kind of array",
        "return Frame(np.ma.masked_array(frame.y), frame.u, frame.v)",
        "plane y is a MaskedArray where an array of uint8 is due",
    ),
    Mistake(
        "converted_twice",
        "converted a parameter in a validator",
        Stage.DRAFTING,
        _TWICE,
        "effect `acme.pulse` of plugin acme 1.2 (-) broke its contract at timeline.tracks[0].clips[0].effects[0]: "
        "checking `amount` turns 0.5 into 0.005; a validator leaves alone what it returned before: convert in "
        f"`apply`; {_REMEDY}",
        '[{"kind": "color", "color": "red", "duration": "6f", "name": "hero", "effects": [{"name": "acme.pulse", '
        '"amount": 50}]}]',
    ),
)
