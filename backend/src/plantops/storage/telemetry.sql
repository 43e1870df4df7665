-- name: keep(channels, seconds, readings, devices, seen)^
-- Keep readings and all that follows from them, in one statement: what is really new goes into the hourly and daily
-- roll-ups and into the channel's newest reading with its dirty mark; devices were seen.
-- Everything is written in the order of its key, so that two writers cannot wait for each other in a circle.
-- Answers how many were new and, only when some were not, which ones were.
WITH fresh AS (
    INSERT INTO telemetry (channel_id, time, value)
    SELECT channel_id, to_timestamp(second), reading
    FROM unnest(:channels::integer[], :seconds::double precision[], :readings::double precision[])
        AS arrived (channel_id, second, reading)
    ORDER BY channel_id, second
    ON CONFLICT DO NOTHING
    RETURNING channel_id, time, value
), hours AS (
    SELECT channel_id, date_bin('1 hour', time, 'epoch') AS bucket,
        count(*) AS count, sum(value) AS sum, min(value) AS min, max(value) AS max
    FROM fresh
    GROUP BY 1, 2
), hourly AS (
    INSERT INTO telemetry_hourly AS old (channel_id, bucket, count, sum, min, max)
    SELECT channel_id, bucket, count, sum, min, max FROM hours
    ORDER BY channel_id, bucket
    ON CONFLICT (channel_id, bucket) DO UPDATE SET
        count = old.count + EXCLUDED.count,
        sum = old.sum + EXCLUDED.sum,
        min = LEAST(old.min, EXCLUDED.min),
        max = GREATEST(old.max, EXCLUDED.max)
), daily AS (
    INSERT INTO telemetry_daily AS old (channel_id, bucket, count, sum, min, max)
    SELECT channel_id, date_bin('1 day', bucket, 'epoch'), sum(count)::bigint, sum(sum), min(min), max(max) FROM hours
    GROUP BY 1, 2
    ORDER BY 1, 2
    ON CONFLICT (channel_id, bucket) DO UPDATE SET
        count = old.count + EXCLUDED.count,
        sum = old.sum + EXCLUDED.sum,
        min = LEAST(old.min, EXCLUDED.min),
        max = GREATEST(old.max, EXCLUDED.max)
), state AS (
    INSERT INTO channel_state AS old (channel_id, time, value, dirty_from)
    SELECT DISTINCT ON (channel_id) channel_id, time, value, min(time) OVER (PARTITION BY channel_id) FROM fresh
    ORDER BY channel_id, time DESC
    ON CONFLICT (channel_id) DO UPDATE SET
        value = CASE WHEN EXCLUDED.time > old.time THEN EXCLUDED.value ELSE old.value END,
        time = GREATEST(old.time, EXCLUDED.time),
        dirty_from = LEAST(old.dirty_from, EXCLUDED.dirty_from)
), heard AS (
    UPDATE device SET last_seen = GREATEST(device.last_seen, to_timestamp(heard.second))
    FROM unnest(:devices::text[], :seen::double precision[]) AS heard (id, second)
    WHERE device.id = heard.id
)
SELECT
    stored,
    CASE WHEN stored < cardinality(:channels) THEN (SELECT array_agg(channel_id) FROM fresh) END AS channels,
    CASE WHEN stored < cardinality(:channels)
        THEN (SELECT array_agg(date_part('epoch', time)) FROM fresh) END AS seconds
FROM (SELECT count(*) AS stored FROM fresh) AS counted;

-- name: note_undated(devices, boots, seqs, received_at)
-- Remember batches that carry no times; answers those that were not known yet.
INSERT INTO undated_batch (device_id, boot, seq, received_at)
SELECT device_id, boot, seq, :received_at
FROM unnest(:devices::text[], :boots::bigint[], :seqs::bigint[]) AS batch (device_id, boot, seq)
ORDER BY device_id, boot, seq
ON CONFLICT DO NOTHING
RETURNING device_id, boot, seq;

-- name: plants_of_devices(now)
-- Tell which plant a device serves now, where it serves exactly one.
SELECT channel.device_id, min(assignment.plant_id::text)::uuid AS plant_id
FROM assignment JOIN channel ON channel.id = assignment.channel_id
WHERE from_time <= :now AND (until_time IS NULL OR until_time > :now)
GROUP BY channel.device_id
HAVING count(DISTINCT assignment.plant_id) = 1;
