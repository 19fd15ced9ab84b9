"""A job as callers give it: the file of a document, plain data, or made in code."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from farm.draft.spelling import spelled_on_disk
from farm.errors import DocumentError, Problem
from farm.model.job_document import JobDocument, TemplateJob, TimelineJob
from farm.model.parse import document_data

Job: TypeAlias = str | os.PathLike[str] | Mapping[str, Any] | JobDocument
"""The path of a YAML or JSON document; its content as plain data; or a job made in code. Relative paths of media start
from the document's folder, without a document from the current one."""

UNNAMED: Final = "job"
"""What a job without a file and a name is called."""


def read_document(path: Path) -> str:
    """Return the text of a job document.

    Raises:
        DocumentError: no such file, not a file, or not UTF-8 text.
    """
    try:
        return spelled_on_disk(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise _unreadable(path, "no such file") from None
    except IsADirectoryError:
        raise _unreadable(path, "this is a folder; name the job document in it") from None
    except UnicodeDecodeError:
        raise _unreadable(path, "not a text file; a job document is YAML or JSON in UTF-8") from None
    except OSError as error:
        raise _unreadable(path, f"cannot be read: {error.strerror}") from error


def _unreadable(path: Path, message: str) -> DocumentError:
    return DocumentError([Problem("", message)], source=str(path))


def check_kind(job: object) -> None:
    """Check that an object is a job.

    Raises:
        DocumentError: it is an object of another kind.
    """
    if isinstance(job, str | os.PathLike | Mapping | TemplateJob | TimelineJob):
        return
    name = type(job).__name__.removesuffix("Document")
    message = f"a `{name}` is not a job; give a document's path, its content as a dict, a TemplateJob or a TimelineJob"
    if name in ("Timeline", "Track"):
        message += ", such as TimelineJob(timeline=Timeline(tracks=[Track(clips=[…])]))"
    raise DocumentError([Problem("", message)], source="job")


def stem_of(job: Job) -> str:
    """Return what a job's files are called, without a suffix: as its document, else by its name."""
    if isinstance(job, str | os.PathLike):
        return Path(job).stem
    name = job.name if isinstance(job, TemplateJob | TimelineJob) else job.get("name")
    # A name is free text; a file's has no separators.
    return (str(name) if name else UNNAMED).replace("/", "-").replace("\0", "").strip(" .") or UNNAMED


@dataclass(frozen=True, slots=True)
class JobText:
    """A job as text that can be sent elsewhere."""

    text: str
    """The document, YAML or JSON."""
    source: str
    """How messages refer to it."""
    folder: Path
    """The folder that relative paths of media start from."""


def job_text(job: Job) -> JobText:
    """Return a job as text.

    Raises:
        DocumentError: there is no such document, or it holds what no document can hold.
    """
    check_kind(job)
    if isinstance(job, str | os.PathLike):
        path = Path(job)
        return JobText(read_document(path), path.name, path.resolve().parent)
    stem = stem_of(job)
    return JobText(json.dumps(document_data(job, source=stem), ensure_ascii=False), stem, Path.cwd())
