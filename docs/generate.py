"""Writes the reference pages that follow from the code: timeline, elements, templates, template language, scripts, cli,
http, media, and the table of mistakes in plugins.

python docs/generate.py           write them
python docs/generate.py --check   exit 1 where one is out of date
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from exported import exported
from pictured import cost_of, overview, picture_of
from schema_tables import cell_of, fields_of, findings_of, section_of, type_of

from farm.api.build import openapi_document
from farm.api.published import operations
from farm.cli.main import COMMANDS, EPILOG
from farm.gallery.exhibit import Section
from farm.language.functions import FUNCTIONS
from farm.language.records import RECORDS
from farm.model.job_document import TemplateJob, TimelineJob
from farm.model.script import ScriptDocument
from farm.plugins.registry import Registry, load_registry
from farm.render.animator import Animator, TextHighlight, TextLoop, TextMotion
from farm.render.element import TextStyle
from farm.script.banned import rules
from farm.script.category import KINDS
from farm.script.slots import SLOT_KINDS

FOLDER = Path(__file__).parent
SALE = FOLDER.parent / "plugins" / "farm_retail" / "templates" / "sale.yaml"
MISTAKES = "<!-- mistakes: written by docs/generate.py from tests/plugin_mistakes -->\n"
MISTAKES_END = "<!-- end of mistakes -->\n"
NAMES = "<!-- names: written by docs/generate.py from farm/plugin.py -->\n"
NAMES_END = "<!-- end of names -->\n"


def main() -> int:
    """Write or check the pages."""
    registry = load_registry()
    pages = {
        "timeline.md": timeline_page(registry),
        "elements.md": elements_page(registry),
        "templates.md": templates_page(registry),
        "template-language.md": language_page(),
        "scripts.md": scripts_page(registry),
        "cli.md": cli_page(),
        "http.md": http_page(openapi_document(registry)),
        "media.md": media_page(),
        "plugins.md": plugins_page(),
    }
    stale = []
    for name, text in pages.items():
        path = FOLDER / name
        if "--check" in sys.argv:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                stale.append(name)
        else:
            path.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"docs/{name} is out of date; run: python docs/generate.py", file=sys.stderr)
    return 1 if stale else 0


def media_page() -> str:
    """Return the page of odd files, from the cases that the tests make and check."""
    sys.path.insert(0, str(FOLDER.parent))
    from tests.odd_files.table import rows

    return (FOLDER / "media.txt").read_text(encoding="utf-8") + "\n".join(rows())


_LOOK = (
    "How text is drawn: a text style of `farm elements styles`, and what `look` of a clip changes of it. A clip "
    "without an `enter` enters as its style does."
)
_LOOKS = {
    "StrokeStyle": "Stroke of a look",
    "ShadowStyle": "Shadow of a look",
    "PlateStyle": "Plate of a look",
    "GradientStyle": "Gradient of a look",
}


def _entrance(field: dict[str, Any]) -> dict[str, Any]:
    """Return a field without the list of all entrances, which the page has already."""
    return {**field, "enum": ["none", "…"]} if "flicker" in field.get("enum", ()) else field


def timeline_page(registry: Registry) -> str:
    """Return the reference of job and timeline documents."""
    schema = TimelineJob.model_json_schema(by_alias=True)
    job = TemplateJob.model_json_schema(by_alias=True)
    definitions: dict[str, Any] = {**job.get("$defs", {}), **schema["$defs"]}
    parts = [
        "# Job and timeline documents\n",
        "Generated from the models by `python docs/generate.py`. YAML or JSON; `farm schema job` prints the JSON",
        'Schema. Times are seconds (`2.5`), frames (`"75f"`) or clock times (`"1:02.5"`). Lengths are pixels',
        '(`120`) or percent of the canvas (`"12%"`). Wherever a property is animated, write a value or a list of',
        "keyframes. Media are paths relative to the document, http(s) URLs, or `sha256:…` of stored blobs.\n",
        "## A whole timeline\n",
        "Tracks lie one above another, the first at the bottom. A number may be a list of keyframes; times in a clip",
        "count from its start.\n",
        "```yaml\n"
        + (FOLDER / "examples" / "timeline.yaml").read_text(encoding="utf-8").rstrip()
        + "\n```\n",
        *overview(registry),
        *section_of("A template job", job),
        *section_of("A timeline job", schema),
    ]
    first = ["OutputDocument", "TimelineDocument", "TrackDocument"]
    for name in [*first, *sorted(set(definitions) - set(first))]:
        if "properties" in definitions[name]:
            parts += section_of(_heading(name, definitions[name]), definitions[name])
    look = TextStyle.model_json_schema()
    names = {
        "description": _LOOK,
        "properties": {name: _entrance(field) for name, field in look["properties"].items()},
    }
    parts += section_of("Look", look | names)
    for name, title in _LOOKS.items():
        parts += section_of(title, look["$defs"][name])
    return "\n".join(parts) + "\n"


def _heading(name: str, schema: dict[str, Any]) -> str:
    kind = schema.get("properties", {}).get("kind", {}).get("const")
    return f"`kind: {kind}`" if kind else name.removesuffix("Document").removesuffix("Item")


def _of_kind(registry: Registry, kind: type[Animator]) -> dict[str, Any]:
    """Return the animators of a kind."""
    return {name: one for name, one in registry.animators.items() if issubclass(one.value, kind)}


def elements_page(registry: Registry) -> str:
    """Return the reference of effects, transitions, stickers, analysers and text styles."""
    parts = ["# Elements\n", "Generated by `python docs/generate.py`; `farm elements` prints the same.\n"]
    parts += [
        "`farm gallery -o DIR` shows them moving. Numbers may be keyframes: `{name: basics.blur, radius: [{at: 0,",
        "value: 6}, {at: 1, value: 0}]}`, counted from the start of the clip, track or transition. Costs are CPU",
        "milliseconds a frame at 720x1280 on one core, at the defaults (`python -m tests.benchmarks.picture`).\n",
    ]
    groups: dict[Section, Any] = {
        Section.TRANSITIONS: registry.transitions,
        Section.EFFECTS: registry.effects,
        Section.STICKERS: registry.stickers,
        Section.TEXT_MOTIONS: _of_kind(registry, TextMotion),
        Section.TEXT_LOOPS: _of_kind(registry, TextLoop),
        Section.HIGHLIGHTS: _of_kind(registry, TextHighlight),
    }
    for section, offered in groups.items():
        parts += [f"## {section.value.capitalize()}\n", picture_of(section)]
        for entry in offered.values():
            parts.append(f"### `{entry.name}`\n")
            parts.append((entry.value.__doc__ or "").strip().split("\n\n")[0].replace("\n    ", " ") + "\n")
            if cost := cost_of(section, entry.name):
                parts.append(f"*{cost}.*\n")
            parts += fields_of(entry.value)
    parts.append("## Analysers\n")
    for entry in registry.analysers.values():
        kinds = ", ".join(sorted(kind.value for kind in entry.value.kinds))
        parts.append(f"### `{entry.name}`\n")
        parts.append(f"{entry.value.summary} Version {entry.value.version}; looks at: {kinds}.\n")
        parts += findings_of(entry.value.findings)
    parts += ["## Text styles\n", picture_of(Section.STYLES)]
    parts.append("| name | size | weight | families | entrance |\n| --- | --- | --- | --- | --- |")
    for name, style in registry.text_styles.items():
        look = style.value
        parts.append(
            f"| `{name}` | {look.size} | {look.weight} | {', '.join(look.families)} | {look.enter} |"
        )
    return "\n".join(parts) + "\n"


def templates_page(registry: Registry) -> str:
    """Return the reference of templates and their slots."""
    parts = [
        "# Templates\n",
        "Generated by `python docs/generate.py`; `farm templates NAME` prints the same.\n",
        "You can write your own, without Python: [the template language](template-language.md).\n",
    ]
    for entry in registry.templates.values():
        parts += [f"## `{entry.name}`\n", entry.value.summary + "\n"]
        schema = entry.value.slots.model_json_schema(by_alias=True)
        parts += list(section_of("Slots", schema))
        for name, definition in schema.get("$defs", {}).items():
            if "properties" in definition:
                parts += list(section_of(name, definition))
    return "\n".join(parts).replace("\n## Slots", "\n### Slots") + "\n"


def language_page() -> str:
    """Return the page on the template language: hand-written text with the examples' files and the tables put in."""
    text = (FOLDER / "template-language.txt").read_text(encoding="utf-8")
    functions = _rows(
        ("function", "what it returns"),
        [(f"`{one.notation}`", one.summary) for _, one in sorted(FUNCTIONS.items())]
        + [("`given(value) -> flag`", "Whether a value that may be missing is there.")],
    )
    records = _rows(
        ("record", "its fields"),
        [(f"`{name}`", ", ".join(f"`{word}: {kind}`" for word, kind in one.fields.items()))
         for name, one in RECORDS.items()],
    )  # fmt: skip
    text = text.replace("<FUNCTIONS>", functions.strip()).replace("<RECORDS>", records.strip())
    examples = [*sorted((FOLDER / "examples" / "templates").glob("0*.yaml")), SALE]
    for path in examples:
        text = text.replace(f"<EXAMPLE {path.name}>", path.read_text(encoding="utf-8").strip())
    return text


def scripts_page(registry: Registry) -> str:
    """Return the page on scripts: hand-written text from scripts.txt with the tables of the code put in."""
    schema = ScriptDocument.model_json_schema()
    parts = [*section_of("A script", schema)]
    for name in ("ShotDocument", "WishDocument"):
        parts += section_of(f"A {name.removesuffix('Document').lower()}", schema["$defs"][name])
    tables = {
        "FORMAT": "\n".join(parts),
        "SLOTS": _rows(
            ("slot", "what goes there", "English", "Chinese"),
            [(f"`{{{kind.name}}}`", kind.summary, kind.english, kind.chinese) for kind in SLOT_KINDS],
        ),
        "KINDS": _rows(
            ("kind", "part of", "found by"),
            [(f"`{kind.name}`", kind.parent, ", ".join(kind.words)) for kind in KINDS],
        ),
        "WRITERS": _rows(
            ("writer", "what it does"),
            [(f"`{name}`", one.value.summary) for name, one in registry.writers.items()],
        ),
        "BANNED": _rows(
            ("words", "severity", "why", "source"),
            [
                (", ".join(rule.words[:6]) + ", …", rule.severity, rule.reason, rule.source)
                for rule in rules()
            ],
        ),
    }
    text = (FOLDER / "scripts.txt").read_text(encoding="utf-8")
    for name, table in tables.items():
        text = text.replace(f"<{name}>", table.strip())
    return text


def _rows(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *(tuple(map(cell_of, row)) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def plugins_page() -> str:
    """Return the guide for authors of plugins, written by hand, with the mistakes that tests make and the names."""
    sys.path.insert(0, str(FOLDER.parent))
    from tests.plugin_mistakes.table import rows

    text = (FOLDER / "plugins.md").read_text(encoding="utf-8")
    mistakes = _rows(("what the author did", "what happens", "what farm says"), rows())
    names = _rows(("name", "what it is"), [(f"`{name}`", what) for name, what in exported()])
    return _between(_between(text, MISTAKES, mistakes, MISTAKES_END), NAMES, names, NAMES_END)


def _between(text: str, start: str, table: str, end: str) -> str:
    before, _, rest = text.partition(start)
    _, _, after = rest.partition(end)
    return f"{before}{start}\n{table}\n\n{end}{after}"


def cli_page() -> str:
    """Return the list of commands and exit codes."""
    rows = [f"| `farm {name}` | {line} |" for name, (_, line) in COMMANDS.items()]
    codes = "\n".join(EPILOG.replace("\b\n", "").splitlines())
    table = "\n".join(["| command | what it does |", "| --- | --- |", *rows])
    intro = "Generated by `python docs/generate.py`; `farm COMMAND --help` has the options."
    return f"# Commands\n\n{intro}\n\n{table}\n\n```\n{codes}\n```\n"


def http_page(document: dict[str, Any]) -> str:
    """Return the reference of the HTTP API: what may be asked, and what is answered."""
    parts = [
        "# HTTP API\n",
        "Generated by `python docs/generate.py` from the OpenAPI document that a farm publishes at",
        "`/v1/openapi.json`; `docs/operations.md` says how keys, batches, events and webhooks are used. Errors are",
        "problem documents (RFC 9457); every address may answer the problems at the end of this page. A parameter that",
        "is unknown, or given twice, is an error.\n",
    ]
    groups: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for path, method, operation in operations(document):
        groups.setdefault(operation["tags"][0], []).append((path, method, operation))
    for name, found in groups.items():
        parts.append(f"## {name.capitalize()}\n")
        parts.append(
            "| request | role | what it does | parameters | answers |\n| --- | --- | --- | --- | --- |"
        )
        parts += [_operation(*one) for one in found]
        parts.append("")
    schemas = document["components"]["schemas"]
    for name in sorted(name for name, schema in schemas.items() if "properties" in schema):
        parts += section_of(f"`{name}`", schemas[name])
    parts.append("## Problems\n\n| status | when |\n| --- | --- |")
    answers: dict[str, str] = {}
    for _, _, operation in operations(document):
        for status, answer in operation["responses"].items():
            if (
                "application/problem+json" in answer.get("content", {})
                and "application/json" not in answer["content"]
            ):
                answers[status] = answer["description"]
    parts += [f"| {status} | {cell_of(said)} |" for status, said in sorted(answers.items())]
    return "\n".join(parts) + "\n"


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    roles = [role for needed in operation.get("security", ()) for role in needed["key"]]
    parameters = [
        f"`{one['name']}`{' (header)' if one['in'] == 'header' else ''} {type_of(one['schema'])}"
        for one in operation.get("parameters", ())
        if one["in"] != "path"
    ]
    kinds = operation.get("requestBody", {}).get("content", {})
    body = [
        f"body: {type_of(kind['schema']) if '$ref' in kind['schema'] else name}"
        for name, kind in kinds.items()
    ]
    answers = [
        f"{status} {', '.join(map(_answer, answer.get('content', {}).items())) or 'nothing'}"
        for status, answer in operation["responses"].items()
        if status.startswith("2")
    ]
    said = operation["description"].split("\n\n")[0]
    cells = (
        f"`{method.upper()} {path}`",
        "".join(roles) or "–",
        said,
        "; ".join(parameters + body),
        "; ".join(answers),
    )
    return f"| {' | '.join(map(cell_of, cells))} |"


def _answer(content: tuple[str, dict[str, Any]]) -> str:
    kind, told = content
    return f"`{type_of(told['schema'])}`" if "$ref" in told.get("schema", {}) else kind


if __name__ == "__main__":
    sys.exit(main())
