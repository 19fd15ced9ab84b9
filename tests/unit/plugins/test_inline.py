"""Elements of the calling program: their identity is their code, and nothing else."""

from __future__ import annotations

import linecache
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest

from farm.errors import PluginError
from farm.plugins.inline import inline_plugins, registry_with
from farm.plugins.registry import load_registry
from farm.render.element import Effect, TextStyle
from farm.render.frame import Frame, Moment

CODE = """
from functools import partial
from typing import ClassVar
import numpy as np
from numba import njit
from farm.render.element import Effect
from farm.render.frame import Frame

LEVELS = np.arange(4)
RATIO = 0.5
UNUSED = 1

@njit
def kernel(value):
    return value * 2

def helper(frame):
    return frame if RATIO else kernel(LEVELS[0])

def unused():
    return 1

def bound(by):
    def inner(frame):
        return frame, by
    return inner

scaled = bound(3)

class Parent(Effect):
    def shared(self):
        return 1

class Pulse(Parent):
    '''Pulses.'''
    name: ClassVar[str] = "mine.pulse"
    steps: ClassVar[int] = 3
    strength: float = 0.5

    @property
    def twice(self):
        return self.strength * 2

    def apply(self, frame, at):
        scaled(frame)
        return [helper(frame) for _ in range(1)][0]
"""


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Callable[[str], ModuleType]]:
    """Return a function that imports code as a module of the program."""
    names = []

    def write(code: str) -> ModuleType:
        name = f"own_code_{len(names)}"
        (tmp_path / f"{name}.py").write_text(code)
        spec = spec_from_file_location(name, tmp_path / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules[name] = module_from_spec(spec)
        names.append(name)
        spec.loader.exec_module(module)
        return module

    yield write
    for name in names:
        del sys.modules[name]


def digest(module: Any) -> str:
    (plugin,) = inline_plugins(effects=[module.Pulse])
    return plugin.identity.digest


def test_equal_code_has_one_identity_wherever_it_stands(written: Callable[[str], ModuleType]) -> None:
    assert digest(written(CODE)) == digest(written("# A comment.\n\n" + CODE))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[helper(frame) for", "[frame for"),
        ("if RATIO else", "if not RATIO else"),
        ("RATIO = 0.5", "RATIO = 0.25"),
        ("np.arange(4)", "np.arange(5)"),
        ("value * 2", "value * 3"),
        ("steps: ClassVar[int] = 3", "steps: ClassVar[int] = 4"),
        ("strength: float = 0.5", "strength: float = 0.6"),
        ("self.strength * 2", "self.strength * 3"),
        ("return 1\n\nclass Pulse", "return 2\n\nclass Pulse"),
        ("bound(3)", "bound(4)"),
        ("return frame, by", "return by, frame"),
    ],
)
def test_every_change_that_matters_changes_the_identity(
    written: Callable[[str], ModuleType], old: str, new: str
) -> None:
    assert old in CODE
    assert digest(written(CODE)) != digest(written(CODE.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new"), [("UNUSED = 1", "UNUSED = 2"), ("def unused():\n    return 1", ""), ("'''Pulses.'''", "")]
)
def test_other_changes_do_not(written: Callable[[str], ModuleType], old: str, new: str) -> None:
    assert digest(written(CODE)) == digest(written(CODE.replace(old, new)))


def test_a_notebook_cell_is_a_source(monkeypatch: pytest.MonkeyPatch) -> None:
    def ran(code: str, cell: str) -> Any:
        monkeypatch.setitem(linecache.cache, cell, (len(code), None, code.splitlines(keepends=True), cell))
        names: dict[str, Any] = {"__name__": "__main__"}
        exec(compile(code, cell, "exec", dont_inherit=True), names)
        return type("Cell", (), names)

    first, second = ran(CODE, "<ipython-input-1>"), ran(CODE.replace("* 2", "* 3"), "<ipython-input-2>")
    assert digest(first) != digest(second)


def test_code_without_a_source_is_refused() -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(CODE, "<nowhere>", "exec", dont_inherit=True), names)
    with pytest.raises(
        PluginError, match=r"the source of `mine\.pulse.* is not available.* a file or a notebook"
    ):
        inline_plugins(effects=[names["Pulse"]])


def test_a_global_that_cannot_be_hashed_is_refused_with_its_place(
    written: Callable[[str], ModuleType],
) -> None:
    code = CODE.replace("RATIO = 0.5", "import threading\nRATIO = threading.Lock()")
    with pytest.raises(PluginError, match=r"`mine\.pulse\.apply.*\.RATIO` is a _thread\.lock"):
        inline_plugins(effects=[written(code).Pulse])


MANY = """
import functools
import logging
import re
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, ClassVar, Literal
import numpy as np
from pydantic import AfterValidator, Field, PrivateAttr, field_validator
from farm.render.element import Effect
from farm_basics.soften import soften

log = logging.getLogger("own")

class Mode(Enum):
    A = "a"
    def sign(self):
        return 1

@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: tuple = (1, 2)
    def norm(self):
        return self.x

WORD = re.compile("a+")
SETS = {"a", "bb", "ccc"}
TABLE = {"point": Point(3), "mode": Mode.A}
add = functools.partial(np.add, 1)

@functools.lru_cache
def cached(n):
    return n in {"x", "y", "zz"}

def even(value):
    return value

class Pulse(Effect):
    name: ClassVar[str] = "mine.pulse"
    mode: Mode
    word: Literal["a", "b"] = "a"
    number: Annotated[int, AfterValidator(even)] = 2
    other: int = Field(default_factory=lambda: 3, ge=1)
    _kept: int = PrivateAttr(default=1)

    @field_validator("number")
    @classmethod
    def check(cls, value):
        return even(value)

    @functools.cached_property
    def table(self):
        return np.arange(3)

    @staticmethod
    def still():
        return WORD, SETS

    def apply(self, frame, at):
        import math
        from farm_basics import kernels
        log.debug("applied")
        return soften(frame, math.pi), self.mode.sign(), TABLE, cached("x"), add(2), self.still(), kernels
"""
PRINT = "\nfrom farm.plugins.inline import inline_plugins\nprint(inline_plugins(effects=[Pulse])[0].identity.digest)\n"


def test_whatever_a_class_holds_has_one_identity_in_every_process(
    written: Callable[[str], ModuleType], tmp_path: Path
) -> None:
    (tmp_path / "script.py").write_text(MANY + PRINT)
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": "5"}
    command = [sys.executable, str(tmp_path / "script.py")]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.stdout.strip() == digest(written(MANY)), done.stderr


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return 1\n\n@dataclass", "return 2\n\n@dataclass"),
        ("return self.x", "return -self.x"),
        ("Point(3)", "Point(4)"),
        ('"a+"', '"b+"'),
        ('"ccc"}', '"c"}'),
        ('"zz"}', '"z"}'),
        ("np.add, 1", "np.add, 2"),
        ("return value\n\nclass Pulse", "return value + 1\n\nclass Pulse"),
        ("np.arange(3)", "np.arange(4)"),
        ("lambda: 3", "lambda: 4"),
    ],
)
def test_every_change_of_what_a_class_holds_changes_its_identity(
    written: Callable[[str], ModuleType], old: str, new: str
) -> None:
    assert old in MANY
    assert digest(written(MANY)) != digest(written(MANY.replace(old, new)))


def _pulse(name: Any) -> type[Effect]:
    class Pulse(Effect):
        """Do nothing."""

        def apply(self, frame: Frame, at: Moment) -> Frame:
            del at
            return frame

    if name is not None:
        Pulse.name = name
    return Pulse


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (None, "the name of `Pulse` is None; write a word of your own"),
        ("pulse", "the name of `Pulse` is 'pulse'"),
        ("Mine.pulse", "the name of `Pulse` is 'Mine.pulse'"),
        ("mine.Pulse", "`effects` offers `mine.Pulse`; names of this plugin are `mine.`"),
        ("basics.pulse", "a plugin called `basics` is installed; write another word"),
    ],
)
def test_names_are_checked_as_those_of_installed_plugins(name: Any, message: str) -> None:
    with pytest.raises(PluginError) as raised:
        inline_plugins(effects=[_pulse(name)])
    assert str(raised.value).startswith(message)


def test_elements_are_admitted_as_those_of_installed_plugins() -> None:
    kind = _pulse("mine.pulse")
    with pytest.raises(PluginError, match="offers an instance of `Pulse` where the class is due"):
        inline_plugins(effects=[kind()])  # type: ignore[list-item]
    with pytest.raises(PluginError, match=r"offers `mine\.pulse` twice"):
        inline_plugins(effects=[kind, kind])
    with pytest.raises(PluginError, match="which is no Transition"):
        inline_plugins(transitions=[kind])  # type: ignore[list-item]


def test_names_before_the_dot_are_plugins_of_their_own() -> None:
    plugins = inline_plugins(effects=[_pulse("mine.pulse")], text_styles={"ours.loud": TextStyle(size="9%")})
    assert [one.identity.name for one in plugins] == ["mine", "ours"]
    registry = registry_with(plugins)
    assert registry.effects["mine.pulse"].plugin == plugins[0].identity
    assert registry.text_styles["ours.loud"].value == TextStyle(size="9%")
    assert "mine" not in load_registry().plugins


def test_a_style_is_known_by_its_fields() -> None:
    small, large = (inline_plugins(text_styles={"mine.loud": TextStyle(size=size)})[0] for size in (9, 10))
    assert small.identity.digest != large.identity.digest


class Recursive(Effect):
    """Reach itself by way of a helper."""

    name: ClassVar[str] = "mine.again"

    def apply(self, frame: Frame, at: Moment) -> Frame:
        return _again(self, frame, at)


def _again(effect: Recursive, frame: Frame, at: Moment) -> Frame:
    return frame if isinstance(effect, Recursive) else effect.apply(frame, at)


def test_code_that_reaches_itself_is_hashed_once() -> None:
    assert inline_plugins(effects=[Recursive])[0].identity.digest
