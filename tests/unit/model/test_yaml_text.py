"""YAML is read as before, bounded in depth and size, and never crashes the process."""

from __future__ import annotations

import pytest

from farm.errors import DocumentError
from farm.model.parse import MAX_BYTES, MAX_DEPTH, MAX_NODES, MAX_YAML_BYTES, load_document


def refusal(text: str) -> str:
    with pytest.raises(DocumentError) as caught:
        load_document(text)
    (problem,) = caught.value.problems
    return problem.message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 9:16", "9:16"),
        ("a: 0x1F", "0x1F"),
        ("a: 010", "010"),
        ("a: 1_000", "1_000"),
        ("a: 2001-01-01", "2001-01-01"),
        ("a: 1e3", 1000.0),
        ("a: .5", 0.5),
        ("a: -7", -7),
        ("a: yes", True),
        ("a: ~", None),
        ("a:", None),
        ("a: '1'", "1"),
        ("a: !!str 1", "1"),
        ("a: !!float 1", 1.0),
        ("a: ! 12", 12),
        ("\ufeffa: x", "x"),
        ("a: |\n  one\n  two\n", "one\ntwo\n"),
        ("b: &x [1, 2]\na: *x", [1, 2]),
        ("a: {b: {c: [d, {e: 1}]}}", {"b": {"c": ["d", {"e": 1}]}}),
        ('{"a": [1, 2.5, null, true]}', [1, 2.5, None, True]),
    ],
)
def test_values(text: str, value: object) -> None:
    assert load_document(text)["a"] == value
    assert type(load_document(text)["a"]) is type(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2", "line 2, column 1: `a` is given twice"),
        ("a: {b: 1, b: 2}", "line 1, column 11: `b` is given twice"),
        ("? [a]\n: b", "names must be text"),
        ("~: 1", "names must be text"),
        ("a: *b", "line 1, column 4: found undefined alias 'b'"),
        ("a: &b 1\nc: &b 2", "line 2, column 4: second occurrence"),
        ("a: 1\n---\nb: 2", "line 2, column 1: but found another document"),
        ("a: &b [*b]", "an alias is inside the value that it refers to"),
        ("a: {<<: *b}", "the tag `merge` is not allowed"),
        ("a: !!set {b}", "the tag `set` is not allowed"),
        ("a: !!timestamp 2001-01-01", "the tag `timestamp` is not allowed"),
        ("a: !!python/object:os.system x", "the tag `python/object:os.system` is not allowed"),
        ("a: !!map [x]", "the tag `map` is not allowed"),
        ("a: !!bool x", "`x` is not a valid bool"),
        ("a: @x", "line 1, column 4: the character `@` cannot start a value"),
        ("a:\n\t- b", "line 2, column 1: there is a tab; indent with spaces"),
        ("a: \x00", "line 1: the character U+0000 is not allowed"),
        ("a: 1\nb: \ud800", "line 2: the character U+D800 is not allowed"),
        ("a: " + "9" * 5000, "is not a valid int"),
    ],
)
def test_refusals(text: str, message: str) -> None:
    assert message in refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 100_000,
        "a: " + "[" * 100_000 + "]" * 100_000,
        "a: " + "{b: " * 100_000,
        "- " * 100_000,
        '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"a":' * 100_000,
        "\n".join(" " * depth + "a:" for depth in range(1000)),
    ],
)
def test_deep_nesting_is_refused(text: str) -> None:
    assert f"nested deeper than {MAX_DEPTH} levels" in refusal(text)


def test_what_nests_as_deep_as_allowed_is_read() -> None:
    assert load_document("a: " + "[" * MAX_DEPTH + "]" * MAX_DEPTH)
    assert load_document('{"a": ' + "[" * MAX_DEPTH + "]" * MAX_DEPTH + "}")


def test_yaml_has_a_limit_of_its_own() -> None:
    assert load_document("a: " + "x" * (MAX_YAML_BYTES - 10))
    assert "YAML of more than 1 MiB is not supported" in refusal("a: " + "x" * MAX_YAML_BYTES)
    assert load_document('{"a": "' + "x" * (MAX_BYTES - 100) + '"}')
    assert "larger than 4 MiB" in refusal('{"a": "' + "x" * MAX_BYTES + '"}')


def test_broken_json_beyond_the_yaml_limit_is_located() -> None:
    message = refusal('{"a": "' + "x" * MAX_YAML_BYTES + '"')
    assert message.startswith("not valid JSON: line 1, column")


def test_too_many_values_are_not_built() -> None:
    assert "too many values" in refusal("a: [" + "b," * (MAX_NODES + 1) + "]")


def test_aliases_are_counted_each_time() -> None:
    bomb = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12))]
    assert "values (aliases counted)" in refusal("\n".join(bomb))
