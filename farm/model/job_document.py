"""Job documents: a template with its slots, or a timeline, and the output files to produce."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Self, TypeAlias

from pydantic import Field, model_validator

from farm.model.document import Document, PlainName
from farm.model.output_document import NamedOutput, OutputDocument
from farm.model.timeline_document import TimelineDocument

Outputs: TypeAlias = Annotated[
    list[NamedOutput] | None,
    Field(min_length=1, max_length=20, description="Several files instead of `output`, each with a name."),
]


def _check_outputs(output_given: bool, outputs: list[NamedOutput] | None) -> None:
    if outputs is None:
        return
    if output_given:
        raise ValueError("give `output` or `outputs`, not both")
    names = [one.name for one in outputs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"two of `outputs` are named `{twice}`; their files are named after them")


class TemplateTextDocument(Document):
    """A template in the template language, as part of a job."""

    source: str = Field(min_length=1, max_length=200, description="Its file's name, for messages.")
    text: str = Field(min_length=1, max_length=200_000, description="Its text, YAML or JSON.")
    use: dict[str, Annotated[str, Field(max_length=200_000)]] = Field(
        default={}, max_length=8, description="The texts of the files that it uses, by their names."
    )


class TemplateJob(Document):
    """A template job: a template and the content of its slots."""

    name: PlainName = Field(default="", max_length=200, description="Its name; the file's name if left out.")
    template: Annotated[str, Field(min_length=1, max_length=300)] | TemplateTextDocument = Field(
        description="A template listed by `farm templates`, the path of a template file (./card.yaml), or its text."
    )
    slots: dict[str, Any] = Field(description="The template's slots; see `farm templates NAME`.")
    output: OutputDocument = Field(default_factory=lambda: OutputDocument.model_validate({}))
    outputs: Outputs = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        _check_outputs("output" in self.model_fields_set, self.outputs)
        return self

    @property
    def files(self) -> Sequence[OutputDocument]:
        """What is to be made: the outputs in order, or the only one."""
        return self.outputs or (self.output,)


class TimelineJob(Document):
    """A timeline job: tracks of clips, no template."""

    name: PlainName = Field(default="", max_length=200, description="Its name; the file's name if left out.")
    timeline: TimelineDocument = Field(description="The tracks.")
    output: OutputDocument = Field(default_factory=lambda: OutputDocument.model_validate({}))
    outputs: Outputs = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        _check_outputs("output" in self.model_fields_set, self.outputs)
        for one in self.outputs or ():
            if one.slots is not None:
                raise ValueError(
                    f"`outputs` named `{one.name}`: a timeline has no `slots`; write a template job, or one job for "
                    "each language"
                )
        return self

    @property
    def files(self) -> Sequence[OutputDocument]:
        """What is to be made: the outputs in order, or the only one."""
        return self.outputs or (self.output,)


JobDocument: TypeAlias = TemplateJob | TimelineJob
