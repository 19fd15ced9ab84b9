"""The operator's page, the dashboard and the alerts say what the code has."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from farm.cli.cluster import up
from farm.cli.main import COMMANDS
from farm.edge.limits import BodyLimits, ConnectionLimits, RequestLimits
from farm.scheduling.rules import Rules
from farm.settings import Settings
from farm.telemetry.figures import FIGURES, MetricKind

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "operations.md").read_text(encoding="utf-8")
SUFFIXES = {
    MetricKind.COUNTER: ("",),
    MetricKind.GAUGE: ("",),
    MetricKind.HISTOGRAM: ("_bucket", "_sum", "_count"),
}
SERVED = {
    f"ray_{name}{suffix}": figure for name, figure in FIGURES.items() for suffix in SUFFIXES[figure.kind]
}
"""Names as Ray's endpoint serves them, and what they are of."""


def rows(header: str) -> dict[str, list[str]]:
    """Return the rows of the page's table with this header, by what stands in their first cell."""
    table = PAGE.split(f"| {header} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    found = {}
    for line in table:
        first, *rest = (cell.strip() for cell in line.strip("|").split(" | "))
        found[first.strip("` ")] = rest
    return found


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_every_rule_stands_there_with_its_default() -> None:
    documented = {name: cells[0] for name, cells in rows("rule | default | what").items()}
    assert documented == {field.name: str(field.default) for field in fields(Rules)}


def test_every_limit_of_callers_stands_there() -> None:
    documented = {name: float(cells[0]) for name, cells in rows("limit | value | what").items()}
    kinds = (ConnectionLimits, RequestLimits, BodyLimits)
    assert documented == {one.name: one.default for kind in kinds for one in fields(kind)}


def test_every_setting_stands_there() -> None:
    documented = set(rows("variable | default | what"))
    assert set(re.findall(r"FARM_[A-Z_]+", inspect.getsource(Settings.from_environment))) <= documented
    source = "\n".join(path.read_text() for path in (DOCS.parent / "farm").rglob("*.py"))
    read = set(re.findall(r"""(?:environ\.get\(|environ\[|envvar=)\s*"(FARM_[A-Z_]+)""", source))
    assert read <= documented
    assert {name for name in documented if name.startswith("FARM_")} <= set(
        re.findall(r"FARM_[A-Z_]+", source)
    )


def test_every_figure_stands_there() -> None:
    assert set(rows("figure | what it is | when it is wrong")) == set(FIGURES)


def expressions() -> Iterator[tuple[str, str]]:
    dashboard = json.loads((DOCS / "grafana.json").read_text(encoding="utf-8"))
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]
    for group in yaml.safe_load((DOCS / "alerts.yaml").read_text(encoding="utf-8"))["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]


@pytest.mark.parametrize(("where", "expression"), list(expressions()))
def test_expressions_name_only_what_is_served(where: str, expression: str) -> None:
    names = re.findall(r"\bray_\w+", expression)
    assert names, where
    for name in names:
        assert name in SERVED, f"{where}: {name}"
    # Labels belong to the figure before them, or to one of the expression's in `by (…)`.
    labels = {label for name in names for label in SERVED[name].labels} | {"le"}
    asked = set(re.findall(r"(\w+)=~?\"", expression))
    asked |= {one.strip() for group in re.findall(r"by \(([^)]*)\)", expression) for one in group.split(",")}
    assert asked <= labels, where
    assert expression.count("(") == expression.count(")")
    for name in names:
        rated = re.search(rf"(?:rate|increase)\({name}\b", expression) is not None
        assert rated == (SERVED[name].kind is not MetricKind.GAUGE), f"{where}: {name}"


def test_the_dashboard_shows_every_figure() -> None:
    shown = {name for _, expression in expressions() for name in re.findall(r"\bray_\w+", expression)}
    for name, figure in FIGURES.items():
        assert shown & {f"ray_{name}{suffix}" for suffix in SUFFIXES[figure.kind]}, name


def test_every_alert_says_what_to_do() -> None:
    alerts = yaml.safe_load((DOCS / "alerts.yaml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    assert set(rows("alert | what to do")) == {rule["alert"] for rule in alerts}
    assert all(rule["annotations"]["summary"] and rule["labels"]["severity"] for rule in alerts)


def ray_cluster() -> dict[str, Any]:
    (text,) = (one for one in blocks("yaml") if "kind: RayCluster" in one)
    claim, cluster = yaml.safe_load_all(text)
    assert claim["kind"] == "PersistentVolumeClaim"
    assert claim["metadata"]["name"] == "farm-home"
    found: dict[str, Any] = cluster
    return found


def test_the_manifest_has_kuberay_leave_the_command_alone() -> None:
    cluster = ray_cluster()
    assert cluster["apiVersion"] == "ray.io/v1"
    assert cluster["metadata"]["annotations"] == {"ray.io/overwrite-container-cmd": "true"}
    spec = cluster["spec"]
    assert spec["authOptions"] == {"mode": "token"}
    assert spec["enableInTreeAutoscaling"] is True
    known = {word for option in up.params for word in (*option.opts, *option.secondary_opts)}
    for group in (spec["headGroupSpec"], *spec["workerGroupSpecs"]):
        (container,) = group["template"]["spec"]["containers"]
        (command,) = container["args"]
        assert "farm up --watch" in command
        assert set(re.findall(r"--[\w-]+", command)) <= known
        cores = container["resources"]["limits"]["cpu"]
        if group is not spec["headGroupSpec"]:
            assert f"--workers {cores} " in command
            assert '--address "$FQ_RAY_IP:6379"' in command
        variables = {one["name"] for one in container["env"]}
        assert {"FARM_HOME", "FARM_STORE_URL", "POD_IP"} <= variables
        assert container["envFrom"] == [{"secretRef": {"name": "farm-store"}}]
        assert {"readinessProbe", "livenessProbe"} <= container.keys()
        mounted = {one["name"] for one in container["volumeMounts"]}
        assert mounted == {one["name"] for one in group["template"]["spec"]["volumes"]}


def test_the_manifests_head_keeps_its_home_and_answers_probes() -> None:
    head = ray_cluster()["spec"]["headGroupSpec"]["template"]["spec"]
    (container,) = head["containers"]
    assert {"name": "home", "persistentVolumeClaim": {"claimName": "farm-home"}} in head["volumes"]
    assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": 8700}
    assert container["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": 8700}
    assert "--cluster-port 6379" in container["args"][0]
    assert {one["containerPort"] for one in container["ports"]} == {6379, 8700, 8701}


def test_every_yaml_of_the_page_parses() -> None:
    for text in blocks("yaml"):
        assert list(yaml.safe_load_all(text))


def test_commands_of_the_page_exist() -> None:
    text = "\n".join(
        blocks("sh") + re.findall(r"`(farm [^`]+)`", PAGE) + blocks("dockerfile") + blocks("ini")
    )
    text = re.sub("#.*", "", text)
    used = {
        match.split()[0] for match in re.findall(r"(?:^|[\s/])farm ((?!COMMAND)[a-z]+)", text, re.MULTILINE)
    }
    assert used - COMMANDS.keys() == set()
    assert {"nodes", "drain", "restore", "scale", "queue", "tenants", "keys", "catalog"} <= used
