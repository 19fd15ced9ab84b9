"""Words that advertising law forbids are found, and their harmless lookalikes are not."""

from __future__ import annotations

import pytest

from farm.model.script import ScriptDocument
from farm.script.banned import findings_in, findings_of, rules


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("全网销量第一", ["销量第一"]),
        ("国家级面料，顶级做工", ["国家级", "顶级"]),
        ("顶·级，第 一，Ｎo.1", ["顶·级", "第 一", "Ｎo.1"]),
        ("三天祛斑，无副作用", ["祛斑", "无副作用"]),
        ("最后一天，仅剩3件", ["最后一天", "仅剩"]),
        ("It's the #1 cure, guaranteed", ["#1", "cure", "guaranteed"]),
        ("The World’s Best mug. Hurry!", ["World’s Best", "Hurry"]),
        ("100% satisfaction", ["100% satisfaction"]),
    ],
)  # fmt: skip
def test_forbidden_words_are_found_whole(text: str, words: list[str]) -> None:
    found = findings_in(text)
    assert [one.word for one in found] == words
    for one in found:
        assert text[one.start : one.stop] == one.word
        assert one.source
        assert one.suggestion


@pytest.mark.parametrize(
    "text",
    [
        "最近很火，第一次露营", "一级能效，第一时间到货", "最大承重 100kg，下一级台阶", "100%棉", "100% cotton",
        "最后，第一眼就喜欢", "特级初榨橄榄油", "securely fastened", "Best before 2027", "sugar-free, hands-free",
        "dry-cured ham", "Secure. Procure. Obscure.", "再生纤维", "my personal best", "freedom", "stealth",
    ],
)  # fmt: skip
def test_harmless_lookalikes_are_left_alone(text: str) -> None:
    assert findings_in(text) == ()


def test_a_script_is_searched_in_all_its_texts_and_not_changed() -> None:
    script = ScriptDocument.model_validate(
        {"title": "t", "language": "zh", "shots": [
            {"role": "cover", "words": "{name}", "label": "顶级"},
            {"role": "feature", "words": "{point}", "instead": "完美"}]}
    )  # fmt: skip
    assert [(one.place, one.word) for one in findings_of(script)] == [
        ("shots[0].label", "顶级"), ("shots[1].instead", "完美"),
    ]  # fmt: skip


def test_every_rule_has_law_reason_and_words_that_it_finds() -> None:
    for rule in rules():
        assert rule.source
        assert rule.reason
        assert rule.severity in ("forbidden", "proof", "careful")
        for word in rule.words:
            assert findings_in(word), word
        for harmless in rule.but:
            assert not any(one.category == rule.category for one in findings_in(harmless)), harmless
