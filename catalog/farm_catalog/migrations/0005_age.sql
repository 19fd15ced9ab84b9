-- Sums of what left the catalog because of its age: days of runs whole, events by production and by day.
CREATE TABLE old_run_days (
    day        DATE PRIMARY KEY,
    videos     BIGINT NOT NULL,
    failures   BIGINT NOT NULL,
    frames     BIGINT NOT NULL,
    cpu_s      DOUBLE NOT NULL,
    wait_p95_s DOUBLE,
    wall_p95_s DOUBLE
);

CREATE TABLE old_event_sums (
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

CREATE TABLE old_event_days (
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

CREATE OR REPLACE VIEW days AS
SELECT
    make_timestamp(CAST(finished_at_s * 1000000 AS BIGINT))::DATE AS day,
    count(*) FILTER (state = 'done')                              AS videos,
    count(*) FILTER (state = 'failed')                            AS failures,
    sum(frames)                                                   AS frames,
    sum(cpu_s)                                                    AS cpu_s,
    sum(cpu_s) / nullif(count(*) FILTER (state = 'done'), 0)      AS cpu_s_per_video,
    quantile_cont(wait_s, 0.95)                                   AS wait_p95_s,
    quantile_cont(wall_s, 0.95)                                   AS wall_p95_s
FROM runs
GROUP BY day
UNION ALL
SELECT day, videos, failures, frames, cpu_s, cpu_s / nullif(videos, 0), wait_p95_s, wall_p95_s
FROM old_run_days
ORDER BY day;
