"""The chat writer, against a server that speaks the protocol and breaks it in every way that servers do."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from farm.errors import WriterError
from farm.model.script import ProductDocument
from farm.plugins.writer import WriterAnswer, WriterBrief
from farm_retail.chat import ChatWriter
from farm_retail.chat_service import ChatSettings

KEY = "sk-very-secret"
PRODUCT = ProductDocument(name="Orb Watch", price=60, was=80, points=["Sapphire glass"], brand="Orb")
BRIEF = WriterBrief(language="en", count=1, seed=4)


def script(*words: str) -> dict[str, Any]:
    shots = [{"role": "cover", "words": one, "label": "", "view": "whole", "tags": []} for one in words]
    return {"title": "Orb", "shots": shots}


def reply(content: str, usage: Any = True) -> str:
    token_usage = {"prompt_tokens": 100, "completion_tokens": 50} if usage is True else usage
    return json.dumps(
        {"choices": [{"message": {"content": content}, "finish_reason": "stop"}], "usage": token_usage}
    )


GOOD = reply(json.dumps({"scripts": [script("Orb Watch", "Sapphire glass", "Was $80. Now $60.")]}))


@dataclass
class Service:
    """A text service on this machine: gives its answers in turn, the last one again and again."""

    url: str = ""
    answers: list[tuple[int, dict[str, str], str]] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    pause_s: float = 0.0

    def says(self, *answers: str | tuple[int, str] | tuple[int, dict[str, str], str]) -> None:
        for one in answers:
            if isinstance(one, str):
                self.answers.append((200, {}, one))
            else:
                self.answers.append((one[0], one[1] if len(one) == 3 else {}, one[-1]))  # type: ignore[arg-type]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    made = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/chat/completions"
            made.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            made.keys.append(self.headers["Authorization"])
            status, headers, text = made.answers.pop(0) if len(made.answers) > 1 else made.answers[0]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            data = text.encode()
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            half = len(data) // 2
            for part in (data[:half], data[half:]) if made.pause_s else (data,):
                try:
                    self.wfile.write(part)
                    self.wfile.flush()
                except OSError:
                    return
                time.sleep(made.pause_s)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


def write(
    service: Service, *, product: ProductDocument = PRODUCT, brief: WriterBrief = BRIEF,
    sleep: Callable[[float], None] | None = None, **settings: Any,
) -> WriterAnswer:  # fmt: skip
    made = ChatSettings(service.url, "test-model", KEY, **{"timeout_s": 10.0, "retries": 2} | settings)
    return ChatWriter(made, sleep=sleep or (lambda _: None)).write(product, brief)


def test_an_answer_becomes_a_script_with_its_cost(service: Service) -> None:
    service.says(GOOD)
    answer = write(service, price_in=0.01, price_out=0.02, currency="EUR")
    assert [shot.words for shot in answer.scripts[0].script.shots] == [
        "Orb Watch", "Sapphire glass", "Was $80. Now $60.",
    ]  # fmt: skip
    assert answer.scripts[0].script.shots[0].wish.view == "whole"
    assert (answer.cost.requests, answer.cost.prompt_tokens, answer.cost.completion_tokens) == (1, 100, 50)
    assert answer.cost.amount == pytest.approx(0.002)
    assert answer.cost.currency == "EUR"
    body = service.bodies[0]
    assert (body["model"], body["stream"], body["seed"]) == ("test-model", False, 4)
    assert body["response_format"]["type"] == "json_schema"
    assert service.keys == [f"Bearer {KEY}"]


def test_without_prices_or_counts_the_cost_is_not_known(service: Service) -> None:
    service.says(GOOD)
    assert write(service).cost.amount is None
    service.answers.clear()
    service.says(reply(json.dumps({"scripts": [script("Orb Watch")]}), usage=None))
    answer = write(service, price_in=1, price_out=1)
    assert answer.cost.amount is None
    assert any("no token counts" in warning for warning in answer.warnings)


def test_a_service_without_schemas_is_asked_for_plain_json(service: Service) -> None:
    talk = "Sure!\n```json\n" + json.dumps(script("Orb Watch")) + "\n```\nEnjoy"
    service.says((400, '{"error": {"message": "response_format unknown"}}'), reply(talk))
    answer = write(service)
    assert answer.scripts[0].script.shots[0].words == "Orb Watch"
    assert "response_format" not in service.bodies[1]
    assert any("plain JSON" in warning for warning in answer.warnings)


@pytest.mark.parametrize(
    ("first", "message"),
    [
        ("I would rather not.", "contains no JSON"),
        ('{"scripts": [{"title": "x", "shots": [', "not valid JSON"),
        (json.dumps({"scripts": [script("Orb Watch", "Waterproof to 50 m")]}), "50 is not in the product"),
        (json.dumps({"scripts": [script("The best watch")]}), "is not allowed"),
        (json.dumps({"scripts": [script("{name}")]}), "contains slots"),
        (json.dumps({"scripts": [script("")]}), "is empty"),
        (
            json.dumps({"scripts": [script("x") | {"shots": [{"role": "star", "words": "x"}]}]}),
            "`star` is not allowed",
        ),
        (json.dumps({"scripts": []}), "is empty"),
        (json.dumps({"scripts": [7]}), "shots"),
    ],
)
def test_problems_are_sent_back_to_the_model_once(service: Service, first: str, message: str) -> None:
    service.says(reply(first), GOOD)
    answer = write(service)
    assert message in service.bodies[1]["messages"][-1]["content"]
    assert len(answer.scripts) == 1
    assert any("corrected once" in note for note in answer.scripts[0].notes)
    assert answer.cost.prompt_tokens == 200


def test_a_model_that_does_not_fix_them_is_refused(service: Service) -> None:
    service.says(reply(json.dumps({"scripts": [script("The best watch, 70 % off")]})))
    with pytest.raises(WriterError, match=r"70 is not in the product data.*is not allowed"):
        write(service)
    assert len(service.bodies) == 2


def test_good_scripts_are_kept_where_others_are_refused(service: Service) -> None:
    both = {"scripts": [script("Orb Watch"), script("Number one watch, 99 parts")]}
    service.says(reply(json.dumps(both)), reply("no"))
    answer = write(service, brief=WriterBrief(language="en", count=2, seed=1))
    assert len(answer.scripts) == 1
    assert any("1 of 2" in warning for warning in answer.warnings)


def test_passing_errors_are_waited_out_as_the_server_says(service: Service) -> None:
    slept: list[float] = []
    service.says((429, {"Retry-After": "7"}, "{}"), (503, "busy"), GOOD)
    answer = write(service, sleep=slept.append)
    assert slept == [7.0, 2.0]
    assert answer.cost.requests == 3


@pytest.mark.parametrize(
    ("answer", "message", "requests"),
    [
        ((500, "boom"), "answers 500 (3 tries): boom", 3),
        ((429, {"Retry-After": "3600"}, "{}"), "requests a wait of 3600 s", 1),
        ((401, f'{{"error": {{"message": "bad key {KEY}"}}}}'), "bad key …; check FARM_WRITER_KEY", 1),
        ((404, "{}"), "check FARM_WRITER_URL", 1),
        ("data: {}\n\n", "streams", 1),
        ("<html>hello", "does not respond as a chat completions API", 1),
        ('{"choices": []}', "does not respond as a chat completions API", 1),
        ('{"choices": [{"message": {"content": null, "refusal": "I will not"}}]}', "refused: I will not", 1),
    ],
)
def test_failures_are_reported_without_the_key(
    service: Service, answer: Any, message: str, requests: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    service.says(answer)
    with pytest.raises(WriterError) as caught:
        write(service)
    assert message in str(caught.value)
    assert KEY not in str(caught.value) + caplog.text + repr(ChatSettings("u", "m", KEY))
    assert len(service.bodies) == requests


def test_a_slow_or_dribbling_service_is_given_up(service: Service) -> None:
    service.pause_s = 0.3
    service.says(GOOD)
    with pytest.raises(WriterError, match="no answer within the time"):
        write(service, timeout_s=0.2, retries=0)


def test_an_unreachable_service_is_reported() -> None:
    with pytest.raises(WriterError, match="2 tries"):
        write(Service(url="http://127.0.0.1:9/v1"), retries=1)


def test_missing_settings_are_reported_together(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FARM_WRITER_URL", "FARM_WRITER_MODEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("FARM_WRITER_RETRIES", "many")
    with pytest.raises(WriterError) as caught:
        ChatWriter().write(PRODUCT, BRIEF)
    for message in (
        "FARM_WRITER_URL is not set",
        "FARM_WRITER_MODEL is not set",
        "FARM_WRITER_RETRIES",
        "retail.rules",
    ):
        assert message in str(caught.value)


def test_settings_come_from_the_environment(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    service.says(GOOD)
    for name, value in {
        "URL": service.url + "/",
        "MODEL": "m",
        "KEY": KEY,
        "PRICE_IN": "1",
        "PRICE_OUT": "2",
    }.items():
        monkeypatch.setenv(f"FARM_WRITER_{name}", value)
    assert ChatWriter().write(PRODUCT, BRIEF).cost.amount == pytest.approx(0.2)
