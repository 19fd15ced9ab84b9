"""The journal's schema: one migration script per version, each building on the previous one."""

from __future__ import annotations

from typing import Final

_JOBS: Final = """
CREATE TABLE jobs (
    serial          INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id          TEXT NOT NULL UNIQUE,
    idempotency_key TEXT UNIQUE,
    document        TEXT NOT NULL,
    source          TEXT NOT NULL,
    priority        INTEGER NOT NULL,
    options         TEXT NOT NULL,
    state           TEXT NOT NULL,
    cause           TEXT NOT NULL,
    message         TEXT NOT NULL DEFAULT '',
    problems        TEXT NOT NULL DEFAULT '[]',
    video           TEXT NOT NULL DEFAULT '',
    cover           TEXT NOT NULL DEFAULT '',
    report          TEXT NOT NULL DEFAULT '',
    summary         TEXT NOT NULL DEFAULT '{}',
    accepted_s      REAL NOT NULL,
    changed_s       REAL NOT NULL
);
CREATE INDEX jobs_state ON jobs (state, serial);
CREATE TABLE events (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL REFERENCES jobs (job_id),
    state  TEXT NOT NULL,
    cause  TEXT NOT NULL,
    at_s   REAL NOT NULL
);
CREATE INDEX events_job ON events (job_id, serial)
"""

# SQLite cannot widen a UNIQUE column: the tables are recreated and filled from the old ones.
_TENANTS: Final = """
ALTER TABLE jobs RENAME TO old_jobs;
ALTER TABLE events RENAME TO old_events;
DROP INDEX jobs_state;
DROP INDEX events_job;
CREATE TABLE jobs (
    serial          INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id          TEXT NOT NULL UNIQUE,
    tenant          TEXT NOT NULL,
    idempotency_key TEXT,
    document        TEXT NOT NULL,
    source          TEXT NOT NULL,
    priority        INTEGER NOT NULL,
    tags            TEXT NOT NULL DEFAULT '[]',
    options         TEXT NOT NULL,
    webhook         TEXT NOT NULL DEFAULT '',
    batch_id        TEXT,
    batch_row       INTEGER,
    retry_of        TEXT,
    state           TEXT NOT NULL,
    cause           TEXT NOT NULL,
    message         TEXT NOT NULL DEFAULT '',
    problems        TEXT NOT NULL DEFAULT '[]',
    video           TEXT NOT NULL DEFAULT '',
    cover           TEXT NOT NULL DEFAULT '',
    report          TEXT NOT NULL DEFAULT '',
    summary         TEXT NOT NULL DEFAULT '{}',
    record          TEXT NOT NULL DEFAULT '',
    recorded        INTEGER NOT NULL DEFAULT 0,
    accepted_s      REAL NOT NULL,
    changed_s       REAL NOT NULL
);
CREATE UNIQUE INDEX jobs_key ON jobs (tenant, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX jobs_state ON jobs (state, serial);
CREATE INDEX jobs_tenant ON jobs (tenant, serial);
CREATE INDEX jobs_batch ON jobs (batch_id, batch_row) WHERE batch_id IS NOT NULL;
CREATE INDEX jobs_open ON jobs (tenant) WHERE state NOT IN ('done', 'failed', 'cancelled');
CREATE INDEX jobs_unrecorded ON jobs (serial) WHERE recorded = 0 AND record <> '';
CREATE TABLE events (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    kind   TEXT NOT NULL,
    job_id TEXT REFERENCES jobs (job_id),
    tenant TEXT NOT NULL,
    node   TEXT NOT NULL DEFAULT '',
    state  TEXT NOT NULL,
    cause  TEXT NOT NULL,
    at_s   REAL NOT NULL
);
CREATE INDEX events_job ON events (job_id, serial);
INSERT INTO jobs (serial, job_id, tenant, idempotency_key, document, source, priority, options, state, cause,
                  message, problems, video, cover, report, summary, recorded, accepted_s, changed_s)
    SELECT serial, job_id, 'default', idempotency_key, document, source, priority, options, state, cause,
           message, problems, video, cover, report, summary, 1, accepted_s, changed_s FROM old_jobs;
INSERT INTO events (serial, kind, job_id, tenant, state, cause, at_s)
    SELECT serial, 'state', job_id, 'default', state, cause, at_s FROM old_events;
DROP TABLE old_events;
DROP TABLE old_jobs;
CREATE TABLE tenants (
    tenant         TEXT PRIMARY KEY,
    weight         REAL NOT NULL DEFAULT 1,
    max_running    INTEGER,
    max_unfinished INTEGER,
    webhook_secret TEXT NOT NULL
);
CREATE TABLE keys (
    key_id     TEXT PRIMARY KEY,
    digest     TEXT NOT NULL UNIQUE,
    tenant     TEXT NOT NULL,
    role       TEXT NOT NULL,
    label      TEXT NOT NULL,
    created_s  REAL NOT NULL,
    revoked_s  REAL
);
CREATE TABLE batches (
    serial          INTEGER PRIMARY KEY AUTOINCREMENT,
    batch_id        TEXT NOT NULL UNIQUE,
    tenant          TEXT NOT NULL,
    idempotency_key TEXT,
    digest          TEXT NOT NULL,
    source          TEXT NOT NULL,
    template        TEXT NOT NULL,
    priority        INTEGER NOT NULL,
    options         TEXT NOT NULL,
    webhook         TEXT NOT NULL,
    cancelled       INTEGER NOT NULL DEFAULT 0,
    accepted_s      REAL NOT NULL
);
CREATE UNIQUE INDEX batches_key ON batches (tenant, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE TABLE batch_rows (
    batch_id  TEXT NOT NULL REFERENCES batches (batch_id),
    batch_row INTEGER NOT NULL,
    source    TEXT NOT NULL,
    document  TEXT NOT NULL,
    problems  TEXT NOT NULL,
    tries     INTEGER NOT NULL DEFAULT 0,
    job_id    TEXT,
    former    TEXT,
    PRIMARY KEY (batch_id, batch_row)
) WITHOUT ROWID;
CREATE INDEX batch_rows_waiting ON batch_rows (batch_id, batch_row) WHERE job_id IS NULL AND problems = '[]';
CREATE TABLE outbox (
    event_id   TEXT PRIMARY KEY,
    job_id     TEXT NOT NULL,
    tenant     TEXT NOT NULL,
    url        TEXT NOT NULL,
    body       TEXT NOT NULL,
    state      TEXT NOT NULL,
    tries      INTEGER NOT NULL DEFAULT 0,
    due_s      REAL NOT NULL,
    said       TEXT NOT NULL DEFAULT '',
    changed_s  REAL NOT NULL
);
CREATE INDEX outbox_due ON outbox (due_s) WHERE state = 'waiting';
CREATE TABLE orders (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
)
"""

# Indexes for the lookups that are frequent on a farm with millions of ended jobs.
_WITHDRAWN: Final = """
ALTER TABLE jobs ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0;
DROP INDEX jobs_open;
CREATE INDEX jobs_open ON jobs (tenant, state) WHERE state NOT IN ('done', 'failed', 'cancelled');
CREATE INDEX jobs_ended ON jobs (changed_s) WHERE state IN ('done', 'failed', 'cancelled');
CREATE INDEX events_tenant ON events (tenant, serial);
CREATE INDEX events_node ON events (at_s) WHERE job_id IS NULL;
CREATE INDEX outbox_job ON outbox (job_id)
"""

_ACCESS: Final = """
CREATE TABLE rendered (
    mark INTEGER PRIMARY KEY,
    at_s INTEGER NOT NULL
);
ALTER TABLE jobs ADD COLUMN hidden TEXT;
ALTER TABLE keys ADD COLUMN expires_s REAL;
ALTER TABLE tenants ADD COLUMN former_secret TEXT NOT NULL DEFAULT '';
ALTER TABLE tenants ADD COLUMN former_until_s REAL NOT NULL DEFAULT 0;
CREATE TABLE audit (
    serial  INTEGER PRIMARY KEY AUTOINCREMENT,
    at_s    REAL NOT NULL,
    key_id  TEXT NOT NULL,
    tenant  TEXT NOT NULL,
    role    TEXT NOT NULL,
    address TEXT NOT NULL,
    action  TEXT NOT NULL,
    target  TEXT NOT NULL,
    status  INTEGER NOT NULL
);
CREATE INDEX audit_at ON audit (at_s);
CREATE INDEX audit_key ON audit (key_id, serial);
CREATE INDEX audit_tenant ON audit (tenant, serial)
"""

_HALTS: Final = """
CREATE TABLE halts (
    serial  INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant  TEXT NOT NULL,
    began_s REAL NOT NULL,
    ended_s REAL
)
"""

# What is stored for each tenant, and what of it is still needed. `stored_sums` is maintained by triggers: quotas are
# checked on every upload, which would otherwise sum over a tenant's millions of rows each time. For unfinished jobs
# that predate this version, `media_named` extracts the media from their documents.
_OWNERS: Final = """
CREATE TABLE owners (
    tenant     TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    noted_s    REAL NOT NULL,
    used_s     REAL NOT NULL,
    PRIMARY KEY (tenant, sha256)
) WITHOUT ROWID;
CREATE INDEX owners_media ON owners (sha256);
CREATE INDEX owners_used ON owners (tenant, used_s, size_bytes);
CREATE TABLE job_media (
    job_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (job_id, sha256)
) WITHOUT ROWID;
CREATE INDEX job_media_media ON job_media (sha256);
CREATE TABLE batch_media (
    batch_id TEXT NOT NULL,
    sha256   TEXT NOT NULL,
    PRIMARY KEY (batch_id, sha256)
) WITHOUT ROWID;
CREATE INDEX batch_media_media ON batch_media (sha256);
CREATE TABLE unneeded_media (
    sha256      TEXT PRIMARY KEY,
    since_s     REAL NOT NULL,
    condemned_s REAL
) WITHOUT ROWID;
CREATE INDEX unneeded_media_condemned ON unneeded_media (condemned_s) WHERE condemned_s IS NOT NULL;
CREATE TABLE production_files (
    job_id     TEXT PRIMARY KEY,
    tenant     TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    made_s     REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX production_files_made ON production_files (tenant, made_s, size_bytes);
CREATE TABLE stored_sums (
    tenant TEXT NOT NULL,
    kind   TEXT NOT NULL,
    items  INTEGER NOT NULL,
    bytes  INTEGER NOT NULL,
    PRIMARY KEY (tenant, kind)
) WITHOUT ROWID;
CREATE TRIGGER owner_added AFTER INSERT ON owners BEGIN
    INSERT INTO stored_sums VALUES (NEW.tenant, 'uploads', 1, NEW.size_bytes)
    ON CONFLICT DO UPDATE SET items = items + 1, bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER owner_gone AFTER DELETE ON owners BEGIN
    UPDATE stored_sums SET items = items - 1, bytes = bytes - OLD.size_bytes
    WHERE tenant = OLD.tenant AND kind = 'uploads';
END;
CREATE TRIGGER production_added AFTER INSERT ON production_files BEGIN
    INSERT INTO stored_sums VALUES (NEW.tenant, 'productions', 1, NEW.size_bytes)
    ON CONFLICT DO UPDATE SET items = items + 1, bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER production_gone AFTER DELETE ON production_files BEGIN
    UPDATE stored_sums SET items = items - 1, bytes = bytes - OLD.size_bytes
    WHERE tenant = OLD.tenant AND kind = 'productions';
END;
CREATE TABLE retention_rules (
    tenant    TEXT NOT NULL,
    kind      TEXT NOT NULL,
    days      REAL,
    bytes     INTEGER,
    keep_used INTEGER NOT NULL,
    PRIMARY KEY (tenant, kind)
) WITHOUT ROWID;
CREATE TABLE quotas (
    tenant           TEXT PRIMARY KEY,
    upload_bytes     INTEGER,
    assets           INTEGER,
    production_bytes INTEGER
) WITHOUT ROWID;
INSERT OR IGNORE INTO job_media (job_id, sha256)
    SELECT job_id, named.value FROM jobs, json_each(media_named(jobs.document)) AS named
    WHERE jobs.state NOT IN ('done', 'failed', 'cancelled');
INSERT OR IGNORE INTO batch_media (batch_id, sha256)
    SELECT batch_id, named.value FROM batch_rows, json_each(media_named(batch_rows.document)) AS named
    WHERE job_id IS NULL AND problems = '[]';
INSERT INTO production_files (job_id, tenant, size_bytes, made_s)
    SELECT job_id, tenant, coalesce(json_extract(summary, '$.production.size_bytes'), 0), changed_s FROM jobs
    WHERE state = 'done' AND video <> '';
"""

MIGRATIONS: Final = (_JOBS, _TENANTS, _WITHDRAWN, _ACCESS, _HALTS, _OWNERS)
"""Scripts by version; the first turns an empty file into version 1."""
