"""The base of all findings, and the encoding of pictures among them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class IntakeFinding(BaseModel):
    """Base of findings: frozen, without undeclared fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


def jpeg(rgb: NDArray[np.uint8], quality: int = 82) -> bytes:
    """Return sRGB pixels, shape (height, width, 3), as a JPEG."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "JPEG", quality=quality)
    return out.getvalue()
