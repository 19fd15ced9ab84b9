"""Routes for scripts and declarative templates."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from fastapi import Path as PathParameter

from farm.api.desks import Desks
from farm.api.problem import there
from farm.api.shapes import Loose
from farm.api.whose import Changing, Reading

Name = Annotated[
    str,
    PathParameter(
        min_length=1, max_length=120, pattern=r"^[A-Za-z0-9\u3400-\u9fff][A-Za-z0-9\u3400-\u9fff._@-]*$"
    ),
]
Document = Annotated[dict[str, Any], Body(description="The document.")]


def shelf_routes(desks: Desks) -> APIRouter:
    """Build the routes."""
    routes = APIRouter(tags=["scripts and templates"])

    @routes.get("/v1/scripts")
    async def scripts(
        whose: Reading,
        language: Annotated[str, Query(max_length=10)] = "",
        category: Annotated[str, Query(max_length=60)] = "",
        tone: Annotated[str, Query(max_length=20)] = "",
        role: Annotated[str, Query(max_length=20)] = "",
        whole: Annotated[bool, Query(description="With their shots.")] = False,
    ) -> list[Loose]:
        """List the scripts: the official ones and the owner's own."""
        asked = {
            "language": language,
            "category": category,
            "tone": tone,
            "role": role,
            "whole": "yes" if whole else "",
        }
        found: list[Loose] = await desks.scripts.page(whose.sees, asked)
        return found

    @routes.get("/v1/scripts/{name}")
    async def script(whose: Reading, name: Name) -> Loose:
        """Show a script, by NAME or NAME@VERSION."""
        told: Loose = there(await desks.scripts.show(whose.sees, name), f"script {name}", "/v1/scripts")
        return told

    @routes.put("/v1/scripts/{name}")
    async def keep_script(whose: Changing, name: Name, document: Document) -> Loose:
        """Save a script; saving the same again creates no new version. Banned words are reported as warnings."""
        told: Loose = await desks.scripts.save(whose.owner, name, document)
        return told

    @routes.delete("/v1/scripts/{name}", status_code=204)
    async def drop_script(whose: Changing, name: Name) -> None:
        """Remove a script."""
        there(await desks.scripts.remove(whose.owner, name), f"script {name} of {whose.owner}", "/v1/scripts")

    @routes.get("/v1/library/templates")
    async def templates(whose: Reading) -> list[Loose]:
        """List the declarative templates that works use, with how often each was used."""
        found: list[Loose] = await desks.templates.page(whose.sees)
        return found

    @routes.get("/v1/library/templates/{name}")
    async def template(whose: Reading, name: Name) -> Loose:
        """Show a declarative template, by NAME or NAME@VERSION."""
        shown = await desks.templates.show(whose.sees, name)
        told: Loose = there(shown, f"template {name}", "/v1/library/templates")
        return told

    @routes.put("/v1/library/templates/{name}")
    async def keep_template(whose: Changing, name: Name, document: Document) -> Loose:
        """Save a declarative template under a name."""
        told: Loose = await desks.templates.save(whose.owner, {**document, "name": name})
        return told

    @routes.delete("/v1/library/templates/{name}", status_code=204)
    async def drop_template(whose: Changing, name: Name) -> None:
        """Remove a declarative template."""
        done = await desks.templates.remove(whose.owner, name)
        there(done, f"template {name} of {whose.owner}", "/v1/library/templates")

    return routes
