"""What a parameter may be works to the end, without a warning."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Any, Literal

import numpy as np
import pytest
from pydantic import Field, create_model, field_validator

from farm.errors import PluginError
from farm.plugin import hookimpl
from farm.plugins.parameter import parameters_fault
from farm.plugins.registry import load_registry
from farm.plugins.resolve import resolve
from farm.render.element import Effect, MediaPicture
from farm.render.frame import Frame, Moment


class Mode(Enum):
    SOFT = "soft"
    HARD = "hard"


class Step(IntEnum):
    ONE = 1


class Plain(Effect):
    """Does nothing."""

    def apply(self, frame: Frame, at: Moment) -> Frame:
        del at
        return frame


Plain.name = "acme.plain"


def effect(annotation: Any, default: Any = ...) -> type[Effect]:
    return create_model("Made", __base__=Plain, value=(annotation, default))


class Plugin:
    def __init__(self, kind: type[Effect]) -> None:
        self.kind = kind

    @hookimpl
    def farm_effects(self) -> list[type[Effect]]:
        return [self.kind]


@pytest.mark.parametrize(
    ("annotation", "default", "written"),
    [
        (Mode, Mode.SOFT, "soft"),
        (Step, Step.ONE, 1),
        (Mode | None, None, None),
        (Decimal, Decimal("1.5"), "1.5"),
        (timedelta, timedelta(seconds=2), "PT2S"),
        (float | None, 1, 1.0),
        (Annotated[int, Field(ge=1)] | None, 2, 2),
        (Literal["a", 1], 1, 1),
        (MediaPicture | None, None, None),
        (MediaPicture | float, 0.5, 0.5),
    ],
)
def test_a_default_of_its_own_type_is_taken(annotation: Any, default: Any, written: object) -> None:
    registry = load_registry([("acme", Plugin(effect(annotation, default)), "1")])
    assert registry.disabled == {}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ref, problems = resolve(registry.effects, "acme.plain", {}, "effects[0]", "effect")
    assert problems == []
    assert ref is not None
    assert ref.params == (("value", written),)
    made = registry.effect(ref, lambda asset: MediaPicture(asset.sha256))
    assert made == effect_value(registry.effects["acme.plain"].value, default)


def effect_value(kind: type[Effect], default: Any) -> Effect:
    return kind.model_validate({"value": default})


@pytest.mark.parametrize(
    ("annotation", "default", "message"),
    [
        (dict[str, float], ..., "is a mapping"),
        (set[str], ..., "is a set"),
        (tuple[float, float], (0.0, 1.0), "is a tuple"),
        (list[MediaPicture] | None, None, "is a list"),
        (bytes, b"a", "is of the type `bytes`"),
        (np.ndarray, ..., "is of the type `ndarray`"),
        ("Nowhere", ..., "is of the type `Nowhere`, which its module does not define"),
        (float | None, "1", "is '1'; float | None is due"),
        (timedelta, 5, "is 5; timedelta is due"),
        (Mode | None, "soft", "is 'soft'"),
        (MediaPicture, "wood.png", "is 'wood.png'; documents name media"),
        (MediaPicture, None, "is None; documents name media"),
        (float, Field(0.5, serialization_alias="from"), "has an alias"),
        (float, Field(0.5, exclude=True), "is excluded"),
    ],
)
def test_others_are_refused_when_registered(annotation: Any, default: Any, message: str) -> None:
    (disabled,) = load_registry([("acme", Plugin(effect(annotation, default)), "1")]).disabled.values()
    assert "`value` of `acme.plain`" in disabled.why
    assert message in disabled.why


def test_a_validator_that_changes_the_type_is_an_error_not_a_warning() -> None:
    class Loose(Plain):
        value: float = 1.0

        @field_validator("value")
        @classmethod
        def _text(cls, value: float) -> str:
            return str(value)

    registry = load_registry([("acme", Plugin(Loose), "1")])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(PluginError, match=r"a parameter is not of its own type: .*float"):
            resolve(registry.effects, "acme.plain", {"value": 2}, "effects[0]", "effect")


def test_ordinary_parameters_are_cheap_to_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def built(*_: object) -> Callable[..., Any]:
        raise AssertionError("a validator was built")

    monkeypatch.setattr("farm.plugins.parameter.TypeAdapter", built)
    assert parameters_fault("acme.plain", effect(float, 0.5)) == ""
