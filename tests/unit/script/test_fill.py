"""Slots are filled with what the product says, in good grammar; what it does not say is left out and reported."""

from __future__ import annotations

import pytest

from farm.errors import DocumentError
from farm.model.script import ProductDocument, ScriptDocument, ShotDocument
from farm.script.fill import fill

WATCH = ProductDocument(
    name="Orb Watch", price=60, was=80, currency="EUR", points=["steel case", "Sapphire glass."], brand="Orb"
)


def script(*words: str, language: str = "en", instead: str = "", label: str = "") -> ScriptDocument:
    return ScriptDocument.model_validate(
        {"title": "t", "language": language,
         "shots": [{"role": "feature", "words": one, "instead": instead, "label": label} for one in words]}
    )  # fmt: skip


def filled_words(*words: str, product: ProductDocument = WATCH, language: str = "en") -> list[str]:
    return [shot.words for shot in fill(script(*words, language=language), product).script.shots]


def test_bare_points_are_taken_in_turn_and_numbered_ones_stay_theirs() -> None:
    assert filled_words("{point}", "{point}") == ["Steel case", "Sapphire glass"]
    assert filled_words("{point}", "{point[0]}") == ["Sapphire glass", "Steel case"]


def test_money_is_written_as_shops_do() -> None:
    assert filled_words("Was {was}. Now {price}. {discount}, {percent}, {saving}") == [
        "Was €80. Now €60. 25% off, 25%, €20"
    ]
    yuan = WATCH.model_copy(update={"currency": "CNY"})
    assert filled_words("{discount} {price}", product=yuan, language="zh") == ["7.5折 ¥60"]


@pytest.mark.parametrize("was", [None, 60.0, 59.0])
def test_no_discount_is_mentioned_unless_there_is_one(was: float | None) -> None:
    filled = fill(script("{name}", "{discount}", "{saving}", "{was}"), WATCH.model_copy(update={"was": was}))
    assert [shot.words for shot in filled.script.shots] == ["Orb Watch"]
    assert {note.why for note in filled.notes} == {"the product has no discount"}


def test_a_shot_uses_its_alternative_line_or_is_left_out() -> None:
    bare = ProductDocument(name="Mug")
    filled = fill(script("{name}", "{point}", instead="Look closer."), bare)
    assert [shot.words for shot in filled.script.shots] == ["Mug", "Look closer."]
    assert [(note.shot, note.what) for note in filled.notes] == [(1, "instead")]
    filled = fill(script("{name}", "{price}"), bare)
    assert (filled.kept, filled.notes[0].what) == ((0,), "left out")


def test_a_shot_that_lacks_one_of_two_facts_uses_up_neither() -> None:
    assert filled_words("{point} {tagline}", "{point}") == ["Steel case"]


@pytest.mark.parametrize(
    ("words", "name", "expected"),
    [
        ("a {name}", "Orb", "an Orb"), ("An {name}.", "Watch", "A Watch."), ("a {name}", "USB cable", "a USB cable"),
        ("a {name}", "hourglass", "an hourglass"), ("a {name}", "unicorn", "a unicorn"), ("a {name}", "Shoe", "a Shoe"),
        ("a {name}", "LED lamp", "an LED lamp"), ("a {name}", "8-piece set", "an 8-piece set"),
    ],
)  # fmt: skip
def test_articles_follow_the_sound(words: str, name: str, expected: str) -> None:
    assert filled_words(words, product=ProductDocument(name=name)) == [expected]


def test_stops_are_not_doubled_and_names_keep_their_letters() -> None:
    assert filled_words("{tagline}.", product=ProductDocument(name="x", tagline="Well made!")) == [
        "Well made!"
    ]
    assert filled_words("{name}", product=ProductDocument(name="iPhone case")) == ["iPhone case"]


def test_a_label_that_cannot_be_filled_or_repeats_is_dropped() -> None:
    filled = fill(script("{name}", label="{tagline}"), WATCH)
    assert (filled.script.shots[0].label, filled.notes[0].what) == ("", "no label")
    assert fill(script("{name}", label="{brand}"), WATCH).script.shots[0].label == ""


def test_unused_points_are_reported() -> None:
    assert fill(script("{point}"), WATCH).unused_points == ("Sapphire glass",)


def test_a_script_without_any_line_is_an_error() -> None:
    with pytest.raises(DocumentError, match="no price"):
        fill(script("{price}"), ProductDocument(name="x"))


def test_views_and_lengths_of_shots_stand() -> None:
    shot = ShotDocument.model_validate(
        {"role": "cover", "words": "{name}", "seconds": 2, "wish": {"view": "close"}}
    )
    made = fill(ScriptDocument(title="t", language="en", shots=[shot]), WATCH).script.shots[0]
    assert (made.seconds, made.wish.view) == (2, "close")
