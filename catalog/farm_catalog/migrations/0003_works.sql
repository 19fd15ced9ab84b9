-- Scripts and templates that users keep; each save is a row.
CREATE TABLE script_versions (
    name       VARCHAR NOT NULL,
    owner      VARCHAR NOT NULL,
    version    INTEGER NOT NULL,
    document   JSON NOT NULL,
    author     VARCHAR NOT NULL,
    saved_at_s DOUBLE NOT NULL,
    removed    BOOLEAN NOT NULL,
    PRIMARY KEY (name, owner, version)
);

CREATE TABLE template_versions (
    name       VARCHAR NOT NULL,
    owner      VARCHAR NOT NULL,
    version    INTEGER NOT NULL,
    document   JSON NOT NULL,
    author     VARCHAR NOT NULL,
    saved_at_s DOUBLE NOT NULL,
    removed    BOOLEAN NOT NULL,
    PRIMARY KEY (name, owner, version)
);

-- Works: a user's projects. `head` is the version that is worked on; undo and redo move it.
CREATE TABLE works (
    work_id    VARCHAR PRIMARY KEY,
    owner      VARCHAR NOT NULL,
    name       VARCHAR NOT NULL,
    head       INTEGER NOT NULL,
    made_at_s  DOUBLE NOT NULL,
    origin     VARCHAR NOT NULL
);

CREATE TABLE work_versions (
    work_id    VARCHAR NOT NULL,
    version    INTEGER NOT NULL,
    parent     INTEGER NOT NULL,
    document   JSON NOT NULL,
    note       VARCHAR NOT NULL,
    saved_at_s DOUBLE NOT NULL,
    PRIMARY KEY (work_id, version)
);

-- Which assets the versions of a work use, each once.
CREATE TABLE work_assets (
    work_id VARCHAR NOT NULL,
    sha256  VARCHAR NOT NULL,
    PRIMARY KEY (work_id, sha256)
);

-- Finished videos that came of works: what they were made of, so that they can be made again.
CREATE TABLE productions (
    production  VARCHAR PRIMARY KEY,
    owner       VARCHAR NOT NULL,
    work_id     VARCHAR NOT NULL,
    version     INTEGER NOT NULL,
    name        VARCHAR NOT NULL,
    template    VARCHAR NOT NULL,
    script      VARCHAR NOT NULL,
    category    VARCHAR NOT NULL,
    product     VARCHAR NOT NULL,
    platform    VARCHAR NOT NULL,
    document    VARCHAR NOT NULL,
    state       VARCHAR NOT NULL,
    asked_at_s  DOUBLE NOT NULL,
    ended_at_s  DOUBLE,
    sha256      VARCHAR NOT NULL,
    cover       VARCHAR NOT NULL,
    report      JSON,
    frames      BIGINT NOT NULL,
    duration_s  DOUBLE NOT NULL,
    size_bytes  BIGINT NOT NULL,
    message     VARCHAR NOT NULL,
    farm        VARCHAR NOT NULL
);

-- What a production was made of: its assets and elements, each once.
CREATE TABLE production_parts (
    production VARCHAR NOT NULL,
    kind       VARCHAR NOT NULL,
    name       VARCHAR NOT NULL
);
