"""Job documents on this machine: files, plain data, and jobs made in code."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

from farm.draft.spelling import spelled_on_disk
from farm.errors import DocumentError, Problem
from farm.model.job_document import JobDocument, TemplateJob, TimelineJob
from farm.worker.task import PlanTask

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


def plan_task(job: Job, *, examine: bool = False) -> PlanTask:
    """Return the task of planning a job on this machine; ``examine`` checks its media for damage.

    Raises:
        DocumentError: there is no such document, or it is not text.
    """
    if isinstance(job, str | os.PathLike):
        path = Path(job)
        return PlanTask(path.stem, read_document(path), path.name, str(path.resolve().parent), examine)
    return PlanTask(stem_of(job), job, stem_of(job), str(Path.cwd()), examine)


def stem_of(job: Job) -> str:
    """Return what a job's files are called, without a suffix: as its document, else by its name."""
    if isinstance(job, str | os.PathLike):
        return Path(job).stem
    name = job.name if isinstance(job, TemplateJob | TimelineJob) else job.get("name")
    # A name is free text; a file's has no separators.
    return (str(name) if name else UNNAMED).replace("/", "-").replace("\0", "").strip(" .") or UNNAMED
