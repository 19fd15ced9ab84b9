-- What became of finished videos where they were shown. A row stands for `count` happenings of one kind; what is told
-- twice is known by `key`, a hash of owner and sender's id. There is no index: it would take gigabytes at ten million
-- rows, and a batch is compared with the whole column in a few hundredths of a second.
CREATE TABLE events (
    key        UBIGINT NOT NULL,
    production VARCHAR NOT NULL,
    kind       VARCHAR NOT NULL,
    at_s       DOUBLE NOT NULL,
    day        DATE NOT NULL,
    platform   VARCHAR NOT NULL,
    viewer     UBIGINT,
    count      BIGINT NOT NULL,
    watched_s  DOUBLE,
    share      DOUBLE,
    value      DOUBLE NOT NULL,
    currency   VARCHAR NOT NULL
);

-- The same added up, kept with every commit that adds events: whoever asks for all of it does not read ten million rows.
-- `first_currency` and `last_currency` differ where money is of several currencies.
CREATE TABLE event_sums (
    production     VARCHAR PRIMARY KEY,
    views          BIGINT NOT NULL,
    plays          BIGINT NOT NULL,
    completions    BIGINT NOT NULL,
    clicks         BIGINT NOT NULL,
    carts          BIGINT NOT NULL,
    orders         BIGINT NOT NULL,
    watched_s      DOUBLE NOT NULL,
    value          DOUBLE NOT NULL,
    first_currency VARCHAR,
    last_currency  VARCHAR
);

CREATE TABLE event_days (
    day            DATE NOT NULL,
    owner          VARCHAR NOT NULL,
    views          BIGINT NOT NULL,
    plays          BIGINT NOT NULL,
    completions    BIGINT NOT NULL,
    clicks         BIGINT NOT NULL,
    carts          BIGINT NOT NULL,
    orders         BIGINT NOT NULL,
    watched_s      DOUBLE NOT NULL,
    value          DOUBLE NOT NULL,
    first_currency VARCHAR,
    last_currency  VARCHAR,
    PRIMARY KEY (day, owner)
);

-- Wilson's interval for a rate at 95 of 100; the rate itself lies within it also at 0 and 1.
CREATE MACRO rate_of(hits, tries) AS
    CASE WHEN tries > 0 THEN least(hits, tries) / tries END;

CREATE MACRO wilson_low(hits, tries) AS
    CASE WHEN tries > 0 THEN greatest(0.0,
        (least(hits, tries) / tries + 1.9207294 / tries
         - 1.959964 * sqrt(least(hits, tries) / tries * (1 - least(hits, tries) / tries) / tries
                           + 0.9603647 / (1.0 * tries * tries)))
        / (1 + 3.8414588 / tries)) END;

CREATE MACRO wilson_high(hits, tries) AS
    CASE WHEN tries > 0 THEN least(1.0,
        (least(hits, tries) / tries + 1.9207294 / tries
         + 1.959964 * sqrt(least(hits, tries) / tries * (1 - least(hits, tries) / tries) / tries
                           + 0.9603647 / (1.0 * tries * tries)))
        / (1 + 3.8414588 / tries)) END;

CREATE MACRO rates(views, plays, completions, clicks, carts, orders) AS struct_pack(
    play_rate := rate_of(plays, views),
    play_rate_low := wilson_low(plays, views),
    play_rate_high := wilson_high(plays, views),
    completion_rate := rate_of(completions, plays),
    completion_rate_low := wilson_low(completions, plays),
    completion_rate_high := wilson_high(completions, plays),
    ctr := rate_of(clicks, plays),
    ctr_low := wilson_low(clicks, plays),
    ctr_high := wilson_high(clicks, plays),
    cart_rate := rate_of(carts, clicks),
    cart_rate_low := wilson_low(carts, clicks),
    cart_rate_high := wilson_high(carts, clicks),
    order_rate := rate_of(orders, clicks),
    order_rate_low := wilson_low(orders, clicks),
    order_rate_high := wilson_high(orders, clicks)
);

-- Sums of events since a day (UTC), by production. What is asked since 2000 or before is asked of all events.
CREATE MACRO event_totals(since) AS TABLE
SELECT * FROM event_sums WHERE since <= DATE '2000-01-01'
UNION ALL
SELECT
    production,
    coalesce(sum(count) FILTER (kind = 'view'), 0)::BIGINT     AS views,
    coalesce(sum(count) FILTER (kind = 'play'), 0)::BIGINT     AS plays,
    coalesce(sum(count) FILTER (kind = 'complete'), 0)::BIGINT AS completions,
    coalesce(sum(count) FILTER (kind = 'click'), 0)::BIGINT    AS clicks,
    coalesce(sum(count) FILTER (kind = 'cart'), 0)::BIGINT     AS carts,
    coalesce(sum(count) FILTER (kind = 'order'), 0)::BIGINT    AS orders,
    coalesce(sum(watched_s * count), 0)                        AS watched_s,
    sum(value)                                                 AS value,
    min(nullif(currency, ''))                                  AS first_currency,
    max(nullif(currency, ''))                                  AS last_currency
FROM events
WHERE since > DATE '2000-01-01' AND day >= since
GROUP BY production;

-- Revenue is told where all of it is in one currency; `currencies` says which there are, two at the most.
CREATE MACRO performance_of(whose, since) AS TABLE
WITH totals AS MATERIALIZED (
    SELECT p.owner, p.template, p.script, p.category, p.product, t.*
    FROM event_totals(since) t JOIN productions p USING (production)
    WHERE whose IS NULL OR p.owner = whose
),
named AS (
    SELECT 'template' AS dimension, split_part(template, '@', 1) AS name, * FROM totals
    UNION ALL SELECT 'template version', template, * FROM totals
    UNION ALL SELECT 'script', split_part(script, '@', 1), * FROM totals WHERE script <> ''
    UNION ALL SELECT 'category', category, * FROM totals WHERE category <> ''
    UNION ALL SELECT 'product', product, * FROM totals WHERE product <> ''
    UNION ALL SELECT 'owner', owner, * FROM totals
    UNION ALL SELECT 'production', production, * FROM totals
    UNION ALL SELECT part.kind, part.name, totals.* FROM totals JOIN production_parts part USING (production)
),
summed AS (
    SELECT
        dimension,
        name,
        count(*)                       AS productions,
        sum(views)::BIGINT             AS views,
        sum(plays)::BIGINT             AS plays,
        sum(completions)::BIGINT       AS completions,
        sum(clicks)::BIGINT            AS clicks,
        sum(carts)::BIGINT             AS carts,
        sum(orders)::BIGINT            AS orders,
        sum(watched_s)                 AS watched_s,
        CASE WHEN min(first_currency) IS NOT DISTINCT FROM max(last_currency) THEN sum(value) END AS revenue,
        CASE WHEN min(first_currency) IS NULL THEN ''
             WHEN min(first_currency) = max(last_currency) THEN min(first_currency)
             ELSE min(first_currency) || ', ' || max(last_currency) END AS currencies
    FROM named GROUP BY dimension, name
)
SELECT *, revenue / nullif(plays, 0) AS revenue_per_play, unnest(rates(views, plays, completions, clicks, carts, orders))
FROM summed;

CREATE MACRO days_of(whose, since) AS TABLE
WITH summed AS (
    SELECT
        day,
        sum(views)::BIGINT             AS views,
        sum(plays)::BIGINT             AS plays,
        sum(completions)::BIGINT       AS completions,
        sum(clicks)::BIGINT            AS clicks,
        sum(carts)::BIGINT             AS carts,
        sum(orders)::BIGINT            AS orders,
        sum(watched_s)                 AS watched_s,
        CASE WHEN min(first_currency) IS NOT DISTINCT FROM max(last_currency) THEN sum(value) END AS revenue,
        CASE WHEN min(first_currency) IS NULL THEN ''
             WHEN min(first_currency) = max(last_currency) THEN min(first_currency)
             ELSE min(first_currency) || ', ' || max(last_currency) END AS currencies
    FROM event_days
    WHERE day >= since AND (whose IS NULL OR owner = whose)
    GROUP BY day
)
SELECT *, revenue / nullif(plays, 0) AS revenue_per_play, unnest(rates(views, plays, completions, clicks, carts, orders))
FROM summed;

-- Which template works for which category: place 1 has the highest lower end of the CTR.
CREATE MACRO template_categories_of(whose, since) AS TABLE
WITH summed AS (
    SELECT
        p.category,
        split_part(p.template, '@', 1) AS template,
        count(DISTINCT t.production)   AS productions,
        sum(t.plays)::BIGINT           AS plays,
        sum(t.clicks)::BIGINT          AS clicks,
        sum(t.orders)::BIGINT          AS orders
    FROM event_totals(since) t JOIN productions p USING (production)
    WHERE p.category <> '' AND (whose IS NULL OR p.owner = whose)
    GROUP BY ALL
)
SELECT
    *,
    rate_of(clicks, plays)     AS ctr,
    wilson_low(clicks, plays)  AS ctr_low,
    wilson_high(clicks, plays) AS ctr_high,
    row_number() OVER (PARTITION BY category ORDER BY wilson_low(clicks, plays) DESC NULLS LAST, template) AS place
FROM summed;

-- From being shown to being bought; each step against the one that it can follow from.
CREATE MACRO funnel_of(whose, since) AS TABLE
WITH totals AS (
    SELECT coalesce(sum(t.views), 0) AS views, coalesce(sum(t.plays), 0) AS plays,
           coalesce(sum(t.completions), 0) AS completions, coalesce(sum(t.clicks), 0) AS clicks,
           coalesce(sum(t.carts), 0) AS carts, coalesce(sum(t.orders), 0) AS orders
    FROM event_days t
    WHERE t.day >= since AND (whose IS NULL OR t.owner = whose)
),
steps AS (
    SELECT 1 AS place, 'views' AS step, '' AS after, views AS count, NULL::HUGEINT AS before FROM totals
    UNION ALL SELECT 2, 'plays', 'views', plays, views FROM totals
    UNION ALL SELECT 3, 'completions', 'plays', completions, plays FROM totals
    UNION ALL SELECT 4, 'clicks', 'plays', clicks, plays FROM totals
    UNION ALL SELECT 5, 'carts', 'clicks', carts, clicks FROM totals
    UNION ALL SELECT 6, 'orders', 'clicks', orders, clicks FROM totals
)
SELECT place, step, count::BIGINT AS count, after, rate_of(count, before) AS rate,
       wilson_low(count, before) AS low, wilson_high(count, before) AS high
FROM steps ORDER BY place;

CREATE VIEW performance AS SELECT * FROM performance_of(NULL, DATE '1970-01-01');

CREATE VIEW performance_by_template AS
SELECT * EXCLUDE (dimension) RENAME (name AS template) FROM performance_of(NULL, DATE '1970-01-01') WHERE dimension = 'template';

CREATE VIEW performance_by_script AS
SELECT * EXCLUDE (dimension) RENAME (name AS script) FROM performance_of(NULL, DATE '1970-01-01') WHERE dimension = 'script';

CREATE VIEW performance_by_element AS
SELECT * RENAME (dimension AS kind, name AS element) FROM performance_of(NULL, DATE '1970-01-01')
WHERE dimension IN ('transition', 'effect', 'layout', 'music');

CREATE VIEW performance_by_asset AS
SELECT * EXCLUDE (dimension) RENAME (name AS sha256) FROM performance_of(NULL, DATE '1970-01-01') WHERE dimension = 'asset';

CREATE VIEW performance_by_owner AS
SELECT * EXCLUDE (dimension) RENAME (name AS owner) FROM performance_of(NULL, DATE '1970-01-01') WHERE dimension = 'owner';

CREATE VIEW performance_by_category AS
SELECT * EXCLUDE (dimension) RENAME (name AS category) FROM performance_of(NULL, DATE '1970-01-01') WHERE dimension = 'category';

CREATE VIEW performance_by_production AS
SELECT * EXCLUDE (dimension) RENAME (name AS production) FROM performance_of(NULL, DATE '1970-01-01') WHERE dimension = 'production';

CREATE VIEW performance_by_day AS SELECT * FROM days_of(NULL, DATE '1970-01-01') ORDER BY day;

CREATE VIEW template_categories AS SELECT * FROM template_categories_of(NULL, DATE '1970-01-01') ORDER BY category, place;

CREATE VIEW funnel AS SELECT * FROM funnel_of(NULL, DATE '1970-01-01');

-- What runs cost by the plugins that took part; a run that used two counts for both.
CREATE VIEW plugin_runs AS
SELECT
    u.plugin,
    u.version,
    count(*) FILTER (r.state = 'done')                                  AS videos,
    count(*) FILTER (r.state = 'failed')                                AS failures,
    avg(r.cpu_s) FILTER (r.state = 'done')                              AS cpu_s_per_video,
    avg(r.wall_s) FILTER (r.state = 'done')                             AS wall_s_per_video,
    sum(r.composite_s) / nullif(sum(r.frames), 0)                       AS composite_s_per_frame
FROM run_plugins u JOIN runs r USING (job_id, finished_at_s)
GROUP BY u.plugin, u.version
ORDER BY videos DESC, u.plugin, u.version;

-- Each day's videos against the goal.
CREATE VIEW target_days AS
SELECT
    day,
    videos,
    failures,
    60000                                        AS target,
    videos / 60000                               AS share,
    cpu_s_per_video,
    60000 * cpu_s_per_video / 86400              AS cores_for_target
FROM days;
