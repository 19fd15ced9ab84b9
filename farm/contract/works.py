"""Works: users' projects from script to video, in versions."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Protocol

from pydantic import Field

from farm.contract.model import Order, Result
from farm.contract.operation import Alias, Key, operation
from farm.contract.scope import Scope
from farm.model.access import Role
from farm.model.work import WorkDocument

WorkName = Annotated[str, Field(min_length=1, max_length=200, description="A work's id or name.")]
Limit = Annotated[int, Field(ge=1, le=1000)]
Offset = Annotated[int, Field(ge=0, le=10_000_000)]
Version = Annotated[int | None, Field(ge=1, le=2**31 - 1, description="An earlier version.")]
Base = Annotated[
    int | None, Field(ge=1, le=2**31 - 1, description="The version that the change is based on.")
]
Choose = Literal["rules", "learned"]
"""How a template is chosen: by suitability alone, or among suitable ones by sales results."""


class WorkItem(Result):
    """A work at one of its versions."""

    work_id: str
    owner: str
    name: str
    head: int = Field(description="The current version.")
    version: int = Field(description="The version shown here.")
    note: str = Field(description="The changes of this version.")
    saved_at_s: float
    made_at_s: float
    origin: str = Field(description="The work that it is a remix of; empty if it is not a remix.")
    versions: int = Field(description="Number of versions.")


class Work(WorkItem):
    """A work in full."""

    seconds: float
    template: str = Field(description="NAME@VERSION.")
    script: str = Field(description="NAME@VERSION.")
    document: WorkDocument
    changed: bool = Field(False, description="Whether the request changed the work.")
    remarks: list[str] = Field([], description="The choices made when the work was created, and why.")
    score: float | None = Field(None, description="How well the cut suits the script; only for a new work.")


class WorkVersion(Result):
    """A version in a work's history."""

    version: int
    parent: int = Field(description="The version that it was based on; 0 for the first.")
    note: str
    saved_at_s: float
    head: bool = Field(description="Whether it is the current version.")


class WorkChange(Result):
    """One difference between two versions."""

    where: str = Field(description="A shot's name, or a part of the work.")
    what: str = Field(description="`added`, `removed`, `moved`, `words`, `shows`, `length`, …")
    before: Any
    after: Any


class WorkDiff(Result):
    """What changed from one version to another."""

    work: str
    first: int = Field(alias="from", description="The earlier version.")
    last: int = Field(alias="to", description="The later version.")
    distance: float = Field(description="From 0, the same, to 1, nothing in common.")
    changes: list[WorkChange]


class RemixItem(Result):
    """A remix, which is a separate work."""

    work: str
    name: str
    distance: float = Field(description="Distance to the nearest of the others.")
    score: float
    template: str
    music: str
    seconds: float


class Remixes(Result):
    """The remixes that were made."""

    work: str
    remixes: list[RemixItem]
    note: str = Field(description="Why there are fewer than requested; empty if there are not.")


class WorkJob(Result):
    """The job document that renders a work's video."""

    work: str
    version: int
    name: str
    document: str


class Rendering(Result):
    """A production that was ordered."""

    production: str
    work: str
    version: int
    name: str


class WorkEdits(Order):
    """Changes to a work."""

    edits: list[dict[str, Any]] = Field(
        min_length=1,
        max_length=1000,
        description="Each with `op`: say, show, card, free, trim, arrange, move, remove, add, replace or set; "
        "`farm schema edits` prints the JSON Schema.",
    )
    base: int | None = Field(None, ge=1, le=2**31 - 1, description="The version that they are based on.")


class TemplateChoice(Order):
    """Another template for a work."""

    template: str = Field(min_length=1, max_length=120)


class RemixOrder(Order):
    """Which remixes to make."""

    count: int = Field(5, ge=1, le=100)
    seed: int = Field(1, ge=0, le=2**31 - 1)
    vary_template: bool = Field(False, description="Rotate through the templates that suit the tone.")
    choose: Choose = Field(
        "rules", description="Which templates are used more often: those that sold better."
    )


class WorkService(Protocol):
    """Works of an owner.

    Methods about one work raise MissingError if there is none of that name, and ConflictError if the name is
    ambiguous.
    """

    @operation("POST", "/v1/works", tag="works", role=Role.SUBMIT, status=201, library=True)
    def make(self, scope: Scope, *, order: dict[str, Any], key: Key = "") -> Work:
        """Create a work: the rough cut binds each shot to an asset and says why.

        The order holds script, product, assets, template, music, seconds, output, …; a script or a product is needed.
        `farm schema work-order` prints its JSON Schema.
        """

    @operation("GET", "/v1/works", tag="works", library=True)
    def page(self, scope: Scope, *, limit: Limit = 100, offset: Offset = 0) -> list[WorkItem]:
        """List works at their current versions, newest first."""

    @operation("GET", "/v1/works/{name}", tag="works", library=True)
    def show(self, scope: Scope, *, name: WorkName, version: Version = None) -> Work:
        """Show a work, shot by shot."""

    @operation("PUT", "/v1/works/{name}", tag="works", role=Role.SUBMIT, library=True)
    def put(self, scope: Scope, *, name: WorkName, document: dict[str, Any], base: Base = None) -> Work:
        """Save a whole work document as a new version."""

    @operation("DELETE", "/v1/works/{name}", tag="works", role=Role.SUBMIT, status=204, library=True)
    def remove(self, scope: Scope, *, name: WorkName) -> None:
        """Remove a work with its versions; its productions are kept."""

    @operation("POST", "/v1/works/{name}/edits", tag="works", role=Role.SUBMIT, library=True)
    def edit(self, scope: Scope, *, name: WorkName, edits: WorkEdits) -> Work:
        """Edit a work; each call creates a version. 409 if another version was saved meanwhile."""

    @operation("PUT", "/v1/works/{name}/template", tag="works", role=Role.SUBMIT, library=True)
    def retemplate(self, scope: Scope, *, name: WorkName, choice: TemplateChoice) -> Work:
        """Switch a work to another template; the content and texts of its shots are kept."""

    @operation("POST", "/v1/works/{name}/recut", tag="works", role=Role.SUBMIT, library=True)
    def recut(
        self,
        scope: Scope,
        *,
        name: WorkName,
        seed: Annotated[int | None, Field(ge=0, le=2**31 - 1)] = None,
        base: Base = None,
    ) -> Work:
        """Cut a work again; manual bindings are kept, and another seed gives another good cut.

        If the newest version is no longer ``base``, nothing is done: the request was already carried out.
        """

    @operation("POST", "/v1/works/{name}/undo", tag="works", role=Role.SUBMIT, library=True)
    def undo(self, scope: Scope, *, name: WorkName, base: Base = None) -> Work:
        """Go back to the previous version; repeating the request has no effect."""

    @operation("POST", "/v1/works/{name}/redo", tag="works", role=Role.SUBMIT, library=True)
    def redo(self, scope: Scope, *, name: WorkName, base: Base = None) -> Work:
        """Go forward to the version that was undone; repeating the request has no effect."""

    @operation("GET", "/v1/works/{name}/versions", tag="works", library=True)
    def versions(self, scope: Scope, *, name: WorkName) -> list[WorkVersion]:
        """List a work's versions, newest first."""

    @operation("GET", "/v1/works/{name}/diff", tag="works", library=True)
    def diff(
        self,
        scope: Scope,
        *,
        name: WorkName,
        before: Annotated[int | None, Field(ge=1, le=2**31 - 1), Alias("from")] = None,
        after: Annotated[int | None, Field(ge=1, le=2**31 - 1), Alias("to")] = None,
    ) -> WorkDiff:
        """Return what changed from one version to another; by default the newest change."""

    @operation("POST", "/v1/works/{name}/remixes", tag="works", role=Role.SUBMIT, status=201, library=True)
    def remix(self, scope: Scope, *, name: WorkName, order: RemixOrder, key: Key = "") -> Remixes:
        """Create good cuts that differ from a work and from each other; each is a separate work."""

    @operation("GET", "/v1/works/{name}/job", tag="works", library=True)
    def job(self, scope: Scope, *, name: WorkName, version: Version = None) -> WorkJob:
        """Return the job document that renders a work's video."""
