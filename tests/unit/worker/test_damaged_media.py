"""Media whose bytes are not those that their hash names are never drawn from."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import pytest

from farm.errors import DocumentError
from farm.settings import Settings
from farm.worker.task import PlanTask
from farm.worker.worker import Worker
from tests.golden.shop import picture


def test_damaged_media_are_refused_until_they_are_whole_again(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    picture(64, 64).save(buffer, "PNG")
    data = buffer.getvalue()
    sha256 = hashlib.sha256(data).hexdigest()
    worker = Worker(Settings(tmp_path))
    path = worker.blobs.put_bytes(sha256, "", data)
    clips = [{"kind": "image", "src": f"sha256:{sha256}#a.png", "duration": 1}]
    document = json.dumps({"output": {"size": "64x64"}, "timeline": {"tracks": [{"clips": clips}]}})
    task = PlanTask("job", document, "a.json", None)
    assert worker.plan(task).segments
    # Behind what a decoder looks at, so that it could be drawn.
    path.write_bytes(data[:-20] + b"XXXX" + data[-16:])
    with pytest.raises(DocumentError, match="are damaged") as refused:
        worker.plan(task)
    assert refused.value.problems[0].path == "timeline.tracks[0].clips[0].src"
    path.write_bytes(data)
    assert worker.plan(task).segments
