-- name: is_preloaded()$
-- Tell whether the server has loaded TimescaleDB's loader and offers the extension (without it, CREATE kills the session).
SELECT current_setting('timescaledb.max_background_workers', true) IS NOT NULL
    AND EXISTS (SELECT FROM pg_available_extensions WHERE name = 'timescaledb');

-- name: make_hypertable()$
-- Cut telemetry into weeks. Our own primary key is the only index that it needs.
SELECT create_hypertable(
    'telemetry', by_range('time', INTERVAL '7 days'),
    create_default_indexes => false, if_not_exists => true, migrate_data => true
)::text;

-- name: may_compress()$
-- Tell whether this build carries the Timescale licence (the Apache edition cannot compress) and does not compress yet.
SELECT current_setting('timescaledb.license', true) = 'timescale'
    AND NOT EXISTS (
        SELECT FROM timescaledb_information.hypertables
        WHERE hypertable_name = 'telemetry' AND compression_enabled
    );

-- name: compress_by_channel()!
-- Lay each channel's readings together, in the order of time.
ALTER TABLE telemetry SET (
    timescaledb.compress, timescaledb.compress_segmentby = 'channel_id', timescaledb.compress_orderby = 'time'
);

-- name: compress_after(days)$
-- Let TimescaleDB compress chunks that are older than so many days.
SELECT add_compression_policy('telemetry', make_interval(days => :days), if_not_exists => true);

-- name: has_extension()$
-- Tell whether this database uses TimescaleDB.
SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb');

-- name: is_hypertable()$
-- Tell whether telemetry is cut into weeks (only where the extension is).
SELECT EXISTS (SELECT FROM timescaledb_information.hypertables WHERE hypertable_name = 'telemetry');

-- name: drop_chunks(before)
-- Drop the weeks of readings that end before a time.
SELECT drop_chunks('telemetry', older_than => :before::timestamptz);
