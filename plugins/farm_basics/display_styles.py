"""Text styles for few large words: posters, mastheads, handwriting, lamps, columns, badges."""

from __future__ import annotations

from typing import Final

from farm.plugin import GradientStyle, PlateStyle, ShadowStyle, StrokeStyle, TextStyle

_EDGE = StrokeStyle(color="#0000004d", width_em=0.045)
"""A faint outline that sets white letters off from a white photo and is not seen on a dark one."""
_SOFT = ShadowStyle(color="#00000099", dy_em=0.03, blur_em=0.12)
_BELOW = ShadowStyle(color="#00000059", dy_em=0.02, blur_em=0.06)

DISPLAY_STYLES: Final[dict[str, TextStyle]] = {
    "basics.wall": TextStyle(
        families=["Anton", "Noto Sans SC"],
        size="60%",
        min_size="6%",
        weight=900,
        line_height=1.05,
        letter_spacing_em=-0.01,
        uppercase=True,
        stretch="box",
        shadow=_BELOW,
    ),
    "basics.poster": TextStyle(
        families=["Anton", "Noto Sans SC"],
        size="17%",
        min_size="6%",
        weight=900,
        line_height=1.06,
        uppercase=True,
        stroke=_EDGE,
        shadow=_SOFT,
    ),
    "basics.condensed": TextStyle(
        families=["Barlow Condensed", "Noto Sans SC"],
        size="8%",
        min_size="3.4%",
        weight=700,
        line_height=1.06,
        stroke=_EDGE,
        shadow=_SOFT,
    ),
    "basics.narrow": TextStyle(
        families=["Farm Extra Condensed", "Noto Sans SC"],
        size="15%",
        min_size="5%",
        weight=900,
        line_height=1.0,
        uppercase=True,
        stroke=_EDGE,
        shadow=_SOFT,
    ),
    "basics.masthead": TextStyle(
        families=["Bodoni Moda", "Noto Serif SC"],
        size="17%",
        min_size="6%",
        weight=800,
        line_height=1.0,
        letter_spacing_em=-0.01,
        uppercase=True,
        stroke=_EDGE,
        shadow=ShadowStyle(color="#000000a6", dy_em=0.02, blur_em=0.1),
    ),
    "basics.editorial": TextStyle(
        families=["Instrument Serif Italic", "ZCOOL XiaoWei"],
        size="9%",
        min_size="4%",
        weight=400,
        line_height=1.1,
        stroke=_EDGE,
        shadow=ShadowStyle(color="#000000a6", dy_em=0.02, blur_em=0.1),
    ),
    "basics.marker_hand": TextStyle(
        families=["Permanent Marker", "ZCOOL QingKe HuangYou"],
        size="9%",
        min_size="4%",
        weight=400,
        line_height=1.12,
        stroke=StrokeStyle(color="#16130f", width_em=0.14),
    ),
    "basics.brush_hand": TextStyle(
        families=["Caveat Brush", "Ma Shan Zheng"],
        size="12%",
        min_size="5%",
        weight=400,
        line_height=1.1,
        stroke=_EDGE,
        shadow=_SOFT,
    ),
    "basics.lamp": TextStyle(
        families=["Doto", "Noto Sans SC"],
        size="16%",
        min_size="6%",
        weight=900,
        line_height=1.0,
        color="#ffb31a",
        shadow=[
            ShadowStyle(color="#ff7a00", dy_em=0.0, blur_em=0.12),
            ShadowStyle(color="#000000b0", dy_em=0.02, blur_em=0.25),
        ],
    ),
    "basics.terminal": TextStyle(
        families=["JetBrains Mono", "Noto Sans SC"],
        size="4.4%",
        min_size="2.6%",
        weight=600,
        line_height=1.4,
        align="left",
        plate=PlateStyle(fill="#101418e6", pad_x_em=0.6, pad_y_em=0.35, radius_em=0.2),
    ),
    "basics.song_column": TextStyle(
        families=["Noto Serif SC", "Farm Serif"],
        size="12%",
        min_size="4%",
        weight=700,
        line_height=1.2,
        letter_spacing_em=0.06,
        vertical=True,
        stroke=_EDGE,
        shadow=ShadowStyle(color="#000000a6", dy_em=0.02, blur_em=0.1),
    ),
    "basics.xiaowei_column": TextStyle(
        families=["ZCOOL XiaoWei", "Cormorant Garamond"],
        size="7%",
        min_size="3%",
        weight=400,
        line_height=1.25,
        letter_spacing_em=0.1,
        vertical=True,
        stroke=_EDGE,
        shadow=ShadowStyle(color="#000000a6", dy_em=0.02, blur_em=0.1),
    ),
    "basics.die_cut": TextStyle(
        families=["Archivo Black", "Noto Sans SC"],
        size="12%",
        min_size="5%",
        weight=900,
        line_height=1.08,
        color="#e8262d",
        stroke=[StrokeStyle(color="#ffffff", width_em=0.22), StrokeStyle(color="#141414", width_em=0.3)],
        shadow=ShadowStyle(color="#00000059", dy_em=0.06, blur_em=0.08),
    ),
    "basics.block_shadow": TextStyle(
        families=["Archivo Black", "Noto Sans SC"],
        size="13%",
        min_size="5%",
        weight=900,
        line_height=1.05,
        uppercase=True,
        stroke=StrokeStyle(color="#141414", width_em=0.06),
        shadow=[
            ShadowStyle(color="#e8262d", dx_em=0.014 * step, dy_em=0.014 * step, blur_em=0.0)
            for step in range(1, 9)
        ],
    ),
    "basics.tape": TextStyle(
        families=["Barlow Condensed", "Noto Sans SC"],
        size="7.5%",
        min_size="3.4%",
        weight=700,
        line_height=1.3,
        color="#ffffff",
        plate=PlateStyle(fill="#141414f2", pad_x_em=0.3, pad_y_em=0.08, radius_em=0.0, lines=True),
    ),
    "basics.seal": TextStyle(
        families=["Outfit", "Noto Sans SC"],
        size="5.4%",
        min_size="2.4%",
        weight=700,
        letter_spacing_em=0.12,
        uppercase=True,
        arc=180,
        stroke=_EDGE,
        shadow=_SOFT,
    ),
    "basics.chrome": TextStyle(
        families=["Syne", "Noto Sans SC"],
        size="13%",
        min_size="5%",
        weight=800,
        line_height=1.05,
        uppercase=True,
        color=GradientStyle(
            colors=["#ffffff", "#cfd8e6", "#5a6b85", "#e9f0fa", "#aebbd0"], stops=[0.0, 0.42, 0.52, 0.6, 1.0]
        ),
        stroke=StrokeStyle(color="#20283a", width_em=0.05),
        shadow=_SOFT,
    ),
}
"""Text styles by name."""
