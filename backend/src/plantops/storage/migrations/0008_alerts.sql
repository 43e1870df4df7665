-- Problems with a beginning and an end, and what the judge of them must remember beside them.
CREATE TABLE alert (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
    plant_id uuid REFERENCES plant ON DELETE CASCADE,
    device_id text REFERENCES device ON DELETE CASCADE,
    channel_id integer REFERENCES channel ON DELETE SET NULL,
    opened_at timestamptz NOT NULL,
    acknowledged_at timestamptz,
    snoozed_until timestamptz,
    escalated_at timestamptz,
    resolved_at timestamptz,
    value double precision,
    unit text,
    bound double precision,
    words text NOT NULL,
    ending text,
    held text,
    times integer NOT NULL DEFAULT 1,
    CHECK (plant_id IS NOT NULL OR device_id IS NOT NULL)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX alert_open_of_plant ON alert (plant_id, kind) WHERE resolved_at IS NULL AND plant_id IS NOT NULL;
CREATE UNIQUE INDEX alert_open_of_device ON alert (device_id, kind) WHERE resolved_at IS NULL AND plant_id IS NULL;
CREATE INDEX alert_by_time ON alert (opened_at, id);
CREATE INDEX alert_by_plant ON alert (plant_id, opened_at, id) WHERE plant_id IS NOT NULL;
CREATE INDEX alert_by_device ON alert (device_id, opened_at, id) WHERE device_id IS NOT NULL;
COMMENT ON TABLE alert IS 'At most one open alert of a plant, or of a device where no plant is named, and kind.';
COMMENT ON COLUMN alert.value IS 'In unit, as bound.';
COMMENT ON COLUMN alert.words IS 'One sentence for people, as ending and held.';
COMMENT ON COLUMN alert.held IS 'Why it is not judged now; null: it is.';
COMMENT ON COLUMN alert.times IS 'How often it came, within a day each after it was over.';

CREATE TABLE device_rhythm (
    device_id text PRIMARY KEY REFERENCES device ON DELETE CASCADE,
    gaps real [] NOT NULL,
    at timestamptz NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE device_rhythm IS 'How long each device is usually silent, learnt from when it was heard.';
COMMENT ON COLUMN device_rhythm.gaps IS 'How often lately, for each length of domain/alerts_silence.py; fades with time since at.';

CREATE TABLE alert_watch (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    listening_since timestamptz NOT NULL,
    seen_at timestamptz NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE alert_watch IS 'Since when somebody has listened without a break, and when that was written down last.';

CREATE TABLE forecast (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    source text NOT NULL,
    received_at timestamptz NOT NULL,
    points jsonb NOT NULL
);
COMMENT ON TABLE forecast IS 'The newest weather forecast: points with a time (Unix seconds) and a temperature, °C.';
