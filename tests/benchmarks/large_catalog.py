"""A catalog of any size, made by SQL: shops, assets, works, productions and events as they are spread in practice."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from duckdb import DuckDBPyConnection

from farm_catalog import words
from farm_catalog.catalog import Catalog
from farm_catalog.events import sum_anew

PLATFORMS: Final = ("douyin", "kuaishou", "xiaohongshu", "tiktok", "shopee")
GOODS: Final = (
    ("watch", "手表 腕表 watch"), ("shoes", "鞋子 运动鞋 sneaker"), ("dress", "连衣裙 dress"), ("lamp", "台灯 lamp"),
    ("phone", "手机 phone"), ("bag", "包包 handbag"), ("skincare", "面霜 serum"), ("snacks", "零食 snack"),
    ("sofa", "沙发 sofa"), ("headphones", "耳机 headphones"), ("toys", "玩具 toy"), ("kitchen", "厨具 pan"),
)  # fmt: skip
COLOURS: Final = ("红色 red", "蓝色 blue", "金色 gold", "黑色 black", "白色 white", "绿色 green", "粉色 pink")
TEMPLATES: Final = (
    "story.clean", "story.bold", "story.price", "story.soft", "story.dark", "story.split", "story.grid", "story.frame",
)  # fmt: skip
TRANSITIONS: Final = ("basics.fade", "basics.slide", "basics.zoom", "basics.wipe")
EFFECTS: Final = ("basics.look", "basics.glow", "basics.grain")
MUSIC: Final = ("calm", "upbeat", "warm", "drive")
NOW_S: Final = 1_790_000_000
SPAN_S: Final = 60 * 86_400


def make(path: Path, *, assets: int, events: int) -> None:
    """Write a catalog; the same numbers give the same rows.

    A tenth as many works and productions as assets; a shop in 400 assets; plays by a power law over productions.
    """
    with Catalog.open(path) as catalog:
        catalog.writer.write(lambda connection: _assets(connection, assets))
        catalog.writer.write(lambda connection: _words(connection))
        catalog.writer.write(lambda connection: _works(connection, max(assets // 10, 20), assets))
        made = max(assets // 5, 40)
        catalog.writer.write(lambda connection: _productions(connection, made, assets))
        catalog.writer.write(lambda connection: _runs(connection))
        step = 2_000_000
        for first in range(0, events, step):
            last = min(first + step, events)
            catalog.writer.write(
                lambda connection, first=first, last=last: _events(connection, first, last, made, events)
            )
        catalog.writer.write(sum_anew)
        catalog.writer.write(words.index)
        catalog.writer.alone(lambda connection: connection.execute("CHECKPOINT"))


def listed(names: tuple[str, ...]) -> str:
    """Return names as an SQL list."""
    return "[" + ", ".join(f"'{name}'" for name in names) + "]"


def _assets(connection: DuckDBPyConnection, count: int) -> None:
    connection.execute(f"""
        CREATE TEMP TABLE seeds AS
        SELECT i, sha256(i::VARCHAR) AS sha256, (hash(i, 1) % 1000)::INTEGER AS u,
               (hash(i, 2) % 1000)::INTEGER AS v, (hash(i, 3) % 1000)::INTEGER AS w,
               'shop-' || lpad((hash(i // 8, 4) % greatest({count} // 400, 1))::VARCHAR, 4, '0') AS shop,
               1 + (hash(i // 8, 5) % {len(GOODS)})::INTEGER AS goods,
               1 + (hash(i, 6) % {len(COLOURS)})::INTEGER AS colour
        FROM range({count}) AS t(i)
    """)
    connection.execute(f"""
        INSERT INTO assets
        SELECT sha256, CASE WHEN u < 820 THEN 'image' WHEN u < 970 THEN 'video' ELSE 'audio' END,
               CASE WHEN u >= 970 THEN 0 WHEN v < 500 THEN 1080 ELSE 1920 END,
               CASE WHEN u >= 970 THEN 0 WHEN v < 300 THEN 1920 ELSE 1080 END,
               CASE WHEN u < 820 THEN 0 ELSE 3 + w / 30 END, CASE WHEN u < 820 THEN '0' ELSE '30' END,
               u >= 820, w < 30, 200000 + 3000 * v, CASE WHEN w = 999 THEN 'damaged' ELSE 'ready' END, '',
               {NOW_S} - {SPAN_S} + i * {SPAN_S}::DOUBLE / {count}, {NOW_S}
        FROM seeds ORDER BY i
    """)
    connection.execute(f"""
        INSERT INTO holdings
        SELECT sha256, CASE WHEN w < 10 THEN 'official' ELSE shop END,
               split_part({listed(tuple(text for _, text in GOODS))}[goods], ' ', 1) || ' '
                   || split_part({listed(COLOURS)}[colour], ' ', 1) || ' ' || i || '.jpg',
               [{listed(tuple(name for name, _ in GOODS))}[goods], split_part({listed(COLOURS)}[colour], ' ', 2)],
               '', '', 'sku-' || (i // 8), {NOW_S} - {SPAN_S} + i * {SPAN_S}::DOUBLE / {count}
        FROM seeds ORDER BY i
    """)
    connection.execute("""
        INSERT INTO findings
        SELECT sha256, 'quality', 1, '{"sharpness": 0.5}', '', '', 0.05 FROM seeds ORDER BY i
    """)
    facts = ("sharpness", "exposure", "noise", "contrast", "saturation", "width", "entropy", "motion")
    connection.execute(f"""
        INSERT INTO asset_facts
        SELECT sha256, 'quality', name, (hash(i, name) % 1000) / 1000, NULL
        FROM seeds CROSS JOIN (SELECT unnest({listed(facts)}) AS name) ORDER BY i, name
    """)
    connection.execute("""
        INSERT INTO asset_tags SELECT sha256, 'palette', ['warm', 'cool', 'plain'][1 + v % 3] FROM seeds ORDER BY i
    """)
    connection.execute("""
        INSERT INTO asset_files
        SELECT sha256, 'preview', name, sha256(sha256 || name), '.jpg'
        FROM seeds CROSS JOIN (SELECT unnest(['thumbnail', 'poster']) AS name) ORDER BY i, name
    """)
    connection.execute("""
        INSERT INTO slices
        SELECT sha256, 'shots', part, part * 2.0, part * 2.0 + 2, (part * 2)::VARCHAR, (part * 2 + 2)::VARCHAR, '', '{}'
        FROM seeds CROSS JOIN range(3) AS t(part) WHERE u BETWEEN 820 AND 969 ORDER BY i, part
    """)


def _words(connection: DuckDBPyConnection) -> None:
    """Write words as the catalog would: jieba cuts these names at the spaces that they are put together with."""
    connection.execute("""
        INSERT INTO words
        SELECT sha256 || '/' || owner, sha256, owner,
               replace(lower(name), '.', ' ') || ' ' || replace(product, '-', ' '), array_to_string(tags, ' '), '',
               regexp_replace(name, '[ -~]', '', 'g')
        FROM holdings ORDER BY added_at_s
    """)


def _works(connection: DuckDBPyConnection, count: int, assets: int) -> None:
    connection.execute(f"""
        INSERT INTO works
        SELECT 'w' || lpad(i::VARCHAR, 9, '0'),
               'shop-' || lpad((hash(i, 4) % greatest({count} // 40, 1))::VARCHAR, 4, '0'), 'work ' || i, 2,
               {NOW_S} - {SPAN_S} + i * {SPAN_S}::DOUBLE / {count}, ''
        FROM range({count}) AS t(i)
    """)
    connection.execute(f"""
        INSERT INTO work_versions
        SELECT 'w' || lpad(i::VARCHAR, 9, '0'), version, version - 1, '{{"name": "work ' || i || '"}}', '', {NOW_S}
        FROM range({count}) AS t(i) CROSS JOIN (SELECT unnest([1, 2]) AS version) ORDER BY i, version
    """)
    connection.execute(f"""
        INSERT INTO work_assets
        SELECT DISTINCT 'w' || lpad(t.i::VARCHAR, 9, '0'), s.sha256
        FROM range({count}) AS t(i) CROSS JOIN range(5) AS p(part)
        JOIN seeds s ON s.i = (hash(t.i, p.part) % {assets})::BIGINT
    """)


def _productions(connection: DuckDBPyConnection, count: int, assets: int) -> None:
    connection.execute(f"""
        CREATE TEMP TABLE made AS
        SELECT i, substr(sha256('p' || i), 1, 16) AS production,
               'shop-' || lpad((hash(i // 5, 4) % greatest({assets} // 400, 1))::VARCHAR, 4, '0') AS shop,
               1 + (hash(i // 5, 5) % {len(GOODS)})::INTEGER AS goods,
               1 + (hash(i, 6) % {len(TEMPLATES)})::INTEGER AS template,
               {NOW_S} - {SPAN_S} + i * {SPAN_S}::DOUBLE / {count} AS at_s
        FROM range({count}) AS t(i)
    """)
    connection.execute(f"""
        INSERT INTO productions
        SELECT production, shop, 'w' || lpad((i // 2)::VARCHAR, 9, '0'), 1, 'video ' || i,
               {listed(TEMPLATES)}[template] || '@1', 'retail.' || (hash(i, 7) % 60) || '@1',
               {listed(tuple(name for name, _ in GOODS))}[goods], 'sku-' || (i // 5),
               {listed(PLATFORMS)}[1 + (hash(i, 8) % {len(PLATFORMS)})::INTEGER], '', 'done', at_s, at_s + 40,
               sha256('v' || i), '', NULL, 450, 15, 3000000, '', '0.1.0'
        FROM made ORDER BY i
    """)
    for kind, names, salt in (("transition", TRANSITIONS, 11), ("effect", EFFECTS, 12), ("music", MUSIC, 13)):
        connection.execute(f"""
            INSERT INTO production_parts
            SELECT production, '{kind}', {listed(names)}[1 + (hash(i, {salt}) % {len(names)})::INTEGER]
            FROM made ORDER BY i
        """)
    connection.execute(f"""
        INSERT INTO production_parts
        SELECT DISTINCT m.production, 'asset', s.sha256
        FROM made m CROSS JOIN range(5) AS p(part) JOIN seeds s ON s.i = ((m.i * 5 + p.part) % {assets})::BIGINT
    """)


def _runs(connection: DuckDBPyConnection) -> None:
    connection.execute("""
        INSERT INTO runs
        SELECT production, at_s + 40, CASE WHEN hash(i, 20) % 500 = 0 THEN 'failed' ELSE 'done' END, 'video ' || i,
               'timeline', 'work', 'libx264', at_s, 2 + hash(i, 21) % 20, 20 + hash(i, 22) % 40,
               450, 15, 720, 1280, 3000000,
               -14, sha256('v' || i), '', '', '', 0.4, 0.5, 4.2, 5.3 + (hash(i, 23) % 100) / 100,
               'node-' || (hash(i, 24) % 6), 0, ''
        FROM made ORDER BY i
    """)
    connection.execute("""
        INSERT INTO run_segments
        SELECT production, at_s + 40, part, substr(sha256(production || part), 1, 32), 150, 900000,
               hash(i, part) % 4 = 0,
               0.1, 0.15, 1.4, 1.7, 'node-' || (hash(i, part, 24) % 6)
        FROM made CROSS JOIN range(3) AS t(part) ORDER BY i, part
    """)
    connection.execute(
        "INSERT INTO run_plugins SELECT production, at_s + 40, 'farm_basics', '0.1.0' FROM made"
    )


def _events(connection: DuckDBPyConnection, first: int, last: int, productions: int, count: int) -> None:
    """Add events in the order of their arrival: nine of ten within the hour, the others days late."""
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE happened AS
        SELECT i, (hash(i, 30) % 1000000) / 1e6 AS u, (hash(i, 31) % 1000000) / 1e6 AS v,
               -- A power law: few videos have most of the plays.
               floor({productions} * pow((hash(i, 32) % 1000000) / 1e6, 3))::BIGINT AS rank,
               {NOW_S} - {SPAN_S} + i * {SPAN_S}::DOUBLE / {count}
                   - CASE WHEN hash(i, 33) % 10 = 0 THEN 86400 * (hash(i, 34) % 300) / 100 ELSE 0 END AS at_s
        FROM range({first}, {last}) AS t(i)
    """)
    # How much a template pulls depends on the goods: from 2 to 8 clicks in 100 plays.
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE arrived AS
        SELECT h.i, h.u, h.v, h.at_s, m.production, m.shop,
               0.36 * (0.02 + 0.06 * ((hash(m.template, m.goods, 39) % 1000) / 1000)) AS pull
        FROM happened h JOIN made m ON m.i = (hash(h.rank, 38) % {productions})::BIGINT
    """)
    connection.execute(f"""
        INSERT INTO events
        SELECT md5_number_lower(shop || chr(0) || 'e' || i), production, kind, at_s, to_timestamp(at_s)::DATE,
               {listed(PLATFORMS)}[1 + (hash(i, 35) % {len(PLATFORMS)})::INTEGER],
               CASE WHEN hash(i, 36) % 3 = 0 THEN hash(i // 7, 37) END, 1,
               CASE WHEN kind IN ('play', 'complete') THEN 15 * v END, NULL,
               CASE WHEN kind = 'order' THEN round(20 + 300 * v, 2) ELSE 0 END,
               CASE WHEN kind = 'order' THEN 'CNY' ELSE '' END
        FROM (
            SELECT *, CASE WHEN u < 0.52 THEN 'view' WHEN u < 0.88 THEN 'play' WHEN u < 0.88 + pull THEN 'click'
                           WHEN u < 0.88 + pull * 1.25 THEN 'cart' WHEN u < 0.88 + pull * 1.35 THEN 'order'
                           WHEN u < 0.975 THEN 'complete' ELSE 'play' END AS kind
            FROM arrived
        )
        ORDER BY i
    """)
