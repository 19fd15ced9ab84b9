"""Plugins are registered through one entry point, and the guide's own example works."""

from __future__ import annotations

import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import skia
from PIL import Image

from farm.media.probe import probe
from farm.model.color import Color, to_yuv
from farm.model.plugin import PluginIdentity
from farm.model.timeline_document import TimelineDocument
from farm.plugin import hookimpl
from farm.plugins.offer import element_offers
from farm.plugins.registry import load_registry
from farm.plugins.resolve import resolve
from farm.plugins.template import Brief, Template
from farm.render.animator import PartPose, Spoken, TextHighlight, TextMotion, TextPart
from farm.render.element import LivelySticker
from farm.render.frame import Frame, Moment
from farm.render.media_picture import MediaPicture
from farm.worker.analyse import analyse

GUIDE = Path(__file__).parents[3] / "docs" / "plugins.md"


def from_the_guide(file: str) -> ModuleType:
    """Return a plugin of the guide, as its reader would write it."""
    code = next(
        block
        for block in re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
        if block.startswith(f"# {file}.py") and "hookimpl" in block
    )
    module = ModuleType(file)
    exec(compile(code, "docs/plugins.md", "exec", dont_inherit=True), vars(module))
    return module


@pytest.fixture
def acme() -> ModuleType:
    """The guide's effect."""
    return from_the_guide("acme_farm")


def test_the_guides_analyser_is_registered_and_runs(tmp_path: Path) -> None:
    registry = load_registry([("acme", from_the_guide("acme_analyser"), "1.2")])
    Image.new("RGB", (8, 8), (200, 100, 60)).save(tmp_path / "warm.png")
    look, files = analyse(probe(tmp_path / "warm.png"), {"acme.warmth": registry.analysers["acme.warmth"]})
    found = look.analysers["acme.warmth"]
    assert found.findings == {"warmth": 0.549}
    assert found.tags == ("warm",)
    assert found.plugin == "acme 1.2 (-)"
    assert files == {}
    (offer,) = (one for one in element_offers(registry, "analysers") if one["name"] == "acme.warmth")
    assert offer["summary"] == "How warm the colours of a picture or clip are."
    assert list(offer["parameters"]) == ["warmth"]


def test_the_guides_effect_is_known_and_brightens(acme: ModuleType) -> None:
    registry = load_registry([("acme", acme, "1.2")])
    assert registry.plugins["acme"] == PluginIdentity("acme", "1.2")
    ref, problems = resolve(registry.effects, "acme.pulse", {"strength": 0.5}, "here", "effect")
    assert problems == []
    assert ref is not None
    assert ref.version == "acme 1.2 (-)"
    assert dict(ref.params) == {"strength": 0.5, "beats": 2.0}
    grey = Frame.solid(8, 4, (100, 128, 128))
    bright = registry.effect(ref, MediaPicture).apply(grey, Moment(0, 30, Fraction(30)))
    assert np.all(bright.y == 100 + (100 - 16) // 2)
    assert np.all(grey.y == 100)


def test_the_guides_effect_on_pixels_exchanges_red_and_blue() -> None:
    registry = load_registry([("acme_rgb", from_the_guide("acme_rgb"), "1.2")])
    ref, problems = resolve(registry.effects, "acme_rgb.swap", {}, "here", "effect")
    assert problems == []
    assert ref is not None
    effect = registry.effect(ref, MediaPicture)
    assert effect.steady
    red, blue = (Frame.solid(8, 4, to_yuv(Color(*rgb))) for rgb in ((200, 40, 60), (60, 40, 200)))
    swapped = effect.apply(red, Moment(0, 30, Fraction(30)))
    for found, wanted in zip(swapped.planes(), blue.planes(), strict=True):
        assert np.abs(found.astype(int) - wanted).max() <= 1


def test_the_guides_sticker_circles() -> None:
    registry = load_registry([("acme_party", from_the_guide("acme_party"), "1.2")])
    ref, problems = resolve(registry.stickers, "acme_party.orbit", {"turns": 0.5}, "here", "sticker")
    assert problems == []
    assert ref is not None
    orbit = registry.sticker(ref, MediaPicture)
    assert isinstance(orbit, LivelySticker)
    centres = []
    for frame in (0, 15, 30):
        pixels = np.zeros((64, 64, 4), np.uint8)
        orbit.draw_at(skia.Surface(pixels).getCanvas(), 64.0, 64.0, Moment(frame, 60, Fraction(30)))
        y, x = np.argwhere(pixels[..., 3] > 100).mean(axis=0)
        centres.append((round(x), round(y)))
    assert centres == [(57, 32), (32, 57), (6, 32)]


def test_the_guides_animators_move_and_mark_words() -> None:
    registry = load_registry([("acme_type", from_the_guide("acme_type"), "1.2")])
    tumble, box = (
        registry.animator(ref, MediaPicture)
        for name in ("acme_type.tumble", "acme_type.box")
        if (ref := resolve(registry.animators, name, {}, "here", "animator")[0]) is not None
    )
    assert isinstance(tumble, TextMotion)
    assert isinstance(box, TextHighlight)
    part = TextPart(2, 5, 0, 1, 0.6, 0.5, 0.5, 1)
    assert tumble.pose(part, 0.0).opacity == 0
    assert tumble.pose(part, 0.5).dy_em == -1
    assert tumble.pose(part, 1.0) == PartPose()
    assert box.pose(part, Spoken(0.5, 0.1, -0.1, now=True)).plate == Color(0x1F, 0x6F, 0xEB)
    assert box.pose(part, Spoken(1.0, 1.0, 0.5, now=False)) == PartPose()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("class A(Animator):\n    name: ClassVar[str] = 'acme.a'", "is none of the kinds of animators"),
        (
            "class A(TextMotion):\n    name: ClassVar[str] = 'acme.a'\n    def pose(self, part): ...",
            "`pose` of `acme.a` cannot be called as pose(part, progress)",
        ),
        ("class A(TextLoop):\n    name: ClassVar[str] = 'acme.a'", "`A` has no method `pose`"),
    ],
)
def test_a_plugin_with_a_wrong_animator_is_not_used(body: str, why: str) -> None:
    module = ModuleType("acme")
    imports = (
        "from typing import ClassVar\nfrom farm.plugin import Animator, TextLoop, TextMotion, hookimpl\n"
    )
    hook = "\n@hookimpl\ndef farm_animators():\n    return [A]\n"
    exec(compile(imports + body + hook, "acme.py", "exec", dont_inherit=True), vars(module))
    registry = load_registry([("acme", module, "1")])
    assert why in registry.disabled["acme"].why


def test_wrong_parameters_are_reported_at_their_place(acme: ModuleType) -> None:
    registry = load_registry([("acme", acme, "1.2")])
    ref, problems = resolve(
        registry.effects, "acme.pulse", {"strenght": 1, "beats": 99}, "clips[0]", "effect"
    )
    assert ref is None
    messages = {problem.path: problem.message for problem in problems}
    assert "did you mean `strength`" in messages["clips[0].strenght"]
    assert "10" in messages["clips[0].beats"]


def test_a_plugin_offers_nothing_under_anothers_name(acme: ModuleType) -> None:
    copy = ModuleType("copycat")
    vars(copy).update(vars(acme))
    registry = load_registry([("acme", acme, "1"), ("copycat", copy, "1")])
    assert registry.effects["acme.pulse"].plugin.name == "acme"
    assert "names of this plugin are `copycat.`" in registry.disabled["copycat"].why


def test_the_built_in_elements_are_as_many_as_promised() -> None:
    registry = load_registry()
    assert len(registry.transitions) >= 40
    assert len(registry.effects) >= 30
    assert len(registry.text_styles) >= 6
    assert len(registry.stickers) >= 4
    assert {"retail.spotlight", "retail.sale", "retail.lookbook"} <= set(registry.templates)


def test_farms_own_plugins_are_admitted_and_known_as_its_own() -> None:
    registry = load_registry()
    registry.collect()
    assert dict(registry.disabled) == {}
    own = [registry.plugins[name] for name in ("basics", "intake", "retail")]
    assert all(one.own and len(one.digest) == 64 for one in own)
    assert len({one.digest for one in own}) == 3


def test_an_element_that_fails_inspection_disables_only_its_plugin() -> None:
    class Nameless(Template):
        name = property(lambda _: 1 / 0)  # type: ignore[assignment]
        summary = "None."

        def draft(self, brief: Brief) -> TimelineDocument:
            raise NotImplementedError

    module = ModuleType("acme")

    @hookimpl
    def farm_templates() -> list[Template]:
        return [Nameless()]

    vars(module)["farm_templates"] = farm_templates
    registry = load_registry([("acme", module, "1")])
    assert (
        "what `farm_templates` offers cannot be looked at: ZeroDivisionError" in registry.disabled["acme"].why
    )
    assert len(registry.templates) >= 4


def test_of_two_plugins_under_one_name_the_installed_one_stays(acme: ModuleType) -> None:
    registry = load_registry([("basics", acme, "9"), ("acme", acme, "1"), ("acme", acme, "2")])
    assert registry.plugins["basics"].own
    assert registry.plugins["acme"].version == "1"
    reasons = {name: one.why for name, one in registry.disabled.items()}
    assert list(reasons) == ["basics of an object", "acme of an object"]
    assert reasons["acme of an object"].startswith(
        "another plugin is called `acme` (acme 1 (-)) and stays: farm's own"
    )
    assert "acme.pulse" in registry.effects


def test_loading_the_registry_loads_no_kernels() -> None:
    """Commands that only read documents load it; numba alone would take longer than everything else of theirs."""
    script = (
        "import sys; from farm.plugins.registry import load_registry; load_registry();"
        "print([name for name in ('numba', 'av', 'farm.render.kernels') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
        check=False,
    )
    assert done.stdout == "[]\n", done.stderr
