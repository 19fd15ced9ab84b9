"""Parsing: turns YAML or JSON text into a job document, reporting all problems at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any, Final

import yaml
from pydantic import ValidationError

from farm.errors import MAX_PROBLEMS, DocumentError, Problem, unknown_names
from farm.model.document import Document, ElementDocument, element_data
from farm.model.job_document import JobDocument, TemplateJob, TimelineJob
from farm.model.problems import problems_of, stray_booleans
from farm.model.schema import json_schema
from farm.model.yaml_text import Marks, YamlSizeError, load_yaml

MAX_BYTES: Final = 4 * 2**20
"""Larger documents are refused."""
MAX_YAML_BYTES: Final = 2**20
"""Larger YAML is refused; JSON, which parses ten times as fast, may be larger."""
MAX_NODES: Final = 200_000
"""Documents with more values are refused; aliases count each time they are used."""
MAX_NAMES: Final = 1_000
"""Documents with a larger mapping are refused: no model has as many names, and reporting unknown ones takes time."""
MAX_DEPTH: Final = 40
"""Deeper nesting is refused."""

_FOUND: Final = {list: "a list", bool: "yes or no", int: "a number", float: "a number"}


def load_document(text: str, *, source: str = "document") -> dict[str, Any]:
    """Return the mapping in a YAML or JSON text.

    Raises:
        DocumentError: not YAML or JSON, not a mapping, too large, too deep, or an alias bomb.
    """
    value = _loaded(text, source, lambda: _load(text, source))
    if not isinstance(value, dict):
        found = "empty" if value is None else _FOUND.get(type(value), "text")
        raise _refused(
            source, f"a job document is a mapping with `template` or `timeline`, but this is {found}"
        )
    _measure(value, source)
    return {str(key): item for key, item in value.items()}


def load_marked(text: str, *, source: str) -> tuple[dict[Any, Any], Marks]:
    """Return the mapping in a YAML text, of which JSON is a part, and the places of its values.

    Raises:
        DocumentError: as :func:`load_document`.
    """
    marks: Marks = {}
    value = _loaded(
        text, source, lambda: load_yaml(text, max_depth=MAX_DEPTH, max_nodes=MAX_NODES, marks=marks)
    )
    if not isinstance(value, dict):
        found = "empty" if value is None else _FOUND.get(type(value), "text")
        raise _refused(source, f"a template is a mapping with `slots` and `timeline`, but this is {found}")
    _measure(value, source)
    return value, marks


def _loaded(text: str, source: str, load: Callable[[], Any]) -> Any:
    """Return what a text holds; raises what :func:`load_document` raises."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise _refused(source, f"the document is larger than {MAX_BYTES // 2**20} MiB")
    try:
        return load()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise _refused(source, f"not valid YAML: {where}{_plainly(error, text)}") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        what = f"the character U+{int(error.character):04X} is not allowed; remove it"
        raise _refused(source, f"not valid YAML: line {line}: {what}") from error
    except yaml.YAMLError as error:
        raise _refused(source, f"not valid YAML: {str(error).splitlines()[0]}") from error
    except YamlSizeError as error:
        raise _refused(source, str(error)) from error
    except (ValueError, OverflowError) as error:
        raise _refused(source, f"not valid YAML or JSON: {error}") from error
    except RecursionError as error:
        raise _refused(source, f"nested deeper than {MAX_DEPTH} levels") from error


def _plainly(error: yaml.MarkedYAMLError, text: str) -> str:
    problem = str(error.problem or error.context)
    mark = error.problem_mark
    if problem == "exceeded maximum nesting depth":
        return f"nested deeper than {MAX_DEPTH} levels"
    if problem == "found a tab character where an indentation space is expected":
        return "there is a tab; indent with spaces"
    if problem == "found character that cannot start any token" and mark is not None:
        found = _at(text, mark)
        if found == "\t":
            return "there is a tab; indent with spaces"
        return f"the character `{found}` cannot start a value; put the value in quotes"
    return problem


def _at(text: str, mark: yaml.Mark) -> str:
    lines = text.split("\n", mark.line + 1)
    return lines[mark.line][mark.column : mark.column + 1] if mark.line < len(lines) else ""


def _load(text: str, source: str) -> Any:
    as_json = None
    if text.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(text, object_pairs_hook=_pairs)
        except json.JSONDecodeError as error:
            as_json = error  # YAML's flow style looks like JSON, and the YAML error is more informative
    if len(text) > MAX_YAML_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_YAML_BYTES:
        limit = f"YAML of more than {MAX_YAML_BYTES // 2**20} MiB is not supported"
        if as_json is not None:
            at = f"line {as_json.lineno}, column {as_json.colno}: {as_json.msg}"
            raise _refused(source, f"not valid JSON: {at}; and {limit}")
        raise _refused(source, f"{limit}; write JSON, of which {MAX_BYTES // 2**20} MiB are")
    return load_yaml(text, max_depth=MAX_DEPTH, max_nodes=MAX_NODES)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise ValueError(f"`{key[:80]}` is given twice")
        result[key] = value
    return result


def _refused(source: str, message: str) -> DocumentError:
    return DocumentError([Problem("", message)], source=source)


def _measure(value: Any, source: str) -> None:
    """Refuse values that are too deep or too large, counting an alias's content every time it is used."""
    sizes: dict[int, int] = {}
    open_nodes: set[int] = set()

    def size(node: Any, depth: int) -> int:
        if not isinstance(node, dict | list):
            return 1
        if depth > MAX_DEPTH:
            raise _refused(source, f"nested deeper than {MAX_DEPTH} levels")
        if id(node) in open_nodes:
            raise _refused(source, "an alias is inside the value that it refers to")
        if id(node) in sizes:
            return sizes[id(node)]
        if isinstance(node, dict) and len(node) > MAX_NAMES:
            raise _refused(source, f"a mapping has more than {MAX_NAMES:,} names")
        open_nodes.add(id(node))
        total = 1 + sum(size(item, depth + 1) for item in (node.values() if isinstance(node, dict) else node))
        open_nodes.discard(id(node))
        if total > MAX_NODES:
            raise _refused(source, f"the document has more than {MAX_NODES} values (aliases counted)")
        sizes[id(node)] = total
        return total

    size(value, 0)


def document_data(
    document: str | Mapping[str, Any] | JobDocument, *, source: str = "document"
) -> dict[str, Any]:
    """Return a job as the plain data that its text would hold: mappings, lists, text, numbers, yes and no.

    Args:
        document: As YAML or JSON text, as plain data (paths may be ``pathlib.Path``), or made in code.
        source: What to call it in messages.

    Raises:
        DocumentError: the text cannot be read, or a value is of a type that no document can hold.
    """
    if isinstance(document, str):
        return load_document(document, source=source)
    problems: list[Problem] = []
    if isinstance(document, Document):
        given: Mapping[str, Any] = document.model_dump(by_alias=True, exclude_unset=True)
    else:
        given = document
    data = {str(name): _plain(value, str(name), problems) for name, value in given.items()}
    if problems:
        raise DocumentError(problems, source=source)
    return data


def _plain(value: Any, path: str, problems: list[Problem]) -> Any:
    """Return a value as plain data; report those that are none."""
    if value is None or type(value) in (str, bool, int, float):
        return value
    if isinstance(value, PurePath | str):
        return str(value)
    if isinstance(value, Document | ElementDocument):
        return _plain(value.model_dump(by_alias=True, exclude_unset=True), path, problems)
    if (element := element_data(value)) is not None:
        value = element
    if isinstance(value, Mapping):
        return {str(name): _plain(item, f"{path}.{name}", problems) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, f"{path}[{index}]", problems) for index, item in enumerate(value)]
    message = f"is a {type(value).__name__}; allowed: text, a number, yes or no, a path, a list, a mapping"
    problems.append(Problem(path, message))
    return None


def parse_job(text: str, source: str = "document") -> JobDocument:
    """Return the job in ``text``.

    Raises:
        DocumentError: with all schema problems of the document; slots and media are checked later.
    """
    job, problems = check_job(load_document(text, source=source))
    if job is None or problems:
        raise DocumentError(problems, source=source)
    return job


def check_job(
    data: dict[str, Any], *, guessed: int = MAX_PROBLEMS
) -> tuple[JobDocument | None, list[Problem]]:
    """Return the job in ``data``, or None, and its schema problems; the first ``guessed`` suggest a fix."""
    has = [name for name in ("template", "timeline") if name in data]
    if len(has) != 1:
        if has:
            return None, [Problem("", "a job has `template` or `timeline`, not both")]
        known = {*TemplateJob.model_fields, *TimelineJob.model_fields}
        return None, [
            Problem("", "neither `template` nor `timeline` is given"),
            *unknown_names(data, known, guessed=guessed),
        ]
    model: type[TemplateJob] | type[TimelineJob] = TemplateJob if has == ["template"] else TimelineJob
    stray = stray_booleans(data, json_schema(model), "")
    try:
        return model.model_validate(data), stray
    except ValidationError as error:
        reported = {problem.path for problem in stray}
        return None, stray + [
            problem for problem in problems_of(error, model, guessed=guessed) if problem.path not in reported
        ]
