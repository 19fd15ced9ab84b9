"""Chromium plays a stream to its end without a script, and sees what is transparent in a WebM."""

from __future__ import annotations

import http.server
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.unit.outputs.conftest import Render, job

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]

PAGE = """<video id="v" muted autoplay playsinline src="{source}"></video><script>
const video = document.getElementById("v");
function tell() {{
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth; canvas.height = video.videoHeight;
  const context = canvas.getContext("2d");
  let pixels = [];
  if (canvas.width) {{
    context.drawImage(video, 0, 0);
    const at = (x, y) => Array.from(context.getImageData(x * canvas.width, y * canvas.height, 1, 1).data);
    pixels = [at(0.25, 0.5), at(0.97, 0.5)];
  }}
  fetch("/told", {{method: "POST", body: JSON.stringify({{
    error: video.error && video.error.message, ended: video.ended, length_s: video.duration, pixels,
    frames: video.getVideoPlaybackQuality().totalVideoFrames, width: video.videoWidth}})}});
}}
video.addEventListener("ended", tell); video.addEventListener("error", tell);
</script>"""


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and a page with a video, and takes what the page tells."""

    extensions_map = {  # noqa: RUF012
        ".m3u8": "application/vnd.apple.mpegurl",
        ".mp4": "video/mp4",
        ".m4s": "video/iso.segment",
        ".webm": "video/webm",
    }
    told: Any = None
    page = ""
    done = threading.Event()

    def do_GET(self) -> None:
        if self.path != "/":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.page.encode())

    def do_POST(self) -> None:
        type(self).told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(204)
        self.end_headers()
        self.done.set()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def told_by_chromium(folder: Path, source: str) -> Any:
    """Return what a page tells about a video once it has ended."""
    assert CHROMIUM is not None

    class Fresh(Handler):
        page = PAGE.format(source=source)
        done = threading.Event()

    with _served(Fresh, folder) as port:
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/.profile"]
        options.append("--autoplay-policy=no-user-gesture-required")
        with subprocess.Popen(
            [CHROMIUM, *options, f"http://127.0.0.1:{port}/"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as browser:
            try:
                assert Fresh.done.wait(60)
            finally:
                browser.terminate()
    return Fresh.told


@contextmanager
def _served(handler: type[Handler], folder: Path) -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_stream_plays_to_its_end(render: Render, tmp_path: Path) -> None:
    output = {"format": "hls", "size": "128x96", "renditions": [96, 48]}
    made = render(job(sound=True, seconds=3, output=output))
    told = told_by_chromium(tmp_path / "out", f"{made.video.parent.name}/{made.video.name}")
    assert told["error"] is None
    assert told["ended"]
    assert told["frames"] == 90
    assert told["length_s"] == pytest.approx(3, abs=0.1)
    assert told["width"] in (64, 128)
    assert told["pixels"][0][1] > 120  # the second shot is green


def test_a_webm_is_transparent(render: Render, tmp_path: Path) -> None:
    made = render(job(background="transparent", output={"format": "webm", "size": "128x96"}))
    told = told_by_chromium(tmp_path / "out", made.video.name)
    assert told["error"] is None
    assert told["frames"] == 30
    shown, clear = told["pixels"]
    assert shown[3] >= 250
    assert clear[3] <= 8
