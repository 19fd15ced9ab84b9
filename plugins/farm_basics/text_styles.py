"""The basic text styles: each is legible on any picture by its own plate, stroke or shadow."""

from __future__ import annotations

from typing import Final

from farm.plugin import GradientStyle, PlateStyle, ShadowStyle, StrokeStyle, TextStyle

_SOFT = ShadowStyle(color="#00000099", dy_em=0.04, blur_em=0.14)
_SANS = ["Outfit", "Noto Sans SC"]
_SERIF = ["Farm Serif", "Noto Serif SC"]

TEXT_STYLES: Final[dict[str, TextStyle]] = {
    "basics.title": TextStyle(
        families=_SANS, size="9%", min_size="4%", weight=800, line_height=1.08, shadow=_SOFT, enter="rise"
    ),
    "basics.headline": TextStyle(
        families=_SANS,
        size="13%",
        min_size="5%",
        weight=900,
        line_height=1.0,
        letter_spacing_em=-0.015,
        shadow=_SOFT,
        enter="rise",
    ),
    "basics.subtitle": TextStyle(
        families=_SANS, size="5%", min_size="3%", weight=500, line_height=1.25, shadow=_SOFT, enter="fade"
    ),
    "basics.body": TextStyle(
        families=_SANS,
        size="4.2%",
        min_size="2.6%",
        weight=400,
        line_height=1.4,
        align="left",
        valign="top",
        shadow=_SOFT,
        enter="fade",
    ),
    "basics.caption": TextStyle(
        families=_SANS,
        size="5.2%",
        min_size="3.2%",
        weight=700,
        line_height=1.25,
        stroke=StrokeStyle(color="#101014", width_em=0.16),
        shadow=ShadowStyle(color="#00000066", dy_em=0.05, blur_em=0.08),
        valign="bottom",
    ),
    "basics.label": TextStyle(
        families=_SANS,
        size="3.2%",
        min_size="2.2%",
        weight=600,
        letter_spacing_em=0.14,
        uppercase=True,
        color="#16161a",
        plate=PlateStyle(fill="#fffffff2", pad_x_em=0.95, pad_y_em=0.4, radius_em=9),
        enter="pop",
    ),
    "basics.price": TextStyle(
        families=_SANS,
        size="14%",
        min_size="5%",
        weight=900,
        line_height=1.0,
        letter_spacing_em=-0.02,
        color="#ffd84d",
        stroke=StrokeStyle(color="#1c1208", width_em=0.1),
        shadow=ShadowStyle(color="#00000080", dy_em=0.05, blur_em=0.08),
        enter="pop",
    ),
    "basics.was_price": TextStyle(
        families=_SANS,
        size="6%",
        min_size="3%",
        weight=500,
        color="#ffffffd9",
        strike=True,
        shadow=_SOFT,
        enter="fade",
    ),
    "basics.serif": TextStyle(
        families=_SERIF,
        size="9%",
        min_size="4%",
        weight=500,
        line_height=1.15,
        shadow=ShadowStyle(color="#00000073", dy_em=0.03, blur_em=0.16),
        enter="fade",
    ),
    "basics.quote": TextStyle(
        families=_SERIF,
        size="6%",
        min_size="3.4%",
        weight=400,
        line_height=1.35,
        color="#1d1a16",
        plate=PlateStyle(fill="#fbf7efee", pad_x_em=1.0, pad_y_em=0.7, radius_em=0.15),
        enter="fade",
    ),
    "basics.outline": TextStyle(
        families=_SANS,
        size="12%",
        min_size="5%",
        weight=900,
        line_height=1.02,
        color="#ffffff",
        stroke=StrokeStyle(color="#111114", width_em=0.2),
        enter="pop",
    ),
    "basics.neon": TextStyle(
        families=_SANS,
        size="11%",
        min_size="5%",
        weight=500,
        letter_spacing_em=0.02,
        color="#fff6fe",
        stroke=StrokeStyle(color="#ff2fd0", width_em=0.06),
        shadow=ShadowStyle(color="#ff2fd0", dy_em=0.0, blur_em=0.2),
        enter="fade",
    ),
    "basics.gold": TextStyle(
        families=_SERIF,
        size="11%",
        min_size="5%",
        weight=700,
        line_height=1.1,
        color=GradientStyle(colors=["#fff3c4", "#f0c75a", "#b8832b", "#f4d77c"], stops=[0.0, 0.45, 0.6, 1.0]),
        shadow=ShadowStyle(color="#000000b3", dy_em=0.03, blur_em=0.1),
        enter="fade",
    ),
    "basics.marker": TextStyle(
        families=_SANS,
        size="7%",
        min_size="3.4%",
        weight=800,
        line_height=1.15,
        color="#17140a",
        plate=PlateStyle(fill="#ffe14df5", pad_x_em=0.35, pad_y_em=0.12, radius_em=0.08),
        enter="wipe",
    ),
}
"""Text styles by name."""
