"""`farm scripts` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from farm.cli.main import run
from farm.script.document import parse_script

PRODUCT = {
    "name": "Canvas Tote",
    "price": 25,
    "was": 35,
    "category": "Bags",
    "points": ["Heavy cotton", "Zip pocket"],
}


@pytest.fixture
def product(tmp_path: Path) -> str:
    path = tmp_path / "tote.json"
    path.write_text(json.dumps(PRODUCT), encoding="utf-8")
    return str(path)


def test_scripts_are_listed_by_what_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scripts", "ls", "--category", "箱包", "--language", "zh", "--role", "price", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows
    assert all(
        row["language"] == "zh" and "bags" in row["categories"] and "price" in row["roles"] for row in rows
    )


def test_a_script_is_shown_as_yaml_that_passes_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["scripts", "show", "zh-bags-gift"]) == 0
    text = capsys.readouterr().out
    assert parse_script(text).title == "送给她"
    path = tmp_path / "mine.yaml"
    path.write_text(text.replace("心意，别迟到", "最佳选择"), encoding="utf-8")
    assert run(["scripts", "check", str(path), "--json"]) == 0
    banned = json.loads(capsys.readouterr().out)["banned"]
    assert [(one["word"], one["place"]) for one in banned] == [("最佳", "shots[6].words")]


def test_scripts_are_made_into_files_with_reasons(
    product: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(["scripts", "make", "--product", product, "--count", "4", "--seed", "3", "-o", str(out)]) == 0
    captured = capsys.readouterr()
    files = sorted(out.glob("*.yaml"))
    assert [path.name for path in files] == [f"tote-0{number}.yaml" for number in (1, 2, 3, 4)]
    assert all(parse_script(path.read_text(encoding="utf-8")).slots == () for path in files)
    assert "why: is for bags" in captured.out
    assert "retail.rules 1, no model used, no cost" in captured.err


def test_one_script_may_be_named(product: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scripts", "make", "--product", product, "--script", "en-general-offer", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    words = [shot["words"] for shot in made["scripts"][0]["script"]["shots"]]
    assert "28% off" in words
    assert "Was $35. Now $25." in words
    assert made["writer"] == "retail.rules 1"


@pytest.mark.parametrize(
    ("args", "message", "code"),
    [
        (["show", "en-bags-insid"], "did you mean `en-bags-inside`", 2),
        (["make", "--product", "no-such.json"], "cannot be read", 2),
        (["make", "--product", "PRODUCT", "--writer", "retail.rule"], "did you mean `retail.rules`", 2),
        (["make", "--product", "PRODUCT", "--script", "nope"], "no script is called `nope`", 2),
        (["make", "--product", "PRODUCT", "-o", "PRODUCT"], "cannot write scripts into", 3),
    ],
)
def test_mistakes_are_reported(
    args: list[str], message: str, code: int, product: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["scripts", *(product if arg == "PRODUCT" else arg for arg in args)]) == code
    assert message in capsys.readouterr().err
