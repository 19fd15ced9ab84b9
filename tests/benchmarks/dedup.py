"""How well copies of pictures and clips are found, beside perceptual hashes.

    python -m tests.benchmarks.dedup --images neardup_image --products products --videos neardup_video --million

The folder of pictures holds ``<its name>.json``: ``{"queries": [{"query", "target", "edit"}]}``, paths relative to it;
the gallery is every picture in ``--products``, a folder of which shows one product. The folder of clips holds
``{"families": {name: [path]}, "singles": [path]}``; clips of one family are copies of each other.
Peers are asked where they are installed: pdqhash and imagehash, also with the mirrored query.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from PIL import Image

from farm.dedup.clips import SAME_CLIP, clip_likeness
from farm.dedup.image_signature import ImageSignature
from farm.dedup.same import SAME, likeness
from farm.dedup.vectors import DETAILS_SIZE, details_of, layout_of
from farm.dedup.video_signature import VideoSignature
from farm.services.assets import NEAREST
from farm.services.similarity import signature_of
from farm_catalog.catalog import Catalog

PICTURES = frozenset((".jpg", ".jpeg", ".png", ".webp", ".gif"))
Ranked = list[tuple[float, int, bool]]
"""(score, place in the gallery, whether it is called the same), the best first."""


def found_by_farm(gallery: Sequence[ImageSignature]) -> Callable[[ImageSignature], Ranked]:
    """Return the search as the library does it: candidates by vectors, judged one by one."""
    spaces = [(of, np.stack([of(one) for one in gallery])) for of in (layout_of, details_of)]

    def find(query: ImageSignature) -> Ranked:
        mirrored = query.mirrored()
        chosen: set[int] = set()
        for of, rows in spaces:
            near = np.maximum(rows @ of(query), rows @ of(mirrored))
            chosen |= {int(one) for one in np.argsort(-near)[:NEAREST]}
        judged = [(likeness(gallery[one], query, mirrored), one) for one in chosen]
        found = [(like.score, one, like.same) for like, one in judged if like is not None]
        return sorted(found, key=lambda one: (not one[2], -one[0]))

    return find


def peers() -> dict[str, tuple[Callable[[Image.Image], Any], float]]:
    """Return (bits of a picture as an array of booleans, share of bits that may differ) by a peer's name."""
    found: dict[str, tuple[Callable[[Image.Image], Any], float]] = {}
    if find_spec("pdqhash") is not None:
        import pdqhash

        found["pdqhash"] = (
            lambda one: pdqhash.compute(np.asarray(one.convert("RGB")))[0].astype(bool),
            31 / 256,
        )
    if find_spec("imagehash") is not None:
        import imagehash

        found["imagehash.phash"] = (lambda one: imagehash.phash(one.convert("RGB")).hash.ravel(), 10 / 64)
    return found


def found_by_hash(gallery: Sequence[Any], most: float) -> Callable[[Sequence[Any]], Ranked]:
    """Return the search by the least share of differing bits, of the query as it is and mirrored."""
    bits = np.stack(gallery)

    def find(query: Sequence[Any]) -> Ranked:
        apart = np.min([(bits != one).mean(1) for one in query], axis=0)
        return [
            (1 - float(apart[one]), int(one), bool(apart[one] <= most))
            for one in np.argsort(apart, kind="stable")
        ]

    return find


def report(name: str, answers: Sequence[tuple[str, int, Ranked]], products: Sequence[str]) -> None:
    """Print recall by edit, false matches and margins; answers are (edit, place of the target, what was found)."""
    by_edit: dict[str, list[tuple[bool, bool, bool]]] = defaultdict(list)
    false = views = 0
    lowest, highest = 1.0, 0.0
    for edit, target, found in answers:
        order = [one for _, one, _ in found]
        called = {one for _, one, same in found if same}
        by_edit[edit].append((order[:1] == [target], target in order[:5], target in called))
        others = [one for one in called if products[one] != products[target]]
        false += len(others)
        views += len(called - {target}) - len(others)
        lowest = min(lowest, next((score for score, one, _ in found if one == target), 0.0))
        highest = max([highest, *(score for score, one, _ in found if products[one] != products[target])])
    every = [one for several in by_edit.values() for one in several]
    print(f"\n{name:22} recall@1  recall@5  called the same")
    for edit, several in [*by_edit.items(), ("all", every)]:
        shares = [sum(column) / len(several) for column in zip(*several, strict=True)]
        print(f"  {edit:20} {shares[0]:8.3f} {shares[1]:9.3f} {shares[2]:9.3f}   of {len(several)}")
    print(
        f"  false matches of other products {false}; further pictures of the same product called the same {views}"
    )
    print(f"  lowest score of a target {lowest:.3f}, highest of another product {highest:.3f}")


def images(folder: Path, products: Path) -> None:
    """Ask for every query of a folder."""
    queries = json.loads((folder / f"{folder.name}.json").read_text(encoding="utf-8"))["queries"]
    gallery = sorted(path.resolve() for path in products.rglob("*") if path.suffix.lower() in PICTURES)
    shows = [path.parent.name for path in gallery]
    places = {path: place for place, path in enumerate(gallery)}
    asked = [
        (folder / one["query"], one["edit"], places[(folder / one["target"]).resolve()]) for one in queries
    ]

    began = time.process_time()
    kept = [signature_of(path) for path in gallery]
    spent_s = time.process_time() - began
    image_signatures = [one for one in kept if isinstance(one, ImageSignature)]
    sizes = [len(one.to_bytes()) for one in image_signatures]
    per_thousand_s, kept_kb = 1000 * spent_s / len(gallery), np.mean(sizes) / 1e3
    print(f"{len(gallery)} pictures: {per_thousand_s:.0f} CPU s per 1,000, {kept_kb:.0f} kB each")
    find = found_by_farm(image_signatures)
    began = time.process_time()
    answers = []
    for path, edit, target in asked:
        query = signature_of(path)
        assert isinstance(query, ImageSignature)
        answers.append((edit, target, find(query)))
    print(f"{1000 * (time.process_time() - began) / len(asked):.0f} CPU ms a query")
    report(f"farm (score >= {SAME})", answers, shows)
    for name, (bits, most) in peers().items():
        search = found_by_hash([bits(Image.open(path)) for path in gallery], most)
        answers = []
        for path, edit, target in asked:
            with Image.open(path) as picture:
                ways = (picture, picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
                answers.append((edit, target, search([bits(one) for one in ways])))
        report(name, answers, shows)
    for missing in {"pdqhash", "imagehash"} - {name.split(".")[0] for name in peers()}:
        print(f"{missing} is not installed and was not asked")


def videos(folder: Path) -> None:
    """Compare all pairs of clips, each way round."""
    truth = json.loads((folder / f"{folder.name}.json").read_text(encoding="utf-8"))
    families = {
        (folder / path).resolve(): name for name, paths in truth["families"].items() for path in paths
    }
    beside = [path.resolve() for path in (folder / "../../clips").glob("*.mp4")]
    paths = sorted({*families, *((folder / path).resolve() for path in truth["singles"]), *beside})
    video_signatures: dict[Path, VideoSignature] = {}
    began = time.process_time()
    for path in paths:
        seen = signature_of(path)
        assert isinstance(seen, VideoSignature)
        video_signatures[path] = seen
    length_s = sum(one.length_s for one in video_signatures.values())
    print(f"\n{len(paths)} clips of {length_s:.0f} s: {time.process_time() - began:.1f} CPU s with decoding")
    right = false = missed = 0
    highest, lowest = 0.0, 1.0
    began = time.process_time()
    for one, other in combinations(paths, 2):
        like = clip_likeness(video_signatures[one], video_signatures[other])
        score = like.score if like is not None else 0.0
        family = one in families and families[one] == families.get(other)
        called = like is not None and like.same
        right, false, missed = (
            right + (family and called),
            false + (called and not family),
            missed + (family and not called),
        )
        if family:
            lowest = min(lowest, score)
            back = clip_likeness(video_signatures[other], video_signatures[one])
            for way, kept, query in ((like, one, other), (back, other, one)):
                verdict = (
                    "not found"
                    if way is None
                    else f"{way.score:.2f} offset {way.offset_s:+.2f} s x{way.speed:.2f}; "
                )
                print(f"  {query.stem} in {kept.stem}: {verdict}{'; '.join(way.reasons) if way else ''}")
        else:
            highest = max(highest, score)
    pairs = len(paths) * (len(paths) - 1) // 2
    precision, recall = right / max(1, right + false), right / max(1, right + missed)
    each_ms = 1000 * (time.process_time() - began) / (pairs + right + missed)
    print(f"{pairs} pairs, {each_ms:.0f} CPU ms each; score >= {SAME_CLIP}")
    print(
        f"precision {precision:.3f} recall {recall:.3f} F1 {2 * right / max(1, 2 * right + false + missed):.3f}"
    )
    print(f"lowest score in a family {lowest:.3f}, highest of strangers {highest:.3f}")


def million(count: int) -> None:
    """Time candidates among many generated fingerprints in a catalog."""
    with TemporaryDirectory() as folder, Catalog.open(Path(folder) / "catalog.duckdb") as catalog:
        catalog.writer.write(
            lambda connection: connection.execute(
                f"""
                INSERT INTO holdings SELECT sha256(i::VARCHAR), 'shop', '', [], '', '', '', 0 FROM range({count}) r(i);
                INSERT INTO fingerprints SELECT sha256(i::VARCHAR), 'b', 's', 0, '',
                    list_transform(range({DETAILS_SIZE}), x -> (hash(i * 1000 + x) % 2000)::FLOAT / 14000)
                FROM range({count}) r(i)
                """
            )
        )
        query = np.random.default_rng(1).normal(size=(2, DETAILS_SIZE))
        vectors = [[float(value) for value in one] for one in query]
        for owner in (None, "shop"):
            began = time.perf_counter()
            catalog.assets.nearness().find("s", vectors, owner, NEAREST)
            print(
                f"candidates of {count:,} vectors of {DETAILS_SIZE}, owner {owner}: {time.perf_counter() - began:.2f} s"
            )


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=Path)
    parser.add_argument(
        "--products", type=Path, help="The gallery; products beside the queries' folder if left out."
    )
    parser.add_argument("--videos", type=Path)
    parser.add_argument("--million", type=int, nargs="?", const=1_000_000)
    given = parser.parse_args()
    if given.images:
        images(given.images, given.products or given.images / "../../products")
    if given.videos:
        videos(given.videos)
    if given.million:
        million(given.million)


if __name__ == "__main__":
    main()
