"""`cluster.yaml`, as `ray up` reads it: for each provider that it holds."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import ray.autoscaler
import yaml
from click.testing import CliRunner
from ray.autoscaler._private.providers import _get_node_provider_cls
from ray.autoscaler._private.util import prepare_config, validate_config

from farm.cli.cluster import up

FILE = Path(__file__).parents[2] / "cluster.yaml"
PROVIDERS = ("on-premise", "AWS", "Alibaba Cloud")


def with_provider(name: str) -> str:
    """Return the file with another provider's block in force, as its comment tells to edit it."""
    text = FILE.read_text(encoding="utf-8")
    for provider in PROVIDERS:
        begin, end = (f"# --- {provider}: {word} ---\n" for word in ("begin", "end"))
        before, rest = text.split(begin)
        block, after = rest.split(end)
        if provider == name and provider != "on-premise":
            assert all(line.startswith("# ") for line in block.splitlines()), provider
            block = re.sub("^# ", "", block, flags=re.MULTILINE)
        elif provider != name and provider == "on-premise":
            block = re.sub("^", "# ", block, flags=re.MULTILINE)
        text = before + begin + block + end + after
    return text


@pytest.fixture(params=PROVIDERS)
def config(request: pytest.FixtureRequest) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(with_provider(request.param))
    return read


def test_ray_takes_it(config: dict[str, Any]) -> None:
    prepared = prepare_config(config)
    validate_config(prepared)
    schema = json.loads((Path(ray.autoscaler.__file__).parent / "ray-schema.json").read_text())
    jsonschema.Draft7Validator(schema).validate(prepared)
    kinds = prepared["available_node_types"]
    assert prepared["head_node_type"] in kinds
    assert sum(kind.get("max_workers", 0) for kind in kinds.values()) > 0


def test_preparing_twice_changes_nothing(config: dict[str, Any]) -> None:
    # The head's autoscaler prepares what `ray up` has prepared.
    prepared = prepare_config(config)
    again = prepare_config(json.loads(json.dumps(prepared)))
    assert again["available_node_types"] == prepared["available_node_types"]
    assert again["worker_start_ray_commands"] == prepared["worker_start_ray_commands"]


def test_its_provider_is_there(config: dict[str, Any]) -> None:
    if config["provider"]["type"] == "external":
        pytest.importorskip("aliyunsdkecs")
    assert callable(_get_node_provider_cls(config["provider"]).bootstrap_config)


def test_everything_that_runs_is_the_farms_own(config: dict[str, Any]) -> None:
    prepared = prepare_config(config)
    head = " ".join(prepared["head_start_ray_commands"])
    worker = " ".join(prepared["worker_start_ray_commands"])
    assert "--autoscaling-config=~/ray_bootstrap_config.yaml" in head
    assert "--address $RAY_HEAD_IP:6390" in worker
    for commands in (head, worker):
        assert "ray start" not in commands
        assert "/farm up --watch" in commands
    installed = " ".join(prepared["worker_setup_commands"])
    for needed in ("libegl1", "libgl1", "python3-venv", "farm-dist", "farm doctor"):
        assert needed in installed
    assert set(prepared["file_mounts"]) >= {"~/farm-home/ray-token", "~/farm.env"}


def test_its_commands_name_options_that_there_are(config: dict[str, Any]) -> None:
    known = {word for option in up.params for word in option.opts}
    help_text = CliRunner().invoke(up, ["--help"]).output
    for command in config["head_start_ray_commands"] + config["worker_start_ray_commands"]:
        for line in re.findall(r"farm up (.*?)(?:>>|$)", command):
            for word in re.findall(r"--[\w-]+", line):
                assert word in known, word
                assert word in help_text
