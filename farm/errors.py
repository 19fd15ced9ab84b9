"""Every error that farm raises on purpose.

FarmError                     exit code 1 (a fault of farm itself when nothing more exact is raised)
├── DocumentError             2  a job or timeline document is wrong; carries all its problems at once
│   └── PluginsLackedError    2  it may be right where other plugins are installed
├── MachineError              3  this machine lacks something (library, font, disk, codec)
│   └── PluginEditedError     3  a plugin's files were edited since this process loaded them
├── MediaError                4  a media file cannot be decoded or encoded
├── PluginError               4  a plugin failed or broke its contract; says which element, whose, and where
├── RenderError               4  a segment or a job could not be finished
│   └── CheckFailedError      4  the finished file did not pass its gates
├── StoreError                4  a blob is missing or damaged
│   └── NewerLayoutError      4  a newer farm wrote this file
├── WriterError               4  a text generator did not answer, or its answer may not be used
├── FarmUnreachableError      5  no farm answers at the address, or it refused
│   ├── SupersededError       5  another controller has taken this one's place; ask again
│   └── MediaCondemnedError   5  the garbage collector removes this media at this moment; send it again
├── ConflictError             5  the thing asked for is in a state that does not allow it
├── AccessError               5  the API key is missing, revoked, or not allowed to do this
├── QuotaError                5  the tenant has used up a quota; says which, how much is used, and the remedy
└── QueueFullError            5  the farm takes no more jobs now; says when to come back

A message says what is wrong, where, what is allowed, and the remedy.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


def printable(text: str) -> str:
    """Return text that every terminal, file and database takes.

    Names of files that are no UTF-8 come as lone surrogates; one of them in a message once stopped a controller.
    """
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def words_of(error: BaseException) -> str:
    """Return what an exception says; of one that fails over its own words, that it does."""
    try:
        return printable(str(error))
    except Exception as another:
        return f"(its message cannot be had: {type(another).__name__})"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a document."""

    path: str
    """Where in the document, as ``slots.photos[1]``; empty for the document as a whole."""
    message: str
    """What is wrong, what is allowed, and the remedy, in one sentence."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", printable(self.message))

    def __str__(self) -> str:
        return f"{self.path or '(document)'}: {self.message}"


class FarmError(Exception):
    """The root of all errors that farm raises on purpose."""

    exit_code = 1

    def __str__(self) -> str:
        return printable(super().__str__())


class DocumentError(FarmError):
    """A document cannot be accepted; ``problems`` lists all that is wrong with it."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem], *, source: str = "document") -> None:
        self.problems = tuple(problems)
        """All problems found, in document order."""
        self.source = source
        """The document's file name, or ``document``."""
        count = len(self.problems)
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"{source}: {count} problem{'' if count == 1 else 's'}\n{lines}")

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild_document_error, (self.problems, self.source)


class PluginsLackedError(DocumentError):
    """A document cannot be accepted here, and may be where other plugins are installed."""

    def __init__(
        self, problems: Iterable[Problem], *, source: str = "document", plugins: Iterable[str]
    ) -> None:
        self.plugins = tuple(plugins)
        """Names of plugins that the document may mean and that are not usable here."""
        super().__init__(problems, source=source)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild_plugins_lacked_error, (self.problems, self.source, self.plugins)


def _rebuild_plugins_lacked_error(
    problems: tuple[Problem, ...], source: str, plugins: tuple[str, ...]
) -> PluginsLackedError:
    return PluginsLackedError(problems, source=source, plugins=plugins)


def _rebuild_document_error(problems: tuple[Problem, ...], source: str) -> DocumentError:
    return DocumentError(problems, source=source)


class MachineError(FarmError):
    """This machine lacks something; the message names the command that mends it."""

    exit_code = 3


class PluginEditedError(MachineError):
    """A plugin's files are not those any more that this process loaded: what it draws now may be of either."""


class MediaError(FarmError):
    """A media file cannot be read, decoded or written."""

    exit_code = 4


class PluginError(FarmError):
    """A plugin's code raised, never returned, or returned what it may not; the first line is the whole sentence."""

    exit_code = 4

    def __init__(self, message: str, *, plugin: str = "", element: str = "", stuck: bool = False) -> None:
        self.plugin = plugin
        """Which plugin, as ``acme 1.2 (3f2a91c04b7e)``."""
        self.element = element
        """What of it, as ``acme.pulse``; empty where it was the plugin as a whole."""
        self.stuck = stuck
        """Whether its code still runs, and the process that it runs in is of no use any more."""
        super().__init__(message)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild_plugin_error, (str(self), self.plugin, self.element, self.stuck)


def _rebuild_plugin_error(message: str, plugin: str, element: str, stuck: bool) -> PluginError:
    return PluginError(message, plugin=plugin, element=element, stuck=stuck)


class RenderError(FarmError):
    """A segment or a whole job could not be finished."""

    exit_code = 4


class CheckFailedError(RenderError):
    """The finished file did not pass its gates."""


class StoreError(FarmError):
    """A blob is missing from the store or does not match its name."""

    exit_code = 4


class NewerLayoutError(StoreError):
    """A newer farm wrote this file; it is whole, and nothing may be done to it but use that farm."""


class WriterError(FarmError):
    """A text generator did not answer, or what it answered may not be used; nothing else was written instead."""

    exit_code = 4


class FarmUnreachableError(FarmError):
    """No farm answers at the address, or it refused the request."""

    exit_code = 5


class SupersededError(FarmUnreachableError):
    """Another controller has taken over the journal: what this one says counts no more."""


class MediaCondemnedError(FarmUnreachableError):
    """The garbage collector is removing this media; whoever sends it again in a moment keeps it."""


class ConflictError(FarmError):
    """What is asked does not go with the state that the thing is in."""

    exit_code = 5


class AccessError(FarmError):
    """The request bears no valid API key, or one whose role does not allow this."""

    exit_code = 5

    def __init__(self, message: str, *, known: bool) -> None:
        self.known = known
        """Whether the key is valid, only not for this."""
        super().__init__(message)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild_access_error, (str(self), self.known)


def _rebuild_access_error(message: str, known: bool) -> AccessError:
    return AccessError(message, known=known)


class QuotaError(FarmError):
    """A tenant has as much of something as it may have."""

    exit_code = 5

    def __init__(self, message: str, *, quota: str, used: int, limit: int) -> None:
        self.quota = quota
        """Which one, as ``upload_bytes``."""
        self.used = used
        """How much of it is used; bytes or items."""
        self.limit = limit
        """How much the tenant may have."""
        super().__init__(message)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild_quota_error, (str(self), self.quota, self.used, self.limit)


def _rebuild_quota_error(message: str, quota: str, used: int, limit: int) -> QuotaError:
    return QuotaError(message, quota=quota, used=used, limit=limit)


class QueueFullError(FarmError):
    """The farm holds as many unfinished jobs as it may."""

    exit_code = 5

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        self.retry_after_s = retry_after_s
        """How long to wait before asking again, in seconds."""
        super().__init__(message)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild_queue_full_error, (str(self), self.retry_after_s)


def _rebuild_queue_full_error(message: str, retry_after_s: int) -> QueueFullError:
    return QueueFullError(message, retry_after_s=retry_after_s)


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """Return ``; did you mean `x`?`` for a near miss, else the list of what is allowed, else nothing."""
    names = sorted(allowed)
    close = get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"; did you mean `{close[0]}`?"
    if not names:
        return ""
    shown = ", ".join(names[:24]) + (", …" if len(names) > 24 else "")
    return f"; allowed: {shown}"
