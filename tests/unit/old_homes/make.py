"""Makes the home of a farm, as another version of farm leaves it, for the tests beside this file.

    python tests/unit/old_homes/make.py CHECKOUT

CHECKOUT is a worktree of the commit whose farm is to be kept. Its farm is started with Ray in a folder of its own, used
over HTTP, and stopped with work left to do. What it leaves is packed into ``data/home-COMMIT.tar.xz``, together with
``made.json``, which has all that the tests expect. The keys and seals in it open nothing else. The script imports
nothing of farm, so that it runs against every version with the same API.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import duckdb
import httpx
import numpy as np
from PIL import Image, ImageEnhance

DATA: Final = Path(__file__).parent / "data"
PATIENCE_S: Final = 120.0
LEFT_OUT: Final = ("logs", "ray-control", "backups", "exports", "journal.sqlite3-shm")
"""What is of no use to a later version, or is made anew by whoever opens the home."""
OUTPUT: Final = {"size": "96x160", "fps": 10, "quality": "draft", "variants": 4}
UNHEARD: Final = "http://127.0.0.1:9/ended"
"""A webhook that nobody answers: its messages stay in the outbox."""

SCRIPT: Final = {
    "title": "Kettle",
    "language": "en",
    "shots": [
        {"role": "cover", "words": "{name}"},
        {"role": "use", "words": "Every morning"},
        {"role": "outro", "words": "Pour yourself one"},
    ],
}
ORDER: Final = {
    "script": "my-kettle",
    "product": {"name": "Copper Kettle", "price": 49.5, "currency": "USD", "category": "Kitchen"},
    "assets": ["tag:kettle"],
    "template": "shop.own",
    "music": "none",
    "output": OUTPUT,
}


def photo(seed: int) -> Image.Image:
    """Return a picture of flat colours, which packs well, with corners by which it is recognised."""
    chance = np.random.default_rng(seed)
    plain = Image.fromarray(chance.integers(60, 200, (4, 3, 3), np.uint8))
    whole = np.asarray(plain.resize((240, 320), Image.Resampling.NEAREST)).copy()
    for _ in range(24):
        x, y, side = (int(one) for one in chance.integers((4, 4, 5), (216, 296, 20)))
        whole[y : y + side, x : x + side] = chance.integers(0, 256, 3)
    return Image.fromarray(whole)


def jpeg(picture: Image.Image) -> bytes:
    """Return a picture as a JPEG."""
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=80)
    return data.getvalue()


def copy_of(picture: Image.Image) -> Image.Image:
    """Return the picture cropped, smaller and brighter: the same picture to whoever looks at it."""
    cropped = picture.crop((12, 16, 228, 310)).resize((180, 245), Image.Resampling.LANCZOS)
    return ImageEnhance.Brightness(cropped).enhance(1.1)


def clip() -> bytes:
    """Return a second of H.264: a picture that moves to the left."""
    data = io.BytesIO()
    with av.open(data, "w", "mp4") as container:
        stream = container.add_stream(
            "libx264", rate=Fraction(12), options={"crf": "30", "preset": "veryfast"}
        )
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 120, 160, "yuv420p"
        for number in range(12):
            wide = np.asarray(photo(21).resize((160, 160)))
            frame = np.ascontiguousarray(wide[:, number : number + 120])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, "rgb24")))
        container.mux(stream.encode(None))
    return data.getvalue()


def until(look: Callable[[], Any]) -> Any:
    """Look until there is something, and return it."""
    until_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < until_s:
        if found := look():
            return found
        time.sleep(0.02)
    raise SystemExit("it did not come about")


class Client:
    """One who asks with a key."""

    def __init__(self, url: str, key: str) -> None:
        self._http = httpx.Client(
            follow_redirects=True, base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=60.0
        )

    def __call__(self, method: str, path: str, *, key: str | None = None, **given: Any) -> Any:
        """Ask for JSON; ``key`` makes the request idempotent."""
        headers = {**given.pop("headers", {}), **({} if key is None else {"Idempotency-Key": key})}
        answer = self._http.request(method, path, headers=headers, **given)
        if not answer.is_success:
            raise SystemExit(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None

    def upload(self, data: bytes) -> str:
        """Upload content and return its hash."""
        sha256 = hashlib.sha256(data).hexdigest()
        answer = self._http.put(f"/v1/blobs/{sha256}", content=data)
        assert answer.is_success, answer.text
        return sha256

    def submit(self, document: dict[str, Any], key: str, **query: Any) -> str:
        """Submit a job and return its id."""
        return str(self("POST", "/v1/jobs", key=key, params=query, json=document)["id"])

    def ended(self, job_id: str, state: str) -> dict[str, Any]:
        """Wait until a job has ended, as it is expected to."""
        job: dict[str, Any] = until(lambda: self._ended(job_id))
        assert job["state"] == state, job
        return job

    def _ended(self, job_id: str) -> dict[str, Any] | None:
        job: dict[str, Any] = self("GET", f"/v1/jobs/{job_id}")
        return job if job["finished_at"] else None


def timeline(*clips: dict[str, Any], **output: Any) -> dict[str, Any]:
    """Return a job of one track."""
    return {"output": OUTPUT | output, "timeline": {"tracks": [{"clips": list(clips)}]}}


def color(value: str, seconds: float) -> dict[str, Any]:
    """Return a clip of one colour."""
    return {"kind": "color", "color": value, "duration": seconds}


def plain(sha256: str) -> dict[str, Any]:
    """Return a job that uses no element of a plugin: its keys know nothing of plugins."""
    shown = {"kind": "image", "src": f"sha256:{sha256}", "duration": 0.5}
    return timeline(color("#204060", 0.5), shown, color("#806040", 0.5))


def moving(sha256: str) -> dict[str, Any]:
    """Return a job with a transition and a text, which plugins draw."""
    shown = {"kind": "image", "src": f"sha256:{sha256}", "duration": 0.8}
    job = timeline(
        shown, {"kind": "transition", "use": "basics.slide", "duration": 0.3}, color("#406080", 0.8)
    )
    job["timeline"]["tracks"].append(
        {"clips": [{"kind": "text", "text": "Kettle", "duration": 1.2, "enter": "rise"}]}
    )
    return job


def long() -> dict[str, Any]:
    """Return a job of several segments, of which each takes a moment."""
    colors = [color(f"#{30 * n:02x}50{255 - 30 * n:02x}", 6.0) for n in range(1, 7)]
    return timeline(*colors, size="320x180", fps=30)


@contextmanager
def running(farm: Callable[..., str], home: Path) -> Iterator[tuple[str, str]]:
    """Run a farm for the block; yields its URL and the operator's key."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    try:
        farm("up", "--workers", "1", "--port", str(port), "--keys")
        yield f"http://127.0.0.1:{port}", (home / "operator.key").read_text()
    finally:
        farm("down")


def use(url: str, operator_key: str) -> dict[str, Any]:
    """Do with a farm what farms are for, leave work behind, and return what was done."""
    operator = Client(url, operator_key)
    keys = {
        name: operator("POST", "/v1/keys", json={"tenant": tenant, "role": role, "label": name})
        for name, tenant, role in (
            ("submit", "shop", "submit"),
            ("read", "shop", "read"),
            ("other", "other", "submit"),
            ("revoked", "shop", "submit"),
        )
    }
    operator("DELETE", f"/v1/keys/{keys['revoked']['id']}")
    operator("PUT", "/v1/tenants/shop", json={"weight": 2.0, "max_unfinished": 50, "assets": 40})
    operator("PUT", "/v1/store/rules/uploads", params={"tenant": "shop"}, json={"days": 3650, "bytes": None})
    shop = Client(url, keys["submit"]["key"])

    first = photo(1)
    media = {
        "kettle-1.jpg": jpeg(first),
        "kettle-1-copy.jpg": jpeg(copy_of(first)),
        "kettle-2.jpg": jpeg(photo(2)),
        "pouring.mp4": clip(),
    }
    assets = {name: shop.upload(data) for name, data in media.items()}
    added = [{"sha256": assets[name], "name": name, "tags": ["kettle", "copper"]} for name in assets]
    shop("POST", "/v1/assets", json={"assets": added})
    until(lambda: shop("GET", "/v1/assets", params={"state": "ready"})["total"] == len(assets))

    shop("PUT", "/v1/scripts/my-kettle", json=SCRIPT)
    shop("PUT", "/v1/library/templates/shop.own", json={"style": {"ground": "deep"}, "tones": ["plain"]})
    work = shop("POST", "/v1/works", key="work", json=ORDER)["work_id"]
    edits = [{"op": "say", "shot": "s2", "words": "Every evening"}]
    shop("POST", f"/v1/works/{work}/edits", json={"edits": edits})
    rendering = shop("POST", f"/v1/works/{work}/render", key="render")
    production = rendering["production"]
    produced = shop.ended(production, "done")
    until(lambda: shop("GET", f"/v1/productions/{production}")["state"] == "done")
    seen = {"production": production, "at": "2026-05-28T20:26:40Z"}
    events = [
        seen | {"id": "e1", "kind": "play", "count": 40},
        seen | {"id": "e2", "kind": "click", "count": 3},
    ]
    assert shop("POST", "/v1/events", json=events)["taken"] == len(events)

    documents = {"plain": plain(assets["kettle-1.jpg"]), "moving": moving(assets["kettle-2.jpg"])}
    jobs = {name: shop.submit(document, name, webhook=UNHEARD) for name, document in documents.items()}
    for name in documents:
        shop.ended(jobs[name], "done")
    torn = shop.upload(media["kettle-2.jpg"][:400])
    jobs["failed"] = shop.submit(plain(torn), "failed")
    shop.ended(jobs["failed"], "failed")
    jobs["cancelled"] = shop.submit(documents["plain"], "cancelled", tag="nobody-has-it")
    shop("DELETE", f"/v1/jobs/{jobs['cancelled']}")
    shop.ended(jobs["cancelled"], "cancelled")

    jobs["begun"] = shop.submit(long(), "begun")
    until(lambda: shop("GET", f"/v1/jobs/{jobs['begun']}")["segments"]["done"])
    operator("POST", "/v1/queue/pause", json={"cause": "rack move"})
    begun = shop("GET", f"/v1/jobs/{jobs['begun']}")
    assert not begun["finished_at"], "the job ended before the queue was paused; make it longer"
    jobs["waiting"] = shop.submit(documents["plain"], "waiting", priority=7)
    rows = "\n".join(
        json.dumps({"template": "retail.sale", "slots": slots, "output": OUTPUT})
        for slots in (
            {
                "product": {"name": "Mug", "price": 5, "was": 9},
                "photos": [f"sha256:{assets['kettle-1.jpg']}"],
            },
            {"product": {"name": "Mug"}, "photos": []},
        )
    )
    batch = shop(
        "POST", "/v1/batches", key="batch", content=rows, headers={"Content-Type": "application/x-ndjson"}
    )["id"]
    late = shop.upload(jpeg(photo(3)))
    shop("POST", "/v1/assets", json={"assets": [{"sha256": late, "name": "late.jpg", "tags": ["late"]}]})
    until(lambda: operator("GET", "/v1/jobs", params={"tenant": "library", "state": "unfinished"})["jobs"])
    reports = {name: shop("GET", f"/v1/jobs/{jobs[name]}/report") for name in documents}
    time.sleep(3.0)  # what is written some times a second is written now
    (message,) = shop("GET", f"/v1/jobs/{jobs['plain']}/webhooks")
    return {
        "tries": message["tries"],
        "keys": {name: key["key"] for name, key in keys.items()},
        "assets": assets,
        "late": late,
        "work": work,
        "production": production,
        "video_sha256": produced["production"]["sha256"],
        "jobs": jobs,
        "documents": documents,
        "segments": {name: [one["key"] for one in report["segments"]] for name, report in reports.items()},
        "begun_segments": begun["segments"],
        "batch": batch,
        "rows": rows,
    }


def main() -> None:
    """Make and pack the home of a farm of the checkout."""
    checkout = Path(sys.argv[1]).resolve()
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=checkout, check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()
    with tempfile.TemporaryDirectory(prefix="farm-home-") as folder:
        home = Path(folder) / "home"
        places = [checkout, checkout / "plugins", checkout / "catalog"]
        environment = {
            **os.environ,
            "FARM_HOME": str(home),
            "FARM_FETCH_ALLOW": "127.0.0.1",
            "PYTHONPATH": os.pathsep.join(map(str, places)),
        }

        def farm(*words: str) -> str:
            command = [sys.executable, "-m", "farm", *words]
            return subprocess.run(
                command, env=environment, cwd=folder, check=True, stdout=subprocess.PIPE, text=True
            ).stdout

        with running(farm, home) as (url, key):
            made = use(url, key)
            shutil.copy(home / "farm.json", Path(folder) / "farm.json")
        # A run that cannot be noted, because another process has the catalog open, is spooled.
        (Path(folder) / "local.json").write_text(json.dumps(timeline(color("#808080", 0.5))))
        with duckdb.connect(str(home / "catalog.duckdb"), read_only=True):
            farm("render", "local.json", "-o", "out")
        assert list((home / "spool").iterdir()), "no run was spooled"
        shutil.copy(Path(folder) / "farm.json", home / "farm.json")
        versions = "import json; from farm.plan.key import engine; print(json.dumps(engine()))"
        engine = subprocess.run(
            [sys.executable, "-c", versions],
            env=environment,
            cwd=folder,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout
        made |= {"commit": commit, "engine": json.loads(engine)}
        (home / "made.json").write_text(json.dumps(made, indent=1))
        DATA.mkdir(exist_ok=True)
        packed = DATA / f"home-{commit}.tar.xz"
        with tarfile.open(packed, "w:xz", preset=9) as archive:
            for path in sorted(home.iterdir()):
                if path.name not in LEFT_OUT:
                    archive.add(path, path.name)
        print(f"{packed}: {packed.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
