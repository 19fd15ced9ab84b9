"""Parsing: from YAML or JSON text to a job document, every problem at once."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import yaml
from pydantic import ValidationError

from farm.errors import DocumentError, Problem, did_you_mean
from farm.model.job_document import JobDocument, TemplateJob, TimelineJob
from farm.model.problems import problems_of, stray_booleans
from farm.model.schema import json_schema

MAX_BYTES: Final = 4 * 2**20
"""Larger documents are refused."""
MAX_NODES: Final = 200_000
"""Documents that hold more values, aliases counted each time they are used, are refused."""
MAX_DEPTH: Final = 40
"""Deeper nesting is refused."""

_FOUND: Final = {list: "a list", bool: "yes or no", int: "a number", float: "a number"}

_RESOLVED_ANEW: Final = ("int", "float", "timestamp")
_INT = re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$")
_FLOAT = re.compile(
    r"^(?:[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
)


class _Loader(yaml.SafeLoader):
    """Plain YAML that refuses a name given twice in one mapping.

    Numbers are YAML 1.2's: ``9:16`` and ``0x0`` are text, not 556 and 0, and neither are dates anything else.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 - the base class has it so
        first: [(tag, pattern) for tag, pattern in resolvers if tag.rsplit(":", 1)[1] not in _RESOLVED_ANEW]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str | int | float | bool):
                raise yaml.constructor.ConstructorError(None, None, "names must be text", key_node.start_mark)
            if key in seen and key != "<<":
                raise yaml.constructor.ConstructorError(
                    None, None, f"`{key}` is given twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


_Loader.add_implicit_resolver("tag:yaml.org,2002:int", _INT, list("-+0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", _FLOAT, list("-+0123456789."))


def load_document(text: str, *, source: str = "document") -> dict[str, Any]:
    """Return the mapping that YAML or JSON text holds.

    Raises:
        DocumentError: not YAML or JSON, not a mapping, too large, too deep, or an alias bomb.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise _refused(source, f"the document is larger than {MAX_BYTES // 2**20} MiB")
    try:
        value = _load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise _refused(source, f"not valid YAML: {where}{_plainly(error)}") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        what = f"the character U+{int(error.character):04X} is not allowed; remove it"
        raise _refused(source, f"not valid YAML: line {line}: {what}") from error
    except yaml.YAMLError as error:
        raise _refused(source, f"not valid YAML: {str(error).splitlines()[0]}") from error
    except (ValueError, OverflowError) as error:
        raise _refused(source, f"not valid YAML or JSON: {error}") from error
    except RecursionError as error:
        raise _refused(source, f"nested deeper than {MAX_DEPTH} levels") from error
    if not isinstance(value, dict):
        found = "nothing" if value is None else _FOUND.get(type(value), "text")
        raise _refused(
            source, f"a job document is a mapping with `template` or `timeline`, this holds {found}"
        )
    _measure(value, source)
    return {str(key): item for key, item in value.items()}


def _plainly(error: yaml.MarkedYAMLError) -> str:
    told = str(error.problem or error.context)
    if "'\\t' that cannot start any token" in told:
        return "a tab stands here; indent with spaces"
    if match := re.search(r"constructor for the tag '(?:tag:yaml.org,2002:)?([^']*)'", told):
        return f"the tag `{match.group(1)}` is not allowed; remove it"
    return told


def _load(text: str) -> Any:
    if text.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(text, object_pairs_hook=_pairs)
        except json.JSONDecodeError:
            pass  # YAML's flow style looks like JSON; the YAML error says more
    return yaml.load(text, _Loader)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise ValueError(f"`{key}` is given twice")
        result[key] = value
    return result


def _refused(source: str, message: str) -> DocumentError:
    return DocumentError([Problem("", message)], source=source)


def _measure(value: Any, source: str) -> None:
    """Refuse what is too deep or too large, counting an alias's content every time it is used."""
    sizes: dict[int, int] = {}
    open_nodes: set[int] = set()

    def size(node: Any, depth: int) -> int:
        if not isinstance(node, dict | list):
            return 1
        if depth > MAX_DEPTH:
            raise _refused(source, f"nested deeper than {MAX_DEPTH} levels")
        if id(node) in open_nodes:
            raise _refused(source, "an alias stands inside what it names")
        if id(node) in sizes:
            return sizes[id(node)]
        open_nodes.add(id(node))
        total = 1 + sum(size(item, depth + 1) for item in (node.values() if isinstance(node, dict) else node))
        open_nodes.discard(id(node))
        if total > MAX_NODES:
            raise _refused(source, f"the document holds more than {MAX_NODES} values (aliases counted)")
        sizes[id(node)] = total
        return total

    size(value, 0)


def parse_job(text: str, source: str = "document") -> JobDocument:
    """Return the job that ``text`` holds.

    Raises:
        DocumentError: with every problem of the document's own form; slots and media are checked later.
    """
    job, problems = check_job(load_document(text, source=source))
    if job is None or problems:
        raise DocumentError(problems, source=source)
    return job


def check_job(data: dict[str, Any]) -> tuple[JobDocument | None, list[Problem]]:
    """Return the job in ``data``, or None with all that is wrong with its form."""
    has = [name for name in ("template", "timeline") if name in data]
    if len(has) != 1:
        if has:
            return None, [Problem("", "a job has `template` or `timeline`, not both")]
        known = {*TemplateJob.model_fields, *TimelineJob.model_fields}
        unknown = [
            Problem(name, f"unknown name{did_you_mean(name, known)}") for name in data if name not in known
        ]
        return None, [Problem("", "neither `template` nor `timeline` is given"), *unknown]
    model: type[TemplateJob] | type[TimelineJob] = TemplateJob if has == ["template"] else TimelineJob
    stray = stray_booleans(data, json_schema(model), "")
    try:
        return model.model_validate(data), stray
    except ValidationError as error:
        told = {problem.path for problem in stray}
        return None, stray + [problem for problem in problems_of(error, model) if problem.path not in told]
