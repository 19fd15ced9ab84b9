"""Productions: finished videos of works."""

from __future__ import annotations

from typing import Annotated, Any, Protocol

from pydantic import Field

from farm.contract.jobs import PRIORITY_LIMIT, JobId
from farm.contract.model import Result
from farm.contract.operation import Key, operation
from farm.contract.scope import Scope
from farm.contract.works import Limit, Offset, Rendering, Version, WorkName
from farm.model.access import Role

Priority = Annotated[
    int,
    Field(
        ge=-PRIORITY_LIMIT, le=PRIORITY_LIMIT, description="Higher goes first among the tenant's own jobs."
    ),
]


class ProductionItem(Result):
    """A production; its files are those of the job of the same name."""

    production: str
    owner: str
    work_id: str
    version: int
    name: str
    template: str
    script: str
    category: str
    product: str
    platform: str
    state: str = Field(description="`asked`, `done`, `failed` or `cancelled`.")
    asked_at_s: float
    ended_at_s: float | None
    sha256: str
    cover: str
    frames: int
    duration_s: float
    size_bytes: int
    message: str
    farm: str = Field(description="The version of farm that rendered it.")


class ProductionDetails(ProductionItem):
    """A production with its document, report and parts."""

    document: str
    report: dict[str, Any] | None = Field(description="The report stored beside the video.")
    parts: list[tuple[str, str]] = Field(description="(kind, name) of the assets and elements in it.")


class ProductionAgain(Result):
    """A production that renders another's document again."""

    production: str
    of: str = Field(description="The production whose document it renders.")


class ProductionService(Protocol):
    """Productions of an owner; methods about one raise MissingError if there is none with that id."""

    @operation("POST", "/v1/works/{name}/render", tag="works", role=Role.SUBMIT, status=202, library=True)
    def render(
        self, scope: Scope, *, name: WorkName, version: Version = None, priority: Priority = 0, key: Key = ""
    ) -> Rendering:
        """Render a work's video; the production is a job: /v1/jobs reports its progress and sends the files."""

    @operation("GET", "/v1/productions", tag="productions", library=True)
    def page(
        self,
        scope: Scope,
        *,
        limit: Limit = 100,
        offset: Offset = 0,
        work: Annotated[str | None, Field(max_length=80)] = None,
        state: Annotated[str | None, Field(max_length=20)] = None,
    ) -> list[ProductionItem]:
        """List works' productions, newest first."""

    @operation("GET", "/v1/library/uses", tag="productions", library=True)
    def uses(self, scope: Scope) -> dict[str, dict[str, int]]:
        """Return how many finished videos have each transition, effect, layout, role and track."""

    @operation("GET", "/v1/productions/{production}", tag="productions", library=True)
    def show(self, scope: Scope, *, production: JobId) -> ProductionDetails:
        """Show a production: work, template, script, parts, report with checks."""

    @operation(
        "POST", "/v1/productions/{production}/again", tag="productions", role=Role.SUBMIT, status=202, library=True
    )  # fmt: skip
    def again(self, scope: Scope, *, production: JobId) -> ProductionAgain:
        """Render a production again from its stored document and assets."""
