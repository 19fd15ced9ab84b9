-- Runs: one row for each job that has ended.
CREATE TABLE runs (
    job_id         VARCHAR NOT NULL,
    finished_at_s  DOUBLE NOT NULL,
    state          VARCHAR NOT NULL,
    name           VARCHAR NOT NULL,
    template       VARCHAR NOT NULL,
    source         VARCHAR NOT NULL,
    encoder        VARCHAR NOT NULL,
    submitted_at_s DOUBLE NOT NULL,
    wait_s         DOUBLE NOT NULL,
    wall_s         DOUBLE NOT NULL,
    frames         BIGINT NOT NULL,
    duration_s     DOUBLE NOT NULL,
    width_px       INTEGER NOT NULL,
    height_px      INTEGER NOT NULL,
    size_bytes     BIGINT NOT NULL,
    loudness_lufs  DOUBLE,
    sha256         VARCHAR NOT NULL,
    video          VARCHAR NOT NULL,
    cover          VARCHAR NOT NULL,
    report         VARCHAR NOT NULL,
    decode_s       DOUBLE NOT NULL,
    composite_s    DOUBLE NOT NULL,
    encode_s       DOUBLE NOT NULL,
    cpu_s          DOUBLE NOT NULL,
    node           VARCHAR NOT NULL,
    retries        INTEGER NOT NULL,
    message        VARCHAR NOT NULL,
    PRIMARY KEY (job_id, finished_at_s)
);

-- The segments that a run had when it ended; a reused one cost this run nothing.
CREATE TABLE run_segments (
    job_id        VARCHAR NOT NULL,
    finished_at_s DOUBLE NOT NULL,
    index         INTEGER NOT NULL,
    key           VARCHAR NOT NULL,
    frames        INTEGER NOT NULL,
    size_bytes    BIGINT NOT NULL,
    reused        BOOLEAN NOT NULL,
    decode_s      DOUBLE NOT NULL,
    composite_s   DOUBLE NOT NULL,
    encode_s      DOUBLE NOT NULL,
    cpu_s         DOUBLE NOT NULL,
    node          VARCHAR NOT NULL
);

CREATE TABLE run_plugins (
    job_id        VARCHAR NOT NULL,
    finished_at_s DOUBLE NOT NULL,
    plugin        VARCHAR NOT NULL,
    version       VARCHAR NOT NULL
);

CREATE TABLE run_warnings (
    job_id        VARCHAR NOT NULL,
    finished_at_s DOUBLE NOT NULL,
    warning       VARCHAR NOT NULL
);

-- What the farm made and what it cost, day by day (UTC).
CREATE VIEW days AS
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
ORDER BY day;

-- What each template costs.
CREATE VIEW templates AS
SELECT
    template,
    count(*) FILTER (state = 'done')   AS videos,
    count(*) FILTER (state = 'failed') AS failures,
    avg(cpu_s) FILTER (state = 'done') AS cpu_s_per_video,
    avg(wall_s) FILTER (state = 'done') AS wall_s_per_video
FROM runs
GROUP BY template
ORDER BY videos DESC, template;

-- Where CPU goes, machine by machine.
CREATE VIEW nodes AS
SELECT
    node,
    count(*) FILTER (NOT reused)                                    AS segments,
    sum(frames) FILTER (NOT reused)                                 AS frames,
    sum(cpu_s)                                                      AS cpu_s,
    sum(frames) FILTER (NOT reused) / nullif(sum(cpu_s), 0)         AS frames_per_core_s
FROM run_segments
GROUP BY node
ORDER BY node;
