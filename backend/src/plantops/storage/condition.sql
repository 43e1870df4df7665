-- name: condition()^
-- What time it is for the database, and with which extension it runs.
SELECT
    clock_timestamp() AS time,
    (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb') AS timescale,
    to_regclass('schema_migration') IS NOT NULL AS begun;

-- name: newest_migration()$
-- The number of the newest migration that was applied.
SELECT max(version) FROM schema_migration;
