"""Routes for works and productions."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query
from fastapi import Path as PathParameter
from pydantic import BaseModel, Field

from farm.api.desks import Desks
from farm.api.jobs import IdempotencyKey, JobId, Priority
from farm.api.problem import there
from farm.api.shapes import Loose
from farm.api.whose import Changing, Reading

WorkName = Annotated[str, PathParameter(min_length=1, max_length=200, description="A work's id or name.")]
Limit = Annotated[int, Query(ge=1, le=1000)]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]
Version = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="An earlier version.")]


Order = Annotated[
    dict[str, Any],
    Body(
        description="What to make it from: script, product, assets, template, music, seconds, output, …; a script or a "
        "product is needed. `farm schema work-order` prints its JSON Schema.",
    ),
]


class Edits(BaseModel):
    """Changes to a work."""

    model_config = {"extra": "forbid"}

    edits: list[dict[str, Any]] = Field(
        min_length=1,
        max_length=200,
        description="Each with `op`: say, show, card, free, trim, arrange, move, remove, add, replace or set; "
        "`farm schema edits` prints the JSON Schema.",
    )
    base: int | None = Field(None, ge=1, le=2**31 - 1, description="The version that they were thought for.")


class Remix(BaseModel):
    """Which remixes to make."""

    model_config = {"extra": "forbid"}

    count: int = Field(5, ge=1, le=100)
    seed: int = Field(1, ge=0, le=2**31 - 1)
    vary_template: bool = Field(False, description="Let templates that suit the tone take turns.")
    choose: Literal["rules", "learned"] = Field(
        "rules", description="Which templates take turns: by what sold."
    )


class Rendering(BaseModel):
    """A production that was ordered."""

    production: str
    work: str
    version: int
    name: str


def work_routes(desks: Desks) -> APIRouter:
    """Build the routes for works."""
    routes = APIRouter(tags=["works"])

    def own(found: Any, name: str) -> Loose:
        told: Loose = there(found, f"work {name}", "/v1/works")
        return told

    @routes.post("/v1/works", status_code=201)
    async def make(whose: Changing, order: Order, idempotency_key: IdempotencyKey = None) -> Loose:
        """Create a work: the rough cut binds each shot to an asset and says why."""
        told: Loose = await desks.works.make(whose.owner, order, idempotency_key or "")
        return told

    @routes.get("/v1/works")
    async def works(whose: Reading, limit: Limit = 100, offset: Offset = 0) -> list[Loose]:
        """List works at their current versions."""
        found: list[Loose] = await desks.works.page(whose.sees, limit, offset)
        return found

    @routes.get("/v1/works/{name}")
    async def show(whose: Reading, name: WorkName, version: Version = None) -> Loose:
        """Show a work, shot by shot."""
        return own(await desks.works.show(whose.sees, name, version), name)

    @routes.put("/v1/works/{name}")
    async def put(
        whose: Changing, name: WorkName, document: Annotated[dict[str, Any], Body()], base: Version = None
    ) -> Loose:
        """Save a whole work document as a new version."""
        return own(await desks.works.put(whose.owner, name, document, base), name)

    @routes.delete("/v1/works/{name}", status_code=204)
    async def remove(whose: Changing, name: WorkName) -> None:
        """Remove a work with its versions; its productions are kept."""
        there(await desks.works.remove(whose.owner, name), f"work {name}", "/v1/works")

    @routes.post("/v1/works/{name}/edits")
    async def edit(whose: Changing, name: WorkName, given: Edits) -> Loose:
        """Edit a work; each call creates a version. 409 if another version was saved meanwhile."""
        return own(await desks.works.edit(whose.owner, name, given.edits, given.base), name)

    @routes.put("/v1/works/{name}/template")
    async def retemplate(
        whose: Changing,
        name: WorkName,
        template: Annotated[str, Body(embed=True, min_length=1, max_length=120)],
    ) -> Loose:
        """Switch a work to another template; what its shots show and say is kept."""
        return own(await desks.works.retemplate(whose.owner, name, template), name)

    @routes.post("/v1/works/{name}/recut")
    async def recut(
        whose: Changing,
        name: WorkName,
        seed: Annotated[int | None, Query(ge=0, le=2**31 - 1)] = None,
        base: Version = None,
    ) -> Loose:
        """Cut a work again; manual bindings are kept, and another seed gives another good cut."""
        return own(await desks.works.recut(whose.owner, name, seed, base), name)

    @routes.post("/v1/works/{name}/undo")
    async def undo(whose: Changing, name: WorkName, base: Version = None) -> Loose:
        """Go back to the previous version."""
        return own(await desks.works.undo(whose.owner, name, base), name)

    @routes.post("/v1/works/{name}/redo")
    async def redo(whose: Changing, name: WorkName, base: Version = None) -> Loose:
        """Go forward to the version that was undone."""
        return own(await desks.works.redo(whose.owner, name, base), name)

    @routes.get("/v1/works/{name}/versions")
    async def versions(whose: Reading, name: WorkName) -> list[Loose]:
        """List a work's versions, newest first."""
        found: list[Loose] = there(await desks.works.versions(whose.sees, name), f"work {name}", "/v1/works")
        return found

    @routes.get("/v1/works/{name}/diff")
    async def diff(
        whose: Reading,
        name: WorkName,
        before: Annotated[int | None, Query(alias="from", ge=1, le=2**31 - 1)] = None,
        after: Annotated[int | None, Query(alias="to", ge=1, le=2**31 - 1)] = None,
    ) -> Loose:
        """Return what changed from one version to another; by default the newest change."""
        return own(await desks.works.diff(whose.sees, name, before, after), name)

    @routes.post("/v1/works/{name}/remixes", status_code=201)
    async def remix(
        whose: Changing, name: WorkName, wanted: Remix, idempotency_key: IdempotencyKey = None
    ) -> Loose:
        """Create good cuts that differ from a work and from each other; each is a separate work."""
        made = await desks.works.remix(
            whose.owner,
            name,
            wanted.count,
            wanted.seed,
            wanted.vary_template,
            idempotency_key or "",
            wanted.choose,
        )
        return own(made, name)

    @routes.get("/v1/works/{name}/job")
    async def job(whose: Reading, name: WorkName, version: Version = None) -> Loose:
        """Return the job document that renders a work's video."""
        return own(await desks.works.job(whose.sees, name, version), name)

    @routes.post("/v1/works/{name}/render", status_code=202, response_model=Rendering)
    async def render(
        whose: Changing,
        name: WorkName,
        version: Version = None,
        priority: Priority = 0,
        idempotency_key: IdempotencyKey = None,
    ) -> Any:
        """Render a work's video; the production is a job: /v1/jobs reports its progress and sends the files."""
        made = await desks.studio.render(whose.owner, [(name, version)], priority, idempotency_key)
        return made[0]

    return routes


def production_routes(desks: Desks) -> APIRouter:
    """Build the routes for productions; their files are those of their jobs."""
    routes = APIRouter(tags=["productions"])

    @routes.get("/v1/productions")
    async def productions(
        whose: Reading,
        limit: Limit = 100,
        offset: Offset = 0,
        work: Annotated[str | None, Query(max_length=80)] = None,
        state: Annotated[str | None, Query(max_length=20)] = None,
    ) -> list[Loose]:
        """List works' productions, newest first."""
        found: list[Loose] = await desks.productions.page(whose.sees, limit, offset, work, state)
        return found

    @routes.get("/v1/library/uses")
    async def uses(whose: Reading) -> dict[str, dict[str, int]]:
        """Return how many finished videos have each transition, effect, layout, role and track."""
        told: dict[str, dict[str, int]] = await desks.productions.uses(whose.sees)
        return told

    @routes.get("/v1/productions/{production}")
    async def show(whose: Reading, production: JobId) -> Loose:
        """Show a production: work, template, script, parts, report with checks."""
        found = await desks.productions.show(whose.sees, production)
        told: Loose = there(found, f"production {production}", "/v1/productions")
        return told

    @routes.post("/v1/productions/{production}/again", status_code=202)
    async def again(whose: Changing, production: JobId) -> Loose:
        """Render a production again from what is stored."""
        found = await desks.studio.again(whose.owner, production)
        told: Loose = there(found, f"production {production}", "/v1/productions")
        return told

    return routes
