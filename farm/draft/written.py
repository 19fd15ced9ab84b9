"""Templates of jobs: those of plugins by name, and those in files, whose text becomes part of the job."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from farm.draft.bind import existing_file
from farm.errors import DocumentError, MediaError, Problem
from farm.language.template import KNOWN, template_of
from farm.language.template_text import TemplateText, read_template
from farm.model.job_document import TemplateTextDocument
from farm.model.plugin import INLINE, PluginIdentity
from farm.model.problems import problems_of
from farm.plugins.offers import Offered
from farm.plugins.registry import Registry
from farm.plugins.template import Template

SUFFIXES: Final = (".yaml", ".yml", ".json")
"""How the names of template files end."""


def is_template_path(name: object) -> bool:
    """Return whether a job's `template` is the path of a file, and not a template's name."""
    return isinstance(name, str) and (name.strip().endswith(SUFFIXES) or "/" in name)


def with_template_text(data: dict[str, Any], folder: Path | None, *, source: str) -> dict[str, Any]:
    """Return a job with the text of its template file in place of the path; other jobs unchanged.

    Args:
        data: The job.
        folder: What the path is relative to; None where paths are not allowed.
        source: What to call the job in messages.

    Raises:
        DocumentError: the file cannot be read.
    """
    name = data.get("template")
    if not is_template_path(name):
        return data
    path = str(name).strip()
    if folder is None:
        message = (
            f"`{path}` is a path, but jobs over HTTP have no files; `farm submit` sends the template along"
        )
        raise DocumentError([Problem("template", message)], source=source)
    try:
        text = read_template(existing_file(path, folder))
    except MediaError as error:
        raise DocumentError([Problem("template", str(error))], source=source) from error
    except DocumentError as error:
        raise DocumentError(
            [Problem("template", f"{error.source}: {one.message}") for one in error.problems], source=source
        ) from error
    return {**data, "template": {"source": text.source, "text": text.text, "use": dict(text.used)}}


def template_in(
    data: Mapping[str, Any], registry: Registry
) -> tuple[Offered[Template] | None, list[Problem]]:
    """Return the template of a job and what is wrong with it; None, and no problem, for a job without one."""
    name = data.get("template")
    if isinstance(name, str):
        offered = registry.templates.get(name)
        return offered, [] if offered else [Problem("template", registry.templates.lack(name, "template"))]
    if not isinstance(name, Mapping):
        return None, []
    try:
        document = TemplateTextDocument.model_validate(name)
    except ValidationError as error:
        return None, problems_of(error, TemplateTextDocument, at="template")
    text = TemplateText(document.source, document.text, tuple(sorted(document.use.items())))
    problems = _checked(text, registry)
    if problems:
        return None, [Problem("template", one.message) for one in problems]
    template = template_of(text)
    digest = hashlib.sha256(repr(text).encode()).hexdigest()
    return Offered(template.name, template, PluginIdentity(text.source, INLINE, digest)), []


_known: Final[dict[TemplateText, tuple[Registry, tuple[Problem, ...]]]] = {}


def _checked(text: TemplateText, registry: Registry) -> tuple[Problem, ...]:
    """Return what the check of a template finds; remembered, since all jobs of a batch may bring the same."""
    from farm.language.check import check_text  # with the first template file: it brings the compiler

    known = _known.get(text)
    if known is not None and known[0] is registry:
        return known[1]
    if len(_known) >= KNOWN:
        _known.clear()
    problems = check_text(text, registry).problems
    _known[text] = registry, problems
    return problems
