"""Rewriting changes words and order and never a name, number or claim."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farm.errors import DocumentError
from farm.model.script import ScriptDocument
from farm.script.banned import findings_of
from farm.script.distance import distance, edit_distance
from farm.script.fill import fill
from farm.script.pick import language_for
from farm.script.protect import CLAIMS, facts_of_product, protected_in
from farm.script.rewrite import LEAST_DISTANCE, rewrite, variants
from tests.unit.script.products import PRODUCTS, starter_scripts

SCRIPTS = starter_scripts()
TONES = ["plain", "warm", "lively", "elegant", "urgent", "expert"]


def numbers(script: ScriptDocument) -> Counter[str]:
    return Counter(re.findall(r"\d+(?:[.,]\d+)*", " ".join(shot.words for shot in script.shots)))


def fact_counts(script: ScriptDocument, facts: tuple[str, ...]) -> Counter[str]:
    text = "\n".join(shot.words.lower() for shot in script.shots)
    return Counter({fact: text.count(fact.lower()) for fact in facts if len(fact) > 2})


@settings(max_examples=150, deadline=None)
@given(
    shelved=st.sampled_from(SCRIPTS),
    product=st.sampled_from(PRODUCTS),
    seed=st.integers(0, 2**40),
    tone=st.sampled_from([None, *TONES]),
)
def test_names_numbers_and_claims_are_never_altered(shelved, product, seed, tone) -> None:  # type: ignore[no-untyped-def]
    script = shelved.document
    template = rewrite(script, seed, tone=tone).script
    assert sorted(template.slots) == sorted(script.slots)
    assert protected_in(template) == protected_in(script)
    if language_for(product) != script.language:
        return
    try:
        before = fill(script, product).script
    except DocumentError:
        return
    after = rewrite(before, seed, product=product, tone=tone).script
    assert protected_in(after, product) == protected_in(before, product)
    # Told without the rewriter's own means: the same numbers, facts and claims, as often.
    assert numbers(after) == numbers(before)
    facts = facts_of_product(product, script.language)
    assert fact_counts(after, facts) == fact_counts(before, facts)
    assert Counter(s.words for s in after.shots if s.role in CLAIMS) == Counter(
        s.words for s in before.shots if s.role in CLAIMS
    )
    assert [shot.role in CLAIMS for shot in after.shots] == [shot.role in CLAIMS for shot in before.shots]
    assert findings_of(after) == ()


@pytest.mark.parametrize("shelved", SCRIPTS, ids=lambda one: one.name)
def test_the_same_seed_gives_the_same_and_variants_differ(shelved) -> None:  # type: ignore[no-untyped-def]
    assert rewrite(shelved.document, 5) == rewrite(shelved.document, 5)
    found = variants(shelved.document, 3, 7)
    scripts = [shelved.document, *(one.script for one in found.variants)]
    apart = [distance(a, b) for at, a in enumerate(scripts) for b in scripts[at + 1 :]]
    assert all(one >= LEAST_DISTANCE for one in apart)
    assert bool(found.note) == (len(found.variants) < 3)
    if apart:
        assert found.nearest == pytest.approx(min(apart))


def test_fewer_variants_than_requested_are_reported() -> None:
    script = ScriptDocument.model_validate(
        {"title": "t", "language": "en", "shots": [{"role": "feature", "words": "Steel case"}]}
    )
    found = variants(script, 4, 1)
    assert found.variants == ()
    assert "only 0 of 4" in found.note


@pytest.mark.parametrize(
    "words", ["The rest is up to you.", "We'll see you out there tonight", "Look once more"]
)
def test_phrases_inside_sentences_are_left_alone(words: str) -> None:
    script = ScriptDocument.model_validate(
        {"title": "t", "language": "en", "shots": [{"role": "use", "words": words}]}
    )
    assert {rewrite(script, seed).script.shots[0].words for seed in range(40)} == {words}


def test_a_tone_is_taken_up() -> None:
    made = rewrite(SCRIPTS[0].document, 1, tone="lively")
    assert made.script.tone == "lively"


def test_ordinal_labels_stay_in_their_places() -> None:
    script = next(one.document for one in SCRIPTS if one.name == "zh-general-reasons")
    for seed in range(20):
        labels = [shot.label for shot in rewrite(script, seed).script.shots]
        assert [label for label in labels if label.startswith("理由")] == ["理由一", "理由二", "理由三"]


@given(
    st.lists(st.integers(0, 3), max_size=8),
    st.lists(st.integers(0, 3), max_size=8),
    st.lists(st.integers(0, 3), max_size=8),
)
def test_the_edit_distance_is_a_metric(a: list[int], b: list[int], c: list[int]) -> None:
    one, other, third = (list(map(str, x)) for x in (a, b, c))
    assert (edit_distance(one, other) == 0) == (one == other)
    assert edit_distance(one, other) == edit_distance(other, one)
    assert edit_distance(one, third) <= edit_distance(one, other) + edit_distance(other, third)
    assert edit_distance(one, other) <= max(len(one), len(other))
