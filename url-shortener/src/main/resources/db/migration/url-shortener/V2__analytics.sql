-- Counting clicks. Every table here is written by the aggregator, in the one transaction that also moves its offset.

-- The next record to count of each partition. Moved only from the value that was read, so that a consumer which has lost
-- the partition without knowing it changes no row and rolls back.
CREATE TABLE click_offsets (
    topic       text   NOT NULL,
    "partition" int    NOT NULL,
    next_offset bigint NOT NULL,
    PRIMARY KEY (topic, "partition")
);

-- Which batches were counted: per sender session the highest sequence, and a bitmap of those just below it.
CREATE TABLE click_sessions (
    topic       text        NOT NULL,
    "partition" int         NOT NULL,
    session     bigint      NOT NULL,
    highest     bigint      NOT NULL,
    counted     bytea       NOT NULL,
    seen_at     timestamptz NOT NULL,
    PRIMARY KEY (topic, "partition", session)
);
CREATE INDEX click_sessions_by_age ON click_sessions (seen_at);

-- Clicks by link and UTC hour or day. dimension 0 is the total; others exist for days only. link_id 0 is all links
-- together, negative ones are visits that met no link. clicks are people's; bots (and prefetches) stand apart.
CREATE TABLE click_rollup (
    link_id     bigint      NOT NULL,
    granularity smallint    NOT NULL, -- 0 hour, 1 day
    dimension   smallint    NOT NULL,
    bucket      timestamptz NOT NULL,
    value       text        NOT NULL,
    clicks      bigint      NOT NULL,
    bots        bigint      NOT NULL,
    PRIMARY KEY (link_id, granularity, dimension, bucket, value)
) WITH (fillfactor = 80);

-- Since ever, one row a link, so that a list of links shows visits without summing anything.
CREATE TABLE click_totals (
    link_id  bigint PRIMARY KEY,
    clicks   bigint      NOT NULL,
    bots     bigint      NOT NULL,
    revision bigint      NOT NULL, -- grows with every change; tells a live counter which of two messages is newer
    last_at  timestamptz NOT NULL
) WITH (fillfactor = 80);

CREATE TABLE click_visitors (
    link_id  bigint NOT NULL,
    day      date   NOT NULL,
    visitors bigint NOT NULL, -- the sketch's estimate, so that reading costs a row and no sketch
    sketch   bytea  NOT NULL,
    PRIMARY KEY (link_id, day)
);

-- The salt of a day's visitor hashes, deleted when the day is over.
CREATE TABLE visitor_salts (
    day  date PRIMARY KEY,
    salt bytea NOT NULL
);

-- Single visits, for looking at, never for counting. One partition a UTC day; days beyond the retention are dropped whole.
CREATE TABLE visits (
    link_id    bigint      NOT NULL,
    visited_at timestamptz NOT NULL,
    referer    text        NOT NULL,
    user_agent text        NOT NULL,
    network    text        NOT NULL,
    country    text        NOT NULL,
    browser    text        NOT NULL,
    os         text        NOT NULL,
    device     text        NOT NULL,
    language   text        NOT NULL,
    bot        boolean     NOT NULL
) PARTITION BY RANGE (visited_at);
CREATE INDEX visits_by_link ON visits (link_id, visited_at DESC);
