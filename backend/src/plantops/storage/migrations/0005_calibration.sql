-- Probes speak in per cent: versions of a line for each channel, and calibrations that are under way.
CREATE TABLE calibration (
    id uuid PRIMARY KEY,
    channel_id integer NOT NULL REFERENCES channel ON DELETE CASCADE,
    from_time timestamptz NOT NULL CHECK (date_trunc('hour', from_time, 'UTC') = from_time),
    metric text NOT NULL,
    sent_unit text NOT NULL,
    factor double precision NOT NULL,
    shift double precision NOT NULL,
    sent double precision[] NOT NULL,
    value double precision[] NOT NULL CHECK (cardinality(value) = cardinality(sent)),
    substrate text,
    created_at timestamptz NOT NULL
);
CREATE INDEX calibration_by_channel ON calibration (channel_id, from_time, created_at DESC, id DESC);
COMMENT ON TABLE calibration IS 'factor * stored value + shift is in the metric''s unit, from an hour until the next version''s.';
COMMENT ON COLUMN calibration.from_time IS 'Of several versions for one hour the one made last holds; removing it lets the one before hold again.';
COMMENT ON COLUMN calibration.sent_unit IS 'Unit of the stored values. It holds only while the channel has this unit and metric.';
COMMENT ON COLUMN calibration.sent IS 'The points that the line was drawn through: what was sent, and in value what it should have said.';

CREATE TABLE calibration_procedure (
    channel_id integer PRIMARY KEY REFERENCES channel ON DELETE CASCADE,
    substrate text,
    capture text CHECK (capture IN ('dry', 'wet', 'reference')),
    value double precision,
    since timestamptz,
    begun_at timestamptz NOT NULL,
    CHECK ((capture IS NULL) = (value IS NULL) AND (capture IS NULL) = (since IS NULL))
);
COMMENT ON TABLE calibration_procedure IS 'Calibrations under way: the step that waits for steady readings; capture null: none does.';

CREATE TABLE calibration_capture (
    channel_id integer NOT NULL REFERENCES calibration_procedure ON DELETE CASCADE,
    value double precision NOT NULL,
    capture text NOT NULL CHECK (capture IN ('dry', 'wet', 'reference')),
    sent double precision NOT NULL,
    spread double precision NOT NULL,
    readings integer NOT NULL,
    captured_at timestamptz NOT NULL,
    PRIMARY KEY (channel_id, value)
);
COMMENT ON TABLE calibration_capture IS 'Points taken so far; taken again for the same value, the newer one stays.';
