"""The bases of all models that cross the contract."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

PRINTABLE: Final = r"^[^\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]*$"
"""Names and labels: no control characters, and no marks that change the direction of adjacent text."""

# An asset's hash is 64 digits; nothing else is accepted in its place.
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Result(BaseModel):
    """The result of a service. Unknown fields are ignored, so that older clients can read newer farms' responses."""

    # Validators are built on first use: a command loads the models of one service and uses few of them.
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class Order(BaseModel):
    """The body of a request. Unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ProblemItem(Result):
    """One problem."""

    path: str = Field(description="The location, such as `slots.photos[1]`; empty for the whole document.")
    message: str = Field(description="What is wrong, what is allowed, and the remedy.")


class ProblemDocument(Result):
    """An error, as in RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    problems: list[ProblemItem] | None = None
    more: int | None = Field(None, description="How many more problems there are than are listed.")
