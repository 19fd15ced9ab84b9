"""Pictures and clips with something to recognise, made here."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance

from farm.dedup.image_signature import image_signature_of, small_of
from farm.dedup.video_signature import FRAME_PX, VideoSignature

Rgb = NDArray[np.uint8]


def scene(seed: int, size: tuple[int, int] = (480, 600), hue: int = 0) -> Image.Image:
    """Return a picture of shapes and lines on a plain ground; ``hue`` 1 and 2 exchange the shapes' colours."""
    rng = np.random.default_rng(seed)
    picture = Image.new("RGB", size, (236, 236, 232))
    draw = ImageDraw.Draw(picture)
    for _ in range(26):
        x, y = (int(rng.integers(20, side - 60)) for side in size)
        wide, high = (int(value) for value in rng.integers(12, 120, 2))
        colour = np.roll(rng.integers(0, 255, 3), hue)
        fill = tuple(int(value) for value in colour)
        shape = (x, y, min(size[0] - 8, x + wide), min(size[1] - 8, y + high))
        (draw.ellipse if rng.random() < 0.4 else draw.rectangle)(shape, fill=fill, outline=(20, 20, 20))
        draw.line((x, y, int(rng.integers(0, size[0])), int(rng.integers(0, size[1]))), fill=fill, width=3)
    return picture


def jpeg(picture: Image.Image, quality: int) -> Image.Image:
    """Return a picture after a JPEG."""
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=quality)
    return Image.open(data).convert("RGB")


def cropped(picture: Image.Image, share: float = 0.85) -> Image.Image:
    """Return the middle of a picture."""
    width, height = picture.size
    left, top = round(width * (1 - share) / 2), round(height * (1 - share) / 2)
    return picture.crop((left, top, width - left, height - top))


def overlaid(picture: Image.Image) -> Image.Image:
    """Return a picture with a banner and a sticker on it."""
    edited = picture.copy()
    draw = ImageDraw.Draw(edited)
    width, height = edited.size
    draw.rectangle((0, round(height * 0.84), width, height), fill=(210, 20, 30))
    draw.text((20, round(height * 0.88)), "HOT SALE 99", fill=(255, 255, 255), font_size=36)
    draw.ellipse((width - 110, 10, width - 10, 110), fill=(255, 205, 0))
    return edited


def framed(picture: Image.Image) -> Image.Image:
    """Return a picture inside a page."""
    page = Image.new("RGB", (picture.width * 3 // 2, picture.height * 8 // 5), (244, 244, 244))
    page.paste(picture, (picture.width // 4, picture.height // 6))
    ImageDraw.Draw(page).text((60, page.height - 90), "sold 1000+", fill=(40, 40, 40), font_size=28)
    return page


def brighter(picture: Image.Image) -> Image.Image:
    """Return a picture paler and brighter."""
    return ImageEnhance.Brightness(ImageEnhance.Contrast(picture).enhance(0.7)).enhance(1.2)


def video_signature(
    seed: int,
    *,
    start_s: float = 0.0,
    stop_s: float = 8.0,
    speed: float = 1.0,
    mirrored: bool = False,
    still: bool = False,
    walk: int = 1,
) -> VideoSignature:
    """Return the signature of a clip in which a ball wanders before a scene, from ``start_s`` to ``stop_s`` of it.

    ``walk`` is another way of the ball before the same scene.
    """
    ground = scene(seed, (480, 270))
    rng = np.random.default_rng(1000 + walk)
    # A way that is nowhere like itself.
    turns = rng.uniform(0.05, 0.95, (40, 2))

    def frame(at_s: float) -> Image.Image:
        drawn = ground.copy()
        if not still:
            step, part = divmod(at_s, 1.0)
            x, y = turns[int(step)] * (1 - part) + turns[int(step) + 1] * part
            place = (x * 480 - 45, y * 270 - 45, x * 480 + 45, y * 270 + 45)
            ImageDraw.Draw(drawn).ellipse(place, fill=(15, 60, 160))
        return drawn.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if mirrored else drawn

    times = np.arange(0, (stop_s - start_s) / speed, 0.25, dtype=np.float32)
    pictures = [frame(start_s + float(at) * speed) for at in times]
    frames = np.stack([small_of(one, FRAME_PX)[..., 0] for one in pictures])
    image_signatures = tuple(
        (float(at), image_signature_of(np.asarray(one), 160))
        for at, one in zip(times[::2], pictures[::2], strict=True)
    )
    return VideoSignature(times, frames, image_signatures)
