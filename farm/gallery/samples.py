"""Jobs that show every shipped template and style, with pictures of the starter library or of a folder."""

from __future__ import annotations

from typing import Any, Final

import yaml

from farm.draft.starter_library import starter_folder

POINTS: Final = ["Polarised lenses", "Feather-light frame", "Full UV protection", "Two-year guarantee"]
PHOTOS: Final = tuple(
    f"media/{name}.jpg" for name in ("sunglasses", "watch", "loafers", "tank-top", "mug", "candle-holder")
)
PRODUCT: Final = {
    "name": "Aviator Sunglasses",
    "price": 19.99,
    "was": 29.99,
    "currency": "USD",
    "points": POINTS,
}
SHOTS: Final = [
    ("hook", "Bring the sun."), ("feature", "Polarised lenses"), ("problem", "Glare at every corner?"),
    ("feature", "Feather-light frame"), ("detail", "Hinges that last"), ("use", "Made for long days"),
    ("proof", "Two-year guarantee"), ("price", ""), ("outro", "See you outside"),
]  # fmt: skip
"""Role and text of each shot of a story."""


def story_styles() -> list[dict[str, Any]]:
    """Return the shipped styles of retail.story."""
    files = sorted((starter_folder() / "templates").glob("*.yaml"))
    return [yaml.safe_load(file.read_text("utf-8")) for file in files]


def template_jobs(photos: tuple[str, ...] = PHOTOS) -> dict[str, dict[str, Any]]:
    """Return a job by name for every shipped template, and for each style of retail.story, without an output size."""
    pictures = list(photos)
    common = {"product": PRODUCT, "photos": pictures, "music": "energetic", "tempo_bpm": 150}
    pieces = [
        {"name": f"Piece {index}", "photo": photo, "price": 19.5} for index, photo in enumerate(pictures, 1)
    ]
    jobs: dict[str, dict[str, Any]] = {
        "retail.spotlight": {"template": "retail.spotlight", "slots": common},
        "retail.sale": {"template": "retail.sale", "slots": {**common, "headline": "Summer Sale"}},
        "retail.lookbook": {
            "template": "retail.lookbook",
            "slots": {"title": "The Quiet Table", "products": pieces, "music": "calm", "tempo_bpm": 68},
        },
    }
    for style in story_styles():
        shots = [
            {"role": role, "words": words, "seconds": 2.0, "show": pictures[index % len(pictures)]}
            for index, (role, words) in enumerate(SHOTS)
        ]
        slots = {
            "shots": shots,
            "style": style["style"],
            "product": PRODUCT,
            "music": style["music"],
            "cta": "Shop now",
        }
        jobs[style["name"]] = {"template": "retail.story", "slots": slots}
    return jobs
