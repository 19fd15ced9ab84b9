"""Templates: constructs, anchors, parts, slots, and what is wrong with them, with its line."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from PIL import Image
from pydantic import ValidationError

from farm.draft.bind import Binder
from farm.draft.draft import draft
from farm.errors import DocumentError
from farm.language.check import check_text
from farm.language.program import compiled
from farm.language.template_text import TemplateText, read_template
from farm.plugins.template import Brief
from tests.unit.farm_retail.test_templates import MEDIA
from tests.unit.language.written import drafted, problems, program, registry, template

ALL = (
    '{kind: text, text: = slots.headline, name: "${slots.count} ${count(slots.lines)}", duration: = slots.duration, '
    "opacity: = if given(slots.photo) then 1 else 0.5}"
)


def texts(document: dict[str, Any]) -> list[str]:
    return [clip["text"] for track in document["tracks"] for clip in track["clips"] if "text" in clip]


def timeline(items: str, rest: str = "") -> TemplateText:
    body = dedent(rest) + "timeline:\n  duration: 2s\n  tracks:\n    - clips:\n        - " + ALL + "\n"
    indented = "".join(f"        {line}\n" for line in dedent(items).strip().splitlines())
    return template(body + indented)


def test_conditions_choose() -> None:
    text = timeline("""
    - if: count(slots.lines) > 1
      then: {kind: text, text: several, duration: 1s}
      else:
        if: count(slots.lines) == 1
        then: [{kind: text, text: one, duration: 1s}, {kind: text, text: alone, duration: 1s}]
    """)
    assert texts(drafted(text)) == ["Hello"]
    assert texts(drafted(text, lines=["a"])) == ["Hello", "one", "alone"]
    assert texts(drafted(text, lines=["a", "b"])) == ["Hello", "several"]


def test_repeats_count_filter_and_name() -> None:
    text = timeline("""
    - for: line, number in slots.lines
      let: {shown: = upper(line)}
      if: line != ''
      give: {kind: text, text: "${number + 1} ${shown}", duration: 1s}
    """)
    assert texts(drafted(text, lines=["a", "", "c"])) == ["Hello", "1 A", "3 C"]


def test_layouts_answer_to_the_aspect() -> None:
    text = timeline("""
    - by_aspect:
        tall: {kind: text, text: tall, duration: 1s}
        square: {kind: text, text: square, duration: 1s}
        wide: {kind: text, text: wide, duration: 1s}
    - kind: text
      text: {by_aspect: {"< 4:5": narrow, "<= 1": almost, else: broad}}
      duration: 1s
    """)
    found = {
        size: texts(drafted(text, size))[1:] for size in ((720, 1280), (800, 1000), (1080, 1080), (1280, 720))
    }
    assert found == {
        (720, 1280): ["tall", "narrow"],
        (800, 1000): ["square", "almost"],
        (1080, 1080): ["square", "almost"],
        (1280, 720): ["wide", "broad"],
    }


def test_parts_take_values_and_document_parts() -> None:
    text = timeline(
        """
        - part: label
          text: = join(slots.lines)
          enter: {kind: fade, duration: = frames(0.5s)}
        - {part: label, text: plain}
        - {kind: text, text: "= shouted('a', 2)", duration: 1s}
        """,
        """
        parts:
          label:
            takes: {text: text, enter: document?}
            let: {twice: "= join([text, text])"}
            clips: {kind: text, text: = twice, duration: 1s, enter: = enter}
          shouted: {takes: {text: text, times: number = 3}, gives: "= repeat(upper(text), times)"}
        """,
    )
    clips = drafted(text, lines=["x"])["tracks"][0]["clips"]
    assert [clip["text"] for clip in clips[1:]] == ["x x", "plain plain", "AA"]
    assert clips[1]["enter"]["duration"] == "15f"
    assert "enter" not in clips[2]


def test_boxes_are_anchored_to_their_neighbours_and_to_their_text() -> None:
    text = timeline(
        """
        - {kind: text, text: x, duration: 1s, box: = title}
        - {kind: text, text: x, duration: 1s, box: = foot}
        - {kind: text, text: x, duration: 1s, box: = card}
        - {kind: text, text: x, duration: 1s, box: = side}
        - {kind: text, text: "${round(title.height / 1px)}", duration: 1s}
        """,
        """
        let:
          setting: {is: setting, text: = slots.headline, size: 100px, lines: 3}
        boxes:
          # In any order: each is computed when it is first needed.
          foot: {in: = canvas.all, below: = card, gap: 20px, inset: 0px}
          card: {in: = canvas.all, below: = title, gap: 40px, width: 50%, aspect: 1, align: center}
          title: {in: = canvas.all, top: 100px, width: 80%, text: = setting, align: left}
          side: {in: = canvas.all, right_of: = card, above: = foot, height: 50px, valign: bottom}
        """,
    )
    found = drafted(text)["tracks"][0]["clips"]
    title, foot, card, side = (clip["box"] for clip in found[1:5])
    assert title[:3] == [0, 100, 576]
    assert title[3] == pytest.approx(int(found[5]["text"]), abs=1)
    assert card[0] == 180
    assert card[2:] == [360, 360]
    assert card[1] == pytest.approx(title[1] + title[3] + 40, abs=1)
    assert foot[1] == pytest.approx(card[1] + card[3] + 20, abs=1)
    assert foot[1] + foot[3] == 1280
    assert side[0] == 540
    assert side[3] == 50
    assert side[1] + side[3] == pytest.approx(foot[1], abs=1)
    longer = drafted(text, headline="Hello to all of you out there in the world")["tracks"][0]["clips"]
    assert longer[1]["box"][3] > 1.8 * title[3]
    assert longer[3]["box"][1] > card[1] + 50


@pytest.mark.parametrize(
    ("items", "rest", "line", "message"),
    [
        ("- {kind: text, text: x, duration: 1s, box: = a}",
         "boxes:\n  a: {below: = b}\n  b: {below: = a}\n", 10, "`a` is computed from itself"),
        ("- {part: a}", "parts:\n  a: {clips: [{part: b}]}\n  b: {clips: [{part: a}]}\n", 11, "part `a` calls itself"),
        ("- {kind: text, text: '= f(1)', duration: 1s}",
         "parts:\n  f: {takes: {n: number}, gives: '= f(n)'}\n", 10, "part `f` calls itself"),
        ("- {part: lable}", "parts:\n  label: {clips: []}\n", 16, "no part is called `lable`; did you mean `label`?"),
        ("- {part: label}", "parts:\n  label: {takes: {text: text}, clips: []}\n",
         16, "part `label` lacks `text`"),
        ("- {part: label, txt: a}", "parts:\n  label: {takes: {text: text?}, clips: []}\n", 16, "takes no `txt`"),
        ("- {for: line of slots.lines, give: {kind: gap, duration: 1s}}", "", 14, "`for` names each item and the list"),
        ("- {for: line in slots.headline, give: {kind: gap, duration: 1s}}", "", 14, "repeats over a list, not text"),
        ("- {kind: text, text: {by_aspect: {tall: a}}, duration: 1s}", "", 14, "has no value for square, wide"),
        ("- {kind: text, text: {by_aspect: {high: a, else: b}}, duration: 1s}", "", 14, "`high` is no aspect"),
        ("- {if: slots.count, then: {kind: gap, duration: 1s}}", "", 14, "a condition is a flag, not a plain number"),
        ("- {kind: text, text: x, duration: 1s, colour: red}", "", 14, "`colour`: unknown name"),
        ("- {kind: text, text: x}", "", 14, "`duration`: is missing"),
        ("- {kind: text, text: = slots.count, duration: 1s}", "", 14, "`text`: must be text"),
        ("- {kind: text, text: x, duration: 1 hour}", "", 14, "is not a time"),
        ("- {kind: text, text: x, duration: = canvas.safe}", "", 14, "`duration`: must be"),
        ("- {kind: text, text: x, duration: 1s, style: basics.titel}", "", 14, "did you mean `basics.title`?"),
        ("- {kind: transition, use: basics.fad}", "", 14, "no transition is called `basics.fad`"),
        ("- {kind: image, src: = slots.photo, duration: 1s}", "", 14, "`src`: is missing"),
        ("- {kind: sticker, sticker: {name: basics.burst, size: 3}, duration: 1s}", "", 14, "has no parameter `size`"),
        ("- {kind: text, text: x, duration: 1s, look: {sise: 3}}", "", 14, "did you mean `size`?"),
        ("- {if: 'no', then: {kind: text, text: x, duration: 1s, box: [1, 2]}}", "", 14, "`box`:"),
        ("- {kind: text, text: x, duration: 1s, enter: {kind: = if slots.count > 1 then 'fade' else 'fall'}}", "", 14,
         "`fall` is not allowed"),
        ("- {kind: gap, duration: = 2px * 3px / 1s}", "", 14, "a number of px2/s cannot be part of a timeline"),
        ("- {kind: gap, duration: 1s}", "let:\n  canvas: 3\n", 10, "`canvas` is no name"),
        ("- {kind: gap, duration: 1s}", "types:\n  line: {text: txt}\n", 10,
         "`txt` is not a type; did you mean `text`?"),
        ("- {kind: gap, duration: 1s}", "tracks: []\n", 9, "`tracks` is no section of a template"),
    ],
)  # fmt: skip
def test_mistakes_are_found_at_their_line(items: str, rest: str, line: int, message: str) -> None:
    found = problems(timeline(items, rest))
    fitting = [one for one in found if message in one]
    assert fitting, found
    lines = {int(one.split("line ")[1].split(",")[0].split(":")[0]) for one in fitting}
    assert line in lines or {abs(line - one) for one in lines} & {1, 2}, (lines, found)


def test_all_mistakes_are_told_at_once() -> None:
    text = timeline(
        "- {kind: text, text: = a, duration: 1 hour}\n- {part: none}", "let:\n  a: = 1px + 1s\n  b: = nope\n"
    )
    assert len(problems(text)) == 4


def test_slots_that_nothing_reads_are_refused_and_unused_names_are_told() -> None:
    text = TemplateText(
        "card.yaml",
        "name: a.b\nsummary: x\nslots:\n  headline: text\n  other: text\nlet: {spare: = 1}\n"
        "parts: {spared: {clips: []}}\n"
        "timeline:\n  tracks: [{clips: [{kind: text, text: = slots.headline, duration: 2s}]}]\n",
    )
    found = check_text(text, registry())
    assert [one.message for one in found.problems] == [
        "card.yaml, line 5, column 10: nothing reads the slot `other`; use it, or remove it"
    ]
    assert [one.split(": ", 1)[1] for one in found.warnings] == [
        "nothing uses the part `spared`",
        "nothing uses `spare`",
    ]


def test_endless_work_is_given_up() -> None:
    text = timeline(
        '- {kind: text, text: "${count(deep)}", duration: 1s}',
        """
        let:
          deep:
            for: a in range(1000)
            let: {inner: {for: b in range(1000), if: a + b < 0, give: = b}}
            if: count(inner) > 0
            give: = a
        """,
    )
    with pytest.raises(DocumentError, match="the draft takes more than 100,000 steps"):
        drafted(text)


def test_names_that_depend_on_each_other_without_end_are_refused() -> None:
    chain = "".join(f"  n{at}: = n{at + 1} + 1\n" for at in range(900)) + "  n900: = 1\n"
    found = problems(timeline('- {kind: text, text: "${n0}", duration: 1s}', f"let:\n{chain}"))
    assert any("too many steps" in one or "at most" in one for one in found), found[:3]


SLOTS = """\
name: test.slots
summary: Slots.
slots:
  title: {type: text, required: yes, blank: no, most: 20, description: What it says.}
  code: {type: text, default: AB, pattern: "^[A-Z]{2}$"}
  size: {type: number, unit: px, default: 20, least: 1, most: 90}
  many: {type: integer, default: 2}
  loud: {type: flag, default: yes}
  ink: {type: color, default: "#112233"}
  side: {type: choice, of: [left, right], default: left}
  picture: {type: image}
  things:
    type: list
    most: 3
    of: {type: object, title: Thing, fields: {name: {type: text, required: yes}, cost: number}}
checks:
  - {that: count(slots.things) > 0 or slots.many == 2, message: give things}
timeline:
  duration: 1s
  tracks:
    - clips:
        - kind: text
          text: = slots.title
          duration: 1s
          look: {size: = slots.size, color: = slots.ink, align: = slots.side, uppercase: = slots.loud}
          name: "${slots.code} ${slots.many} ${join(things)}"
          opacity: = if given(slots.picture) then 1 else 0.5
let:
  things: {for: one in slots.things, give: "${one.name} ${one.cost ?? 0}"}
"""


def test_slots_become_a_model_with_types_limits_and_checks() -> None:
    made = program(TemplateText("slots.yaml", SLOTS))
    model = made.slots
    good = {"title": "x", "things": [{"name": "a"}, {"name": "b", "cost": 2}]}
    brief = Brief(model.model_validate(good), MEDIA, 720, 1280, Fraction(30), "en")
    clip = made.draft(brief).model_dump(mode="json")["tracks"][0]["clips"][0]
    assert clip["look"] == {"size": 20, "color": "#112233", "align": "left", "uppercase": True}
    assert (clip["name"], clip["opacity"]) == ("AB 2 a 0 b 2", 0.5)
    wrong: list[dict[str, Any]] = [
        {}, {"title": " "}, {"title": "x" * 21}, {"title": "x", "code": "abc"}, {"title": "x", "size": 91},
        {"title": "x", "ink": "reddish"}, {"title": "x", "side": "middle"}, {"title": "x", "things": [{"cost": 1}]},
        {"title": "x", "many": 2.5}, {"title": "x", "more": 1}, {"title": "x", "things": [{"name": "a"}] * 4},
    ]  # fmt: skip
    for slots in wrong:
        with pytest.raises(ValidationError):
            model.model_validate(slots)
    with pytest.raises(ValidationError, match="give things"):
        model.model_validate({"title": "x", "many": 3})
    assert model.model_json_schema()["properties"]["title"]["description"] == "What it says."


@pytest.mark.parametrize(
    ("slot", "message"),
    [
        ("{type: text, default: yes}", "`True` is not allowed in this slot itself"),
        ("{type: number, default: 9, most: 3}", "`9.0` is not allowed in this slot itself"),
        ("{type: flag, default: maybe}", "is not allowed in this slot itself"),
        ("{type: choice, of: [a, b], default: c}", "`c` is not allowed in this slot itself"),
        ("{type: choice}", "a choice has `of`, a list of texts"),
        ("{type: list}", "a list has `of`, the type of its items"),
        ("{type: object}", "an object slot has `fields`"),
        ("{type: number, unit: em}", "`em` is no unit"),
        ("{type: text, pattern: '('}", "is not a regular expression"),
        ("{type: text, required: yes, default: x}", "a required slot has no default"),
        ("{type: flag, most: 3}", "a flag slot has no `most`"),
        ("{kind: text}", "`type` is missing"),
        ("[text]", "a slot is a type, such as `text`, or a mapping with `type`"),
    ],
)
def test_wrong_slots_are_refused(slot: str, message: str) -> None:
    text = TemplateText("slots.yaml", SLOTS.replace("slots:\n", f"slots:\n  wrong: {slot}\n", 1))
    found = [one for one in problems(text) if message in one]
    assert found, problems(text)
    assert all(one.startswith("slots.yaml, line 4") for one in found)


def test_a_draft_that_is_no_timeline_names_slot_and_line() -> None:
    text = timeline('- {kind: text, text: "= repeat(slots.headline, slots.count)", duration: 1s}')
    with pytest.raises(DocumentError) as caught:
        drafted(text, count=900)
    (problem,) = caught.value.problems
    assert problem.path == "slots.count"
    assert problem.message.startswith("card.yaml, line 14: ")
    assert "`text`:" in problem.message
    assert "computed from slots.count, slots.headline" in problem.message


def test_a_file_that_is_used_brings_slots_names_and_parts(tmp_path: Path) -> None:
    (tmp_path / "shared.yaml").write_text(
        "slots: {headline: {type: text, most: 9}}\nlet: {loud: = upper(slots.headline)}\n"
        "parts: {label: {takes: {text: text}, clips: [{kind: text, text: = text, duration: 1s}]}, spare: {clips: []}}\n"
    )
    (tmp_path / "card.yaml").write_text(
        "name: a.b\nsummary: x\nuse: shared.yaml\nslots: {headline: {default: Hi}}\n"
        "timeline: {duration: 1s, tracks: [{clips: [{part: label, text: = loud}]}]}\n"
    )
    text = read_template(tmp_path / "card.yaml")
    assert check_text(text, registry()).warnings == ()
    assert texts(drafted(text)) == ["HI"]
    with pytest.raises(ValidationError):
        compiled(text).slots.model_validate({"headline": "longer than nine"})
    (tmp_path / "card.yaml").write_text(
        "name: a.b\nsummary: x\nuse: [../shared.yaml]\ntimeline: {tracks: []}\n"
    )
    with pytest.raises(DocumentError, match="is not the name of a file beside the template"):
        read_template(tmp_path / "card.yaml")


def test_a_job_names_a_template_file(tmp_path: Path) -> None:
    (tmp_path / "card.yaml").write_text(timeline("- {kind: gap, duration: 1s}").text)
    job: dict[str, Any] = {"template": "./card.yaml", "slots": {"headline": "From a file"}}
    binder = Binder(tmp_path, fetch=_none, blob=_none, library={})
    found = draft(job, source="job.yaml", binder=binder, registry=registry())
    assert (found.template, found.plugin) == ("test.card", "")
    inlined = {**job, "template": {"source": "card.yaml", "text": (tmp_path / "card.yaml").read_text()}}
    elsewhere = Binder(None, fetch=_none, blob=_none, library={})
    assert draft(inlined, source="job", binder=elsewhere, registry=registry()).timeline == found.timeline
    with pytest.raises(DocumentError, match="jobs over HTTP have no files"):
        draft(job, source="job", binder=elsewhere, registry=registry())
    with pytest.raises(DocumentError, match=r"template: no such file: nothing.yaml"):
        draft({**job, "template": "nothing.yaml"}, source="job", binder=binder, registry=registry())
    (tmp_path / "card.yaml").write_text(timeline("- {kind: text, text: = 1px + 1s, duration: 1s}").text)
    with pytest.raises(DocumentError, match=r"template: card.yaml, line 14, column \d+: px \+ s") as caught:
        draft({**job, "slots": {"hedline": 3}}, source="job.yaml", binder=binder, registry=registry())
    assert caught.value.source == "job.yaml"


@pytest.mark.parametrize(
    "source", ["sha256:{}", "sha256:{}#logo.png", "= join(['sha256', slots.headline], ':')"]
)
def test_a_template_shows_stored_media_only_if_the_job_names_them(tmp_path: Path, source: str) -> None:
    sha256 = "0f" * 32
    Image.new("RGB", (8, 8)).save(tmp_path / "stored.png")
    text = timeline(f'- {{kind: image, src: "{source.format(sha256)}", duration: 1s}}').text
    binder = Binder(None, fetch=_none, blob=lambda _: tmp_path / "stored.png", library={})
    job: dict[str, Any] = {"template": {"source": "card.yaml", "text": text}, "slots": {"headline": sha256}}
    with pytest.raises(DocumentError, match="is stored media that no slot names"):
        draft(job, source="job", binder=binder, registry=registry())


def _none(_: str) -> None:
    return None
