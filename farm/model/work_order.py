"""The order for a new work, as given by users."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from farm.model.document import Document, PlainName
from farm.model.output_document import OutputDocument
from farm.model.script import ProductDocument, ScriptDocument, Tone

Name = Annotated[str, Field(min_length=1, max_length=300)]


class WorkOrder(Document):
    """What a new work is made from."""

    model_config = ConfigDict(defer_build=False)

    name: PlainName = Field(
        "", max_length=200, description="Its name; the product's or script's name if left out."
    )
    script: Name | ScriptDocument | None = Field(
        None, description="A script's name, or a script; the best one for the product if left out."
    )
    product: ProductDocument | None = Field(None, description="The product, which fills the script's slots.")
    assets: list[Name] = Field(
        [],
        max_length=300,
        description="What it may show, best first: names or hashes of assets, tag:WORD, product:ID. Without any, its "
        "shots are text only.",
    )
    template: Name | None = Field(None, description="A declarative template; a suitable one if left out.")
    music: Name | None = Field(
        None, description="A starter track or an asset; the template's if left out; `none`."
    )
    tone: Tone | None = Field(None, description="Its tone.")
    seconds: float | None = Field(None, ge=3, le=300, description="Preferred duration.")
    platform: str = Field("", max_length=60, description="The platform for which it is made.")
    cta: str = Field("", max_length=60, description="Call to action.")
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Seed; each gives another good cut.")
    choose: Literal["rules", "learned"] = Field(
        "rules",
        description="How a template is chosen if none is specified: by suitability, or by past performance.",
    )
    output: OutputDocument | None = Field(None, description="The file to make.")

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        return self.model_dump(mode="json", exclude_none=True)
