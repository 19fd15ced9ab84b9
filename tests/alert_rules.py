"""The alerts of ``docs/alerts.yaml``, and promtool's word on them where it is installed."""

from __future__ import annotations

import json
import shutil
import subprocess
from math import isnan
from pathlib import Path
from typing import Any

import yaml

from tests.prometheus import EVERY_S, LOOKBACK_S, Scrapes, fires

FILE = Path(__file__).parents[1] / "docs" / "alerts.yaml"
RULES: dict[str, dict[str, Any]] = {
    rule["alert"]: rule for rule in yaml.safe_load(FILE.read_text(encoding="utf-8"))["groups"][0]["rules"]
}
PROMTOOL = shutil.which("promtool")


def assert_fires(alert: str, scrapes: Scrapes, *, quiet_s: float, loud_s: float, folder: Path) -> None:
    """See that an alert is silent at one time and fires at another, by the evaluator and by promtool."""
    rule = RULES[alert]
    assert not fires(rule, scrapes, quiet_s), f"{alert} fires before its condition is there"
    assert fires(rule, scrapes, loud_s), f"{alert} does not fire"
    others = {name for name, other in RULES.items() if fires(other, scrapes, quiet_s)}
    assert others == set(), "a farm in good order makes no noise"
    if PROMTOOL is not None:
        _ask_promtool(PROMTOOL, alert, scrapes, quiet_s, loud_s, folder)


def _ask_promtool(
    promtool: str, alert: str, scrapes: Scrapes, quiet_s: float, loud_s: float, folder: Path
) -> None:
    firing = f'clamp_max(count(ALERTS{{alertname="{alert}",alertstate="firing"}}), 1)'
    tests = {
        "rule_files": [str(FILE)],
        "evaluation_interval": f"{EVERY_S:.0f}s",
        "tests": [
            {
                "interval": f"{EVERY_S:.0f}s",
                "input_series": [
                    {"series": _series(name, dict(labels)), "values": _values(samples, loud_s)}
                    for (name, labels), samples in scrapes.series.items()
                ],
                "promql_expr_test": [
                    {"expr": firing, "eval_time": f"{quiet_s:.0f}s", "exp_samples": []},
                    {
                        "expr": firing,
                        "eval_time": f"{loud_s:.0f}s",
                        "exp_samples": [{"labels": "{}", "value": 1}],
                    },
                ],
            }
        ],
    }
    path = folder / f"{alert}.yaml"
    path.write_text(yaml.safe_dump(tests))
    done = subprocess.run([promtool, "test", "rules", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _series(name: str, labels: dict[str, str]) -> str:
    pairs = ",".join(f"{key}={json.dumps(value)}" for key, value in sorted(labels.items()))
    return f"{name}{{{pairs}}}"


def _values(samples: list[tuple[float, float]], until_s: float) -> str:
    """Write samples as promtool reads them: one a step from 0, ``_`` where there is none, ``stale`` at the end."""
    by_step = {round(when_s / EVERY_S): value for when_s, value in samples}
    last = max(by_step, default=0)
    steps = []
    for step in range(int((until_s + LOOKBACK_S) / EVERY_S)):
        value = by_step.get(step)
        if value is None:
            steps.append("_" if step <= last else "stale")
        else:
            steps.append("NaN" if isnan(value) else f"{value:.10g}")
    return " ".join(steps)
