-- The house's first floor: devices with their channels, plants, readings with their roll-ups, and who may come in.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE installation (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE installation IS 'One row: the identity that clients know this installation by.';
INSERT INTO installation DEFAULT VALUES;

CREATE TABLE device (
    id text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('plantops', 'esphome', 'http')),
    name text NOT NULL,
    named_by_user boolean NOT NULL DEFAULT false,
    area text,
    hardware_id text,
    model text,
    manufacturer text,
    firmware text,
    sleep_seconds double precision,
    status text NOT NULL DEFAULT 'unknown' CHECK (status IN ('online', 'offline', 'unknown')),
    status_at timestamptz,
    last_seen timestamptz,
    created_at timestamptz NOT NULL
) WITH (fillfactor = 70);
COMMENT ON COLUMN device.id IS 'MQTT user name = ESPHome node name.';
COMMENT ON COLUMN device.hardware_id IS 'MAC address, 12 lower-case hexadecimal digits.';
COMMENT ON COLUMN device.named_by_user IS 'A name that a person gave is never overwritten by what the device says.';
COMMENT ON COLUMN device.sleep_seconds IS 'Seconds between two reports of a sleeping device.';

CREATE TABLE channel (
    id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    device_id text NOT NULL REFERENCES device ON DELETE CASCADE,
    key text NOT NULL,
    name text NOT NULL,
    named_by_user boolean NOT NULL DEFAULT false,
    metric text NOT NULL,
    unit text NOT NULL,
    sent_unit text NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (device_id, key)
);
COMMENT ON COLUMN channel.sent_unit IS 'Unit that the device sends; readings are converted from it to unit at the door.';
COMMENT ON COLUMN channel.unit IS 'Unit of the stored values: the metric''s own, or a probe''s uncalibrated volts.';

CREATE TABLE channel_state (
    channel_id integer PRIMARY KEY REFERENCES channel ON DELETE CASCADE,
    time timestamptz NOT NULL,
    value double precision NOT NULL,
    dirty_from timestamptz
) WITH (fillfactor = 50);
COMMENT ON TABLE channel_state IS 'Newest reading of each channel, and since when its readings are not judged yet.';
COMMENT ON COLUMN channel_state.dirty_from IS 'The oldest reading time that came since the last judgement; null: all judged.';

CREATE TABLE telemetry (
    channel_id integer NOT NULL,
    time timestamptz NOT NULL,
    value double precision NOT NULL,
    PRIMARY KEY (channel_id, time) INCLUDE (value)
);
-- The key holds the value too, so that a chart of one channel reads the index alone (28,800 rows: 146 pages, not 7,452).
COMMENT ON TABLE telemetry IS 'What channels sent, as sent. No foreign key: the ingest transaction makes the channel first.';

CREATE TABLE telemetry_hourly (
    channel_id integer NOT NULL,
    bucket timestamptz NOT NULL,
    count bigint NOT NULL,
    sum double precision NOT NULL,
    min double precision NOT NULL,
    max double precision NOT NULL,
    PRIMARY KEY (channel_id, bucket)
) WITH (fillfactor = 70);
COMMENT ON TABLE telemetry_hourly IS 'Exact roll-up by UTC hour. Sum and count, never an average of averages.';

CREATE TABLE telemetry_daily (LIKE telemetry_hourly INCLUDING ALL) WITH (fillfactor = 70);
COMMENT ON TABLE telemetry_daily IS 'Exact roll-up by UTC day.';

CREATE TABLE undated_batch (
    device_id text NOT NULL,
    boot bigint NOT NULL,
    seq bigint NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (device_id, boot, seq)
);
CREATE INDEX undated_batch_by_age ON undated_batch USING brin (received_at);
COMMENT ON TABLE undated_batch IS 'Batches without times that were stored: a second copy is a duplicate.';

CREATE TABLE plant (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    species text,
    area text,
    substrate text,
    pot_litres double precision,
    notes text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE assignment (
    id uuid PRIMARY KEY,
    plant_id uuid NOT NULL REFERENCES plant ON DELETE CASCADE,
    channel_id integer NOT NULL REFERENCES channel ON DELETE CASCADE,
    metric text NOT NULL,
    from_time timestamptz NOT NULL CHECK (date_trunc('hour', from_time, 'UTC') = from_time),
    until_time timestamptz CHECK (date_trunc('hour', until_time, 'UTC') = until_time),
    CHECK (until_time > from_time),
    CONSTRAINT one_channel_per_metric EXCLUDE USING gist (
        plant_id WITH =, metric WITH =, tstzrange(from_time, until_time) WITH &&
    )
);
CREATE INDEX assignment_by_channel ON assignment (channel_id);
COMMENT ON TABLE assignment IS 'Which channel serves which plant, on UTC hour boundaries; until_time null: until further notice.';

CREATE TABLE token (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    hash bytea NOT NULL UNIQUE,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz
);
COMMENT ON COLUMN token.hash IS 'SHA-256 of the secret, which has 256 random bits.';

CREATE TABLE browser_session (
    hash bytea PRIMARY KEY,
    token_id uuid NOT NULL REFERENCES token ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE TABLE login_failure (
    address text PRIMARY KEY,
    failures integer NOT NULL,
    blocked_until timestamptz NOT NULL,
    last_at timestamptz NOT NULL
);
COMMENT ON TABLE login_failure IS 'Counted in the database, so that all replicas agree.';

CREATE TABLE dead_letter (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    received_at timestamptz NOT NULL,
    device_id text,
    topic text NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    payload bytea NOT NULL,
    payload_bytes integer NOT NULL
);
COMMENT ON COLUMN dead_letter.payload IS 'The beginning of what was sent.';

CREATE TABLE broker_outbox (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    topic text NOT NULL,
    payload bytea NOT NULL,
    qos smallint NOT NULL CHECK (qos IN (0, 1)),
    created_at timestamptz NOT NULL,
    expires_at timestamptz
);
COMMENT ON TABLE broker_outbox IS 'What any replica wants published; the one that holds the ingest lease sends it.';
