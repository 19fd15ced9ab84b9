"""`farm doctor`: what this machine lacks, and the command that fixes it."""

from __future__ import annotations

import click

from farm.cli.print import json_option, print_json, print_table


@click.command()
@json_option
def doctor(as_json: bool) -> int:
    """Check system libraries, fonts, codecs, kernels, disk, /dev/shm and memory. Exits with 3 if one fails."""
    from farm.settings import Settings
    from farm.worker.health import examine

    findings = examine(Settings.from_environment())
    if as_json:
        print_json([{"what": f.what, "ok": f.ok, "found": f.found, "remedy": f.remedy} for f in findings])
    else:
        marks = {True: "ok", False: "LACKING"}
        print_table(
            ["", "what", "found", "remedy"], [(marks[f.ok], f.what, f.found, f.remedy) for f in findings]
        )
    return 0 if all(finding.ok for finding in findings) else 3
