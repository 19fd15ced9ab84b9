"""Scripts and declarative templates: those that ship with farm, and those of owners."""

from __future__ import annotations

from typing import Annotated, Any, Protocol

from pydantic import Field

from farm.contract.model import Result
from farm.contract.operation import operation
from farm.contract.scope import Scope
from farm.model.access import Role
from farm.model.script import ScriptDocument

ShelfName = Annotated[
    str,
    Field(min_length=1, max_length=120, pattern=r"^[A-Za-z0-9\u3400-\u9fff][A-Za-z0-9\u3400-\u9fff._@-]*$"),
]


class ScriptItem(Result):
    """A script, without its shots unless they were asked for."""

    name: str
    owner: str
    version: int
    official: bool
    title: str
    language: str
    tone: str
    categories: list[str]
    roles: list[str]
    shots: int
    slots: list[str]
    document: ScriptDocument | None = None


class ScriptDetails(ScriptItem):
    """A script with its shots."""

    document: ScriptDocument


class SavedDocument(Result):
    """The version under which a document was saved; saving the same document again creates no new version."""

    name: str
    owner: str
    version: int
    warnings: list[str] = Field([], description="Uses of words that advertising law forbids.")


class TemplateItem(Result):
    """A declarative template."""

    name: str
    owner: str
    version: int
    title: str
    summary: str
    categories: list[str]
    tones: list[str]
    engine: str
    music: str
    productions: int | None = Field(None, description="How many productions used it; in lists.")


class TemplateDetails(TemplateItem):
    """A declarative template in full."""

    document: dict[str, Any] = Field(
        description="The template without defaults; `farm schema template` prints its JSON Schema."
    )


class ScriptService(Protocol):
    """Scripts as an owner sees them: their own take precedence over official ones with the same name."""

    @operation("GET", "/v1/scripts", tag="scripts and templates", library=True)
    def page(
        self,
        scope: Scope,
        *,
        language: Annotated[str, Field(max_length=10)] = "",
        category: Annotated[str, Field(max_length=60)] = "",
        tone: Annotated[str, Field(max_length=20)] = "",
        role: Annotated[str, Field(max_length=20)] = "",
        whole: Annotated[bool, Field(description="With their shots.")] = False,
    ) -> list[ScriptItem]:
        """List the scripts: the official ones and the owner's own."""

    @operation("GET", "/v1/scripts/{name}", tag="scripts and templates", library=True)
    def show(self, scope: Scope, *, name: ShelfName) -> ScriptDetails:
        """Show a script, by NAME or NAME@VERSION."""

    @operation("PUT", "/v1/scripts/{name}", tag="scripts and templates", role=Role.SUBMIT, library=True)
    def save(self, scope: Scope, *, name: ShelfName, document: dict[str, Any]) -> SavedDocument:
        """Save a script; saving the same again creates no new version. Banned words are reported as warnings."""

    @operation(
        "DELETE",
        "/v1/scripts/{name}",
        tag="scripts and templates",
        role=Role.SUBMIT,
        status=204,
        library=True,
    )
    def remove(self, scope: Scope, *, name: ShelfName) -> None:
        """Remove a script."""


class TemplateService(Protocol):
    """Declarative templates as an owner sees them: their own take precedence over official ones."""

    @operation("GET", "/v1/declarative-templates", tag="scripts and templates", library=True)
    def page(self, scope: Scope) -> list[TemplateItem]:
        """List the declarative templates that works use, with how often each was used."""

    @operation("GET", "/v1/declarative-templates/{name}", tag="scripts and templates", library=True)
    def show(self, scope: Scope, *, name: ShelfName) -> TemplateDetails:
        """Show a declarative template, by NAME or NAME@VERSION."""

    @operation(
        "PUT", "/v1/declarative-templates/{name}", tag="scripts and templates", role=Role.SUBMIT, library=True
    )
    def save(self, scope: Scope, *, name: ShelfName, document: dict[str, Any]) -> SavedDocument:
        """Save a declarative template under a name."""

    @operation(
        "DELETE", "/v1/declarative-templates/{name}", tag="scripts and templates", role=Role.SUBMIT, status=204,
        library=True,
    )  # fmt: skip
    def remove(self, scope: Scope, *, name: ShelfName) -> None:
        """Remove a declarative template."""
