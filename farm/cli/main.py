"""`farm`: the command group, its lazily loaded commands, and the exit codes."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from typing import Final

import click

from farm import __version__
from farm.cli.print import echo
from farm.errors import DocumentError, FarmError, MissingError

# Set before they are imported: numpy's BLAS starts a thread per core, which costs as much as the rest of its import,
# and pydantic looks for its plugins in every installed distribution. Farm uses neither.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

LISTS: Final = {
    "job": "farm jobs ls",
    "batch": "farm batches ls",
    "asset": "farm assets ls",
    "script": "farm scripts ls",
    "template": "farm templates ls",
    "work": "farm works ls",
    "production": "farm productions ls",
    "tenant": "farm tenants ls",
    "key": "farm keys ls",
    "rule": "farm store rules",
}
"""Commands that list things, by kind."""
COMMANDS: Final = {
    "demo": ("farm.cli.submit", "Render the starter jobs: real products, finished videos, a contact sheet."),
    "render": ("farm.cli.render", "Render jobs in this process, without Ray."),
    "submit": ("farm.cli.submit", "Render jobs on a farm: a running one, or one started for this command."),
    "validate": ("farm.cli.inspect", "Check job documents and report all problems at once."),
    "plan": (
        "farm.cli.inspect",
        "Show a job's segments, which of them are stored, and what rendering will cost.",
    ),
    "draft": ("farm.cli.inspect", "Print the timeline that a template creates, ready for editing."),
    "schema": ("farm.cli.inspect", "Print the JSON Schema of a job, timeline, script, work, … document."),
    "still": ("farm.cli.stills", "Render one frame to a PNG."),
    "sheet": ("farm.cli.stills", "Render a contact sheet to a PNG."),
    "templates": ("farm.cli.templates", "List, show, draw and store templates."),
    "elements": (
        "farm.cli.elements",
        "List effects, transitions, text styles and stickers with their parameters.",
    ),
    "gallery": (
        "farm.cli.gallery",
        "Show every transition, effect, motion, mask and template, moving, on one page.",
    ),
    "fonts": ("farm.cli.fonts", "List the font families; add font files of your own."),
    "plugins": ("farm.cli.elements", "List the plugins, what each provides, and why one is disabled."),
    "assets": ("farm.cli.assets", "Manage and search pictures, clips and sounds."),
    "works": ("farm.cli.works", "Create works from script, assets and template; edit, remix, render them."),
    "productions": ("farm.cli.productions", "List, fetch and re-render the finished videos of works."),
    "scripts": ("farm.cli.scripts", "List, show and check scripts; create scripts for a product."),
    "up": ("farm.cli.cluster", "Start a farm on this machine, or join one."),
    "down": ("farm.cli.cluster", "Stop the farm on this machine."),
    "status": ("farm.cli.cluster", "Show the farm on this machine."),
    "jobs": (
        "farm.cli.jobs",
        "List, show, watch, change, cancel and retry jobs of a running farm; read their logs.",
    ),
    "batches": ("farm.cli.batches", "List, show, fetch, cancel and resume batches of products."),
    "why": ("farm.cli.jobs", "Explain in a sentence what a job is waiting for, or why it ended."),
    "events": ("farm.cli.events", "Show events of the farm; import audience events of finished videos."),
    "dash": ("farm.cli.dash", "Show how finished videos performed, or write it as a page."),
    "queue": ("farm.cli.operate", "Show, pause and resume the queue, or one tenant's."),
    "nodes": ("farm.cli.operate", "List the nodes: workers, load, condition, versions, plugins."),
    "drain": ("farm.cli.operate", "Start nothing more on a node, so that it can be removed."),
    "restore": ("farm.cli.operate", "Use a drained or quarantined node again."),
    "scale": ("farm.cli.operate", "Let the number of workers follow the queue."),
    "tenants": ("farm.cli.access", "Show tenants, set shares, limits and quotas, renew webhook secrets."),
    "store": (
        "farm.cli.storage",
        "Show stored files and their retention; collect garbage; verify and repair.",
    ),
    "keys": ("farm.cli.access", "Create, list and revoke API keys."),
    "audit": ("farm.cli.access", "Show the actions of callers."),
    "stats": (
        "farm.cli.catalog",
        "Show what was rendered, what it cost, and the rate relative to 60,000 a day.",
    ),
    "sql": ("farm.cli.catalog", "Query the catalog, read only."),
    "catalog": ("farm.cli.catalog", "Maintain the catalog: check, back up, restore, export, rebuild."),
    "doctor": ("farm.cli.doctor", "Show what this machine lacks, and the command that installs it."),
}
"""Module of each command and its line in the help, so that printing the help imports nothing."""

UNDONE: Final = {
    "render": ", nothing was rendered",
    "submit": ", nothing was submitted",
    "still": ", nothing was rendered",
    "sheet": ", nothing was rendered",
}
"""What each command did not do because of an invalid document."""

EPILOG: Final = """\b
Exit codes:
  0    done
  1    an internal error of farm
  2    an invalid document or command line; nothing was rendered
  3    this machine lacks something (`farm doctor` shows what)
  4    a job failed while rendering
  5    no farm answers, or it refused the request
  130  interrupted
  134  and 139: a plugin's compiled code crashed (SIGABRT, SIGSEGV); stderr names the call
  137  killed; if a plugin's compiled code did not return, stderr names the call
"""


class LazyGroup(click.Group):
    """A group that imports a command's module only when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(COMMANDS[cmd_name][0]), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from farm.errors import did_you_mean

        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f"there is no command `{args[0]}`{did_you_mean(args[0], COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="farm")
def cli() -> None:
    """Product videos at catalogue scale: job documents in, finished MP4s out.

    Start with `farm demo -o out`, then look at `farm templates`.
    """


def main() -> None:
    """Run the command line and exit with a documented code."""
    # A command creates a hundred thousand objects at start and frees none: garbage collections over them, then and
    # at process exit, took a fifth of `farm validate`. A worker preparing to draw collects garbage as usual.
    gc.set_threshold(200_000)
    code = run(sys.argv[1:])
    gc.freeze()
    sys.exit(code)


def run(args: list[str]) -> int:
    """Run the command line and return its exit code; errors go to stderr."""
    _hear_of_plugins()
    if "--json" in args:
        from farm.guard.warden import print_errors_as_json

        print_errors_as_json()
    try:
        result = cli.main(args, prog_name="farm", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (click.Abort, KeyboardInterrupt):
        echo("interrupted", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except FarmError as error:
        print_error(error, as_json="--json" in args, undone=UNDONE.get(args[0] if args else "", ""))
        return error.exit_code
    except Exception as error:
        if refused := _refused(error):
            print_error(refused, as_json="--json" in args)
            return refused.exit_code
        if os.environ.get("FARM_DEBUG"):
            raise
        echo(f"internal error: {type(error).__name__}: {error}", err=True)
        echo("Set FARM_DEBUG=1 for a traceback, and please report it.", err=True)
        return 1


def _refused(error: Exception) -> DocumentError | None:
    """Return the problems of options that do not make a valid order; None for any other error."""
    from pydantic import ValidationError

    if not isinstance(error, ValidationError):
        return None
    from farm.model.problems import problems_by_place

    return DocumentError(problems_by_place(error), source="command")


def _hear_of_plugins() -> None:
    """Print log messages about disabled plugins on stderr, one line each: every command loads the plugins."""
    import logging

    class Stderr(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            echo(f"warning: {record.getMessage()}", err=True)

    logging.getLogger("farm.plugins").handlers = [Stderr(logging.WARNING)]


def print_error(error: FarmError, *, as_json: bool, undone: str = "") -> None:
    """Print an error: as text on stderr; with --json also as data on stdout.

    Args:
        error: The error.
        as_json: Whether to print it as JSON on stdout too.
        undone: What was not done because of it.
    """
    if as_json:
        from dataclasses import asdict

        from farm.cli.print import print_json

        problems = error.problems if isinstance(error, DocumentError) else ()
        data = {
            "error": type(error).__name__,
            "message": message_of(error).splitlines()[0],
            "problems": [asdict(problem) for problem in problems],
        }
        print_json(data)
    if isinstance(error, DocumentError):
        count = len(error.problems) + error.more
        echo(f"{error.source}: {count} problem{'' if count == 1 else 's'}{undone}", err=True)
        width = min(40, max((len(problem.path) for problem in error.problems), default=0))
        for problem in error.problems:
            echo(
                f"  {problem.path:<{width}}  {problem.message}" if problem.path else f"  {problem.message}",
                err=True,
            )
        if error.more:
            echo(f"  and {error.more:,} more; fix these first", err=True)
    else:
        echo(message_of(error), err=True)


def message_of(error: FarmError) -> str:
    """Return an error's message; of something that does not exist, with the command that lists what does."""
    listed = (
        f"; `{LISTS[error.kind]}` lists them"
        if isinstance(error, MissingError) and error.kind in LISTS
        else ""
    )
    return f"{error}{listed}"


if __name__ == "__main__":
    main()
