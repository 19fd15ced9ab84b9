"""Products given to commands: a file, or one product in a file with several."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from farm.cli.print import echo

if TYPE_CHECKING:
    from farm.script.product import ReadProduct

HELP = "The product, as JSON or YAML; FILE#ID selects one from a file with several."


def read_product_file(path: Path) -> ReadProduct:
    """Return the product in a file; ``shop.json#sku-7`` is the one with that id in a list.

    Raises:
        DocumentError: there is no such file or product, or the product has problems.
    """
    from farm.script.product import read_product

    one = ""
    if not path.exists() and "#" in path.name:
        name, _, one = path.name.rpartition("#")
        path = path.with_name(name)
    return read_product(read_text(path), source=path.name, one=one)


def read_text(file: Path) -> str:
    """Return the text of a file.

    Raises:
        DocumentError: it cannot be read, is too large, or is not text.
    """
    from farm.errors import DocumentError, Problem
    from farm.model.parse import MAX_BYTES

    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise DocumentError([Problem("", f"cannot be read: {error.strerror}")], source=str(file)) from error
    if len(data) > MAX_BYTES:
        raise DocumentError([Problem("", f"is larger than {MAX_BYTES // 2**20} MiB")], source=file.name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"is not UTF-8 text (byte {error.start}); save it as UTF-8"
        raise DocumentError([Problem("", message)], source=file.name) from error


def print_notes(read: ReadProduct) -> None:
    """Print the notes on a product and the names of its unused fields."""
    for note in read.notes:
        echo(f"note: {note}", err=True)
    if read.ignored:
        echo(f"note: unused fields of the product: {', '.join(read.ignored[:20])}", err=True)
