"""Every error that farm raises on purpose.

FarmError                     exit code 1 (a fault in farm itself if no subclass is raised)
├── DocumentError             2  a job or timeline document is wrong; carries all its problems at once
│   └── PluginsLackedError    2  it may be valid where other plugins are installed
├── MissingError            2, 5  there is nothing of this name in a library, or on a farm (5)
├── MachineError              3  this machine lacks something (library, font, disk, codec)
│   └── PluginEditedError     3  a plugin's files were edited since this process loaded them
├── MediaError                4  a media file cannot be decoded or encoded
├── PluginError               4  a plugin failed or broke its contract; names the element, its plugin, and the place
├── RenderError               4  a segment or a job could not be finished
│   └── CheckFailedError      4  the finished file did not pass its gates
├── StoreError                4  a blob is missing or damaged
│   └── NewerLayoutError      4  a newer farm wrote this file
├── WriterError               4  a text generator did not answer, or its answer is unusable
├── FarmUnreachableError      5  no farm answers at the address, or it refused the request
│   ├── SupersededError       5  another controller has taken over from this one; retry
│   └── MediaCondemnedError   5  the garbage collector is removing this media right now; upload it again
├── ConflictError             5  the state of the target does not allow the operation
├── AccessError               5  the API key is missing, revoked, or not allowed to do this
├── QuotaError                5  the tenant has used up a quota; says which, how much is used, and the remedy
└── QueueFullError            5  the farm accepts no more jobs for now; says when to retry

A message says what is wrong, where, what is allowed, and the remedy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

MAX_PROBLEMS: Final = 100
"""An error lists at most this many problems of a document, and counts the rest."""
_LONGEST_PATH: Final = 300
_LONGEST_MESSAGE: Final = 4000
_LONGEST_GUESSED: Final = 80
_MOST_GUESSED: Final = 2000
_UNSEEN: Final = re.compile(
    # Control characters (C0, DEL, C1) except tab and line feed; bidirectional formatting characters;
    # line and paragraph separators; lone surrogates.
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_BREAKS: Final = re.compile("[\t\n]")


def printable(text: str) -> str:
    """Return text that displays faithfully on every terminal and that every file and database accepts.

    Control and bidirectional formatting characters are escaped as ``\\x1b`` and ``\\u202e``: a name could otherwise
    move the cursor, forge a log line, or be displayed backwards. File names that are not UTF-8 contain lone surrogates;
    one of them in a message once stopped a controller. Tabs and line feeds are kept.
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNSEEN.sub(_escaped, text)


def one_line(text: str) -> str:
    """Return text as :func:`printable` does, on one line: tabs and line feeds are escaped as well."""
    return _BREAKS.sub(_escaped, printable(text))


def json_text(text: str) -> str:
    """Return equivalent JSON without invisible characters, which are escaped as ``\\u202e``."""
    return _UNSEEN.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def is_plain(text: str) -> bool:
    """Whether text contains nothing that :func:`one_line` would escape, as required of names and tags."""
    return _UNSEEN.search(text) is None and _BREAKS.search(text) is None


def _escaped(match: re.Match[str]) -> str:
    code = ord(match.group())
    return {9: "\\t", 10: "\\n"}.get(code, f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def counted(problems: Sequence[Problem], most: int) -> tuple[Problem, ...]:
    """Return the first ``most`` distinct problems, and one that counts the rest."""
    found = tuple(dict.fromkeys(problems))
    left = len(found) - most
    return found if left <= 0 else (*found[:most], Problem("", f"and {left:,} more; fix these first"))


def shortened(text: str, longest: int) -> str:
    """Return text truncated to at most ``longest`` characters; truncated text ends in ``…``."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def words_of(error: BaseException) -> str:
    """Return an exception's message, or a note that it cannot be produced if its ``__str__`` raises."""
    try:
        return printable(str(error))
    except Exception as another:
        return f"(its message is not available: {type(another).__name__})"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a document."""

    path: str
    """Where in the document, as ``slots.photos[1]``; empty for the document as a whole."""
    message: str
    """What is wrong, what is allowed, and the remedy, in one sentence."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", one_line(shortened(self.path, _LONGEST_PATH)))
        object.__setattr__(self, "message", printable(shortened(self.message, _LONGEST_MESSAGE)))

    def __str__(self) -> str:
        return f"{self.path or '(document)'}: {self.message}"


class FarmError(Exception):
    """The root of all errors that farm raises on purpose."""

    exit_code = 1

    def __str__(self) -> str:
        return printable(super().__str__())


class DocumentError(FarmError):
    """A document cannot be accepted; ``problems`` lists what is wrong with it."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem], *, source: str = "document", more: int = 0) -> None:
        found = list(problems)
        self.problems = tuple(found[:MAX_PROBLEMS])
        """The first :data:`MAX_PROBLEMS` problems, in document order."""
        self.more = more + len(found) - len(self.problems)
        """How many more were found."""
        self.source = one_line(shortened(source, _LONGEST_PATH))
        """The document's file name, or ``document``."""
        count = len(self.problems) + self.more
        lines = [f"  {problem}" for problem in self.problems]
        if self.more:
            lines.append(f"  and {self.more:,} more; fix these first")
        listed = "\n".join(lines)
        super().__init__(f"{self.source}: {count:,} problem{'' if count == 1 else 's'}\n{listed}")

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild_document_error, (self.problems, self.source, self.more)


class PluginsLackedError(DocumentError):
    """A document cannot be accepted here, but may be where other plugins are installed."""

    def __init__(
        self,
        problems: Iterable[Problem],
        *,
        source: str = "document",
        plugins: Iterable[str],
        more: int = 0,
    ) -> None:
        self.plugins = tuple(plugins)
        """Names of plugins that the document may refer to and that are not usable here."""
        super().__init__(problems, source=source, more=more)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild_plugins_lacked_error, (self.problems, self.source, self.plugins, self.more)


def _rebuild_plugins_lacked_error(
    problems: tuple[Problem, ...], source: str, plugins: tuple[str, ...], more: int
) -> PluginsLackedError:
    return PluginsLackedError(problems, source=source, plugins=plugins, more=more)


def _rebuild_document_error(problems: tuple[Problem, ...], source: str, more: int) -> DocumentError:
    return DocumentError(problems, source=source, more=more)


_OF_A_FARM: Final = frozenset({"job", "batch", "tenant", "key", "rule", "task"})
"""Kinds of things that only a running farm has."""


class MissingError(FarmError):
    """There is nothing of a name, or it belongs to another tenant."""

    def __init__(self, kind: str, name: str, *, detail: str = "") -> None:
        self.exit_code = 5 if kind in _OF_A_FARM else 2
        self.kind = kind
        """What was asked for: ``job``, ``batch``, ``asset``, ``script``, ``template``, ``work``, ``production``, …"""
        self.name = one_line(shortened(name, _LONGEST_PATH))
        """The name that nothing has."""
        self.detail = detail
        """What restricts it further, such as ``with a version 7``; empty for nothing."""
        restricted = f" {detail}" if detail else ""
        super().__init__(f"there is no {kind} `{self.name}`{restricted}")

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild_missing_error, (self.kind, self.name, self.detail)


class MachineError(FarmError):
    """This machine lacks something; the message names the command that fixes it."""

    exit_code = 3


class PluginEditedError(MachineError):
    """A plugin's files changed after this process loaded them: what it draws now may come from either version."""


class MediaError(FarmError):
    """A media file cannot be read, decoded or written."""

    exit_code = 4


class PluginError(FarmError):
    """A plugin's code raised, never returned, or returned an invalid value; the message's first line is complete."""

    exit_code = 4

    def __init__(self, message: str, *, plugin: str = "", element: str = "", stuck: bool = False) -> None:
        self.plugin = plugin
        """Which plugin, as ``acme 1.2 (3f2a91c04b7e)``."""
        self.element = element
        """Its element, as ``acme.pulse``; empty if the error concerns the plugin as a whole."""
        self.stuck = stuck
        """Whether its code is still running, which makes its process unusable."""
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
    """A newer farm wrote this file; it is intact, but only that version may use it."""


class WriterError(FarmError):
    """A text generator did not answer, or its answer is unusable; no substitute text was written."""

    exit_code = 4


class FarmUnreachableError(FarmError):
    """No farm answers at the address, or it refused the request."""

    exit_code = 5


class SupersededError(FarmUnreachableError):
    """Another controller has taken over the journal; this one's answers are no longer authoritative."""


class MediaCondemnedError(FarmUnreachableError):
    """The garbage collector is removing this media; a client that uploads it again shortly keeps it."""


class ConflictError(FarmError):
    """The operation conflicts with the current state of its target."""

    exit_code = 5


class AccessError(FarmError):
    """The request has no valid API key, or one whose role does not allow the operation."""

    exit_code = 5

    def __init__(self, message: str, *, known: bool) -> None:
        self.known = known
        """Whether the key is valid but lacks permission for this operation."""
        super().__init__(message)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild_access_error, (str(self), self.known)


def _rebuild_access_error(message: str, known: bool) -> AccessError:
    return AccessError(message, known=known)


class QuotaError(FarmError):
    """A tenant has exhausted a quota."""

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
    """The farm has reached its limit of unfinished jobs."""

    exit_code = 5

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        self.retry_after_s = retry_after_s
        """How long to wait before retrying, in seconds."""
        super().__init__(message)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild_queue_full_error, (str(self), self.retry_after_s)


def _rebuild_queue_full_error(message: str, retry_after_s: int) -> QueueFullError:
    return QueueFullError(message, retry_after_s=retry_after_s)


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """Return ``; did you mean `x`?`` for a near miss, else the list of allowed words, else an empty string.

    Comparing costs about 0.1 ms: if there may be thousands of words, call it only for those that are shown.
    """
    names = sorted(allowed)
    guessed = len(word) <= _LONGEST_GUESSED and len(names) <= _MOST_GUESSED
    close = get_close_matches(word, names, n=1, cutoff=0.6) if guessed else []
    if close:
        return f"; did you mean `{shortened(close[0], _LONGEST_GUESSED)}`?"
    if not names:
        return ""
    shown = ", ".join(shortened(name, _LONGEST_GUESSED) for name in names[:24])
    return f"; allowed: {shown}{', …' if len(names) > 24 else ''}"


def unknown_names(
    names: Iterable[str], allowed: Iterable[str], *, what: str = "unknown name", guessed: int = MAX_PROBLEMS
) -> list[Problem]:
    """Return a problem for each name that is not allowed; the first ``guessed`` include a suggestion."""
    known = sorted(allowed)
    found = [name for name in map(str, names) if name not in known]
    first = [Problem(name, f"{what}{did_you_mean(name, known)}") for name in found[:guessed]]
    return first + [Problem(name, what) for name in found[guessed:]]


def _rebuild_missing_error(kind: str, name: str, detail: str) -> MissingError:
    return MissingError(kind, name, detail=detail)
