-- Assets: one row for each content, whoever holds it.
CREATE TABLE assets (
    sha256      VARCHAR PRIMARY KEY,
    kind        VARCHAR NOT NULL,
    width_px    INTEGER NOT NULL,
    height_px   INTEGER NOT NULL,
    duration_s  DOUBLE NOT NULL,
    rate        VARCHAR NOT NULL,
    has_sound   BOOLEAN NOT NULL,
    has_alpha   BOOLEAN NOT NULL,
    size_bytes  BIGINT NOT NULL,
    state       VARCHAR NOT NULL,
    problem     VARCHAR NOT NULL,
    added_at_s  DOUBLE NOT NULL,
    looked_at_s DOUBLE
);

-- Who holds an asset, and what they call it. What nobody holds and no work uses is swept.
CREATE TABLE holdings (
    sha256     VARCHAR NOT NULL,
    owner      VARCHAR NOT NULL,
    name       VARCHAR NOT NULL,
    tags       VARCHAR[] NOT NULL,
    licence    VARCHAR NOT NULL,
    source     VARCHAR NOT NULL,
    product    VARCHAR NOT NULL,
    added_at_s DOUBLE NOT NULL,
    PRIMARY KEY (sha256, owner)
);

-- What an analyser found, whole.
CREATE TABLE findings (
    sha256    VARCHAR NOT NULL,
    analyser  VARCHAR NOT NULL,
    version   INTEGER NOT NULL,
    findings  JSON NOT NULL,
    text      VARCHAR NOT NULL,
    problem   VARCHAR NOT NULL,
    cpu_s     DOUBLE NOT NULL,
    PRIMARY KEY (sha256, analyser)
);

-- What assets are searched by; numbers and words apart.
CREATE TABLE asset_facts (
    sha256   VARCHAR NOT NULL,
    analyser VARCHAR NOT NULL,
    name     VARCHAR NOT NULL,
    number   DOUBLE,
    word     VARCHAR
);

CREATE TABLE asset_tags (
    sha256   VARCHAR NOT NULL,
    analyser VARCHAR NOT NULL,
    tag      VARCHAR NOT NULL
);

-- Usable ranges of clips.
CREATE TABLE slices (
    sha256   VARCHAR NOT NULL,
    analyser VARCHAR NOT NULL,
    index    INTEGER NOT NULL,
    start_s  DOUBLE NOT NULL,
    stop_s   DOUBLE NOT NULL,
    start    VARCHAR NOT NULL,
    stop     VARCHAR NOT NULL,
    keyframe VARCHAR NOT NULL,
    facts    JSON NOT NULL
);

-- Pictures and data made of assets: a name that says what they are, and the blob that holds them.
CREATE TABLE asset_files (
    sha256   VARCHAR NOT NULL,
    analyser VARCHAR NOT NULL,
    name     VARCHAR NOT NULL,
    blob     VARCHAR NOT NULL,
    suffix   VARCHAR NOT NULL
);

CREATE TABLE fingerprints (
    sha256   VARCHAR NOT NULL,
    analyser VARCHAR NOT NULL,
    space    VARCHAR NOT NULL,
    at_s     DOUBLE NOT NULL,
    variant  VARCHAR NOT NULL,
    vector   FLOAT[] NOT NULL
);

-- The words of a holding, cut into tokens; what the full-text index is made of.
CREATE TABLE words (
    holding VARCHAR PRIMARY KEY,
    sha256  VARCHAR NOT NULL,
    owner   VARCHAR NOT NULL,
    names   VARCHAR NOT NULL,
    tags    VARCHAR NOT NULL,
    text    VARCHAR NOT NULL,
    signs   VARCHAR NOT NULL
);

-- Holdings whose words changed since the index was made.
CREATE TABLE words_unindexed (holding VARCHAR NOT NULL);
