"""What all findings have in common, and how pictures among them are written."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Found(BaseModel):
    """Base of findings: frozen, nothing beside the declared fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


def jpeg(rgb: NDArray[np.uint8], quality: int = 82) -> bytes:
    """Return sRGB (height, width, 3) as a JPEG."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "JPEG", quality=quality)
    return out.getvalue()
