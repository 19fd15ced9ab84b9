"""Mistakes that show when plugins are loaded."""

from __future__ import annotations

from tests.plugin_mistakes.mistake import Mistake, Stage

_HOOK = """
@hookimpl
def farm_effects():
    return [Pulse]
"""


def _effect(body: str, hook: str = _HOOK) -> str:
    return f'class Pulse(Effect):\n    """Pulses."""\n{body}\n{hook}'


_ALLOWED = (
    "a parameter is text, a number, yes or no, a choice (Literal, Enum), or media (MediaPicture, MediaTable)"
)
_NAME = '    name: ClassVar[str] = "acme.pulse"\n'
_APPLY = "    def apply(self, frame, at):\n        return frame\n"


def _is(name: str, did: str, source: str, why: str) -> Mistake:
    return Mistake(name, did, Stage.REGISTERING, source, f"plugin acme 1.2 (-) is disabled: {why}")


REGISTERING = (
    _is(
        "not_importable",
        "its entry point names a module that cannot be imported",
        "",
        "`acme_lost` cannot be loaded: ModuleNotFoundError: No module named 'acme_lost'",
    ),
    _is(
        "hook_misspelt",
        "misspelt a hook",
        "@hookimpl\ndef farm_efects():\n    return []\n",
        "`farm_efects` is marked as a hook, and no hook is called so; did you mean `farm_effects`?",
    ),
    _is(
        "hook_unmarked",
        "forgot `@hookimpl`",
        "def farm_effects():\n    return []\n",
        "`farm_effects` is not marked as a hook; write @hookimpl (from farm.plugin) above it",
    ),
    _is(
        "hook_with_argument",
        "gave a hook an argument",
        "@hookimpl\ndef farm_effects(config):\n    return []\n",
        "its hooks cannot be registered: PluginValidationError: Plugin 'acme' for hook 'farm_effects' hookimpl "
        "definition: farm_effects(config) Argument(s) {'config'} are declared in the hookimpl but can not be found in "
        "the hookspec",
    ),
    _is(
        "hook_raises",
        "raised in a hook",
        "@hookimpl\ndef farm_effects():\n    return [Puls]\n",
        "`farm_effects` failed: NameError: name 'Puls' is not defined (acme.py, line 3, in farm_effects)",
    ),
    _is(
        "dict_for_list",
        "returned a dict where a list is due",
        _effect(_NAME + _APPLY, "@hookimpl\ndef farm_effects():\n    return {'acme.pulse': Pulse}\n"),
        "`farm_effects` returned a dict where a list of effect classes is due",
    ),
    _is(
        "returned_nothing",
        "forgot the `return` of a hook",
        _effect(_NAME + _APPLY, "@hookimpl\ndef farm_effects():\n    [Pulse]\n"),
        "`farm_effects` returned nothing (None) where a list of effect classes is due",
    ),
    _is(
        "instance_for_class",
        "registered an instance where the class is due",
        _effect(_NAME + _APPLY, "@hookimpl\ndef farm_effects():\n    return [Pulse()]\n"),
        "`farm_effects` offers an instance of `Pulse` where the class is due: Pulse",
    ),
    _is(
        "no_effect",
        "registered a class that is no effect",
        "class Pulse:\n    pass\n" + _HOOK,
        "`farm_effects` offers the class `Pulse`, which is no Effect; a list of effect classes is due",
    ),
    _is(
        "method_misspelt",
        "misspelt the method",
        _effect(_NAME + _APPLY.replace("apply", "aply")),
        "`Pulse` has no method `apply`",
    ),
    _is(
        "method_short",
        "left an argument of the method out",
        _effect(_NAME + "    def apply(self, frame):\n        return frame\n"),
        "`apply` of `acme.pulse` cannot be called as apply(frame, at)",
    ),
    _is(
        "nameless",
        "gave an effect no name",
        _effect(_APPLY),
        '`Pulse` has no `name`; write `name: ClassVar[str] = "plugin.word"`',
    ),
    _is(
        "name_as_parameter",
        "wrote the name as a parameter",
        _effect('    name: str = "acme.pulse"\n' + _APPLY),
        "`name` of `Pulse` is a parameter; write `name: ClassVar[str] = …`",
    ),
    _is(
        "foreign_name",
        "took a name under another plugin's",
        _effect('    name: ClassVar[str] = "basics.pulse"\n' + _APPLY),
        "`farm_effects` offers `basics.pulse`; names of this plugin are `acme.` and a word in small letters",
    ),
    _is(
        "name_without_dot",
        "wrote a name without the plugin's",
        _effect('    name: ClassVar[str] = "pulse"\n' + _APPLY),
        "`farm_effects` offers `pulse`; names of this plugin are `acme.` and a word in small letters",
    ),
    _is(
        "offered_twice",
        "offered one name twice",
        _effect(_NAME + _APPLY, "@hookimpl\ndef farm_effects():\n    return [Pulse, Pulse]\n"),
        "`farm_effects` offers `acme.pulse` twice",
    ),
    _is(
        "default_out_of_range",
        "set a default that its own limits forbid",
        _effect(_NAME + "    strength: float = Field(2.0, ge=0, le=1)\n" + _APPLY),
        "the default of `strength` of `acme.pulse` is 2.0; allowed: at most 1",
    ),
    _is(
        "default_list",
        "set a list as a default",
        _effect(_NAME + "    beats: list[float] = Field([1.0, 2.0])\n" + _APPLY),
        f"the parameter `beats` of `acme.pulse` is a list; {_ALLOWED}",
    ),
    _is(
        "parameter_tuple",
        "took a tuple as a parameter",
        _effect(_NAME + "    at: tuple[float, float] | None = None\n" + _APPLY),
        f"the parameter `at` of `acme.pulse` is a tuple; {_ALLOWED}",
    ),
    _is(
        "parameter_pictures",
        "took a list of pictures as a parameter",
        _effect(_NAME + "    masks: list[MediaPicture]\n" + _APPLY),
        f"the parameter `masks` of `acme.pulse` is a list; {_ALLOWED}",
    ),
    _is(
        "parameter_model",
        "took a model as a parameter",
        "class Point(BaseModel):\n    x: float = 0\n" + _effect(_NAME + "    at: Point\n" + _APPLY),
        f"the parameter `at` of `acme.pulse` is a model of its own (`Point`); {_ALLOWED}",
    ),
    _is(
        "parameter_alias",
        "gave a parameter an alias",
        _effect(_NAME + "    from_: float = Field(0.5, alias='from')\n" + _APPLY),
        "the parameter `from_` of `acme.pulse` has an alias; parameters are called as their fields, rename the field",
    ),
    _is(
        "parameter_either",
        "took text or media as one parameter",
        _effect(_NAME + "    mask: str | MediaPicture\n" + _APPLY),
        "the parameter `mask` of `acme.pulse` is text or media, which cannot be told apart; write two parameters",
    ),
    _is(
        "parameter_computed",
        "computed a field",
        "from pydantic import computed_field\n"
        + _effect(
            _NAME + "    a: float = 1\n    @computed_field\n    @property\n    def twice(self) -> float:\n"
            "        return 2 * self.a\n" + _APPLY
        ),
        "`twice` of `acme.pulse` is a computed field; write a property, without `@computed_field`",
    ),
    _is(
        "default_of_another_type",
        "gave an Enum a default that is none of it",
        "from enum import Enum\nclass Mode(Enum):\n    A = 'a'\n"
        + _effect(_NAME + "    mode: Mode = 'b'\n" + _APPLY),
        "the default of `mode` of `acme.pulse` is 'b'; Mode is due",
    ),
    _is(
        "default_text_for_decimal",
        "wrote a Decimal's default as text",
        "from decimal import Decimal\n" + _effect(_NAME + "    share: Decimal = '1.50'\n" + _APPLY),
        "the default of `share` of `acme.pulse` is '1.50'; Decimal is due",
    ),
    _is(
        "own_init",
        "wrote an `__init__`",
        _effect(_NAME + "    def __init__(self, a=1):\n        self.a = a\n" + _APPLY),
        "`Pulse` has an `__init__` of its own; write fields, which are the parameters, or `model_post_init`",
    ),
    _is(
        "template_class",
        "registered a template's class where an instance is due",
        "class Sheet(Template):\n"
        '    name: ClassVar[str] = "acme.sheet"\n'
        "    def draft(self, brief):\n        return None\n"
        "@hookimpl\ndef farm_templates():\n    return [Sheet]\n",
        "`farm_templates` offers the class `Sheet` where an instance is due: Sheet()",
    ),
    _is(
        "style_of_dict",
        "registered a dict as a text style",
        "@hookimpl\ndef farm_text_styles():\n    return {'acme.title': {'size': '9%'}}\n",
        "`acme.title` is a dict where a TextStyle is due",
    ),
    _is(
        "aspect_of_nothing",
        "gave a sticker an aspect of 0",
        "class Star(Sticker):\n"
        '    name: ClassVar[str] = "acme.star"\n'
        "    aspect: ClassVar[float] = 0\n"
        "    def draw(self, canvas, width_px, height_px):\n        pass\n"
        "@hookimpl\ndef farm_stickers():\n    return [Star]\n",
        "`aspect` of `acme.star` is 0; width over height is a number above 0",
    ),
    _is(
        "kinds_of_words",
        "gave an analyser's kinds in words",
        "class Found(BaseModel):\n    pass\n"
        "class Warmth(Analyser):\n"
        '    name: ClassVar[str] = "acme.warmth"\n'
        '    version = 1\n    summary = "Warmth."\n    kinds = ["image"]\n    findings = Found\n'
        "    def analyse(self, subject):\n        return Analysis(Found())\n"
        "@hookimpl\ndef farm_analysers():\n    return [Warmth()]\n",
        "`kinds` of `acme.warmth` is a list; a frozenset of MediaKind is due, one at least",
    ),
)
