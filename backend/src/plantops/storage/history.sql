-- name: channel(channel_id)
-- Give what a chart must know of a channel: a row for each calibration that holds, in the order of time; one at least.
SELECT DISTINCT ON (k.from_time)
    c.device_id, c.metric, c.unit, k.from_time AS calibrated_from, k.factor, k.shift
FROM channel AS c
LEFT JOIN calibration AS k ON k.channel_id = c.id AND k.metric = c.metric AND k.sent_unit = c.unit
WHERE c.id = :channel_id
ORDER BY k.from_time, k.created_at DESC, k.id DESC;

-- name: assignments(plant_id, metric, from_time, until_time)
-- Give the assignments of a plant for one metric that touch a span: a row for each calibration of the channel that holds,
-- one at least, in the order of time.
SELECT DISTINCT ON (a.from_time, k.from_time)
    a.channel_id, a.from_time, a.until_time,
    c.device_id, c.metric, c.unit, k.from_time AS calibrated_from, k.factor, k.shift
FROM assignment AS a
JOIN channel AS c ON c.id = a.channel_id
LEFT JOIN calibration AS k ON k.channel_id = c.id AND k.metric = c.metric AND k.sent_unit = c.unit
WHERE a.plant_id = :plant_id AND a.metric = :metric
    AND a.from_time < :until_time AND (a.until_time IS NULL OR a.until_time > :from_time)
ORDER BY a.from_time, k.from_time, k.created_at DESC, k.id DESC;

-- name: plant_is_there(plant_id)$
-- Tell whether a plant exists.
SELECT EXISTS (SELECT FROM plant WHERE id = :plant_id);

-- name: trimmed(channel_ids, from_times, until_times)^
-- Tell whether whole hours lack their readings, and whole days their hours: maintenance trims from the old end.
SELECT
    coalesce(bool_or(EXISTS (
        SELECT FROM telemetry_hourly AS hour
        WHERE hour.channel_id = piece.channel_id AND hour.bucket >= piece.from_time
            AND hour.bucket <= coalesce(reading.first, piece.until_time) - INTERVAL '1 hour'
    )), false) AS raw,
    coalesce(bool_or(EXISTS (
        SELECT FROM telemetry_daily AS day
        WHERE day.channel_id = piece.channel_id AND day.bucket >= piece.from_time
            AND day.bucket <= coalesce(hour.first, piece.until_time) - INTERVAL '1 day'
    )), false) AS hourly
FROM unnest(:channel_ids::integer [], :from_times::timestamptz [], :until_times::timestamptz [])
    AS piece (channel_id, from_time, until_time)
CROSS JOIN LATERAL (
    SELECT min(time) AS first FROM telemetry
    WHERE channel_id = piece.channel_id AND time >= piece.from_time AND time < piece.until_time
) AS reading
CROSS JOIN LATERAL (
    SELECT min(bucket) AS first FROM telemetry_hourly
    WHERE channel_id = piece.channel_id AND bucket >= piece.from_time AND bucket < piece.until_time
) AS hour;

-- name: count_at_least(sources, channel_ids, from_times, until_times)$
-- Count the readings of whole hours and days by their roll-ups.
SELECT coalesce(sum(kept.count), 0)::bigint
FROM unnest(:sources::text [], :channel_ids::integer [], :from_times::timestamptz [], :until_times::timestamptz [])
    AS piece (source, channel_id, from_time, until_time)
CROSS JOIN LATERAL (
    SELECT count FROM telemetry_hourly
    WHERE piece.source = 'hourly' AND channel_id = piece.channel_id
        AND bucket >= piece.from_time AND bucket < piece.until_time
    UNION ALL
    SELECT count FROM telemetry_daily
    WHERE piece.source = 'daily' AND channel_id = piece.channel_id
        AND bucket >= piece.from_time AND bucket < piece.until_time
) AS kept;

-- name: readings(segments, channel_ids, from_times, until_times, most)
-- Give the readings themselves, at most so many.
SELECT piece.segment, kept.time, kept.value
FROM unnest(:segments::integer [], :channel_ids::integer [], :from_times::timestamptz [], :until_times::timestamptz [])
    AS piece (segment, channel_id, from_time, until_time)
CROSS JOIN LATERAL (
    SELECT time, value FROM telemetry
    WHERE channel_id = piece.channel_id AND time >= piece.from_time AND time < piece.until_time
    ORDER BY time
    LIMIT :most
) AS kept
LIMIT :most;

-- name: buckets(segments, sources, channel_ids, from_times, until_times, width, origin)
-- Fold readings and roll-ups into buckets, each piece from the store that it names.
SELECT
    piece.segment, date_bin(:width::interval, kept.time, :origin::timestamptz) AS start,
    sum(kept.count) AS count, sum(kept.sum) AS total, min(kept.min) AS low, max(kept.max) AS high
FROM unnest(
    :segments::integer [], :sources::text [], :channel_ids::integer [],
    :from_times::timestamptz [], :until_times::timestamptz []
) AS piece (segment, source, channel_id, from_time, until_time)
CROSS JOIN LATERAL (
    SELECT time, 1 AS count, value AS sum, value AS min, value AS max FROM telemetry
    WHERE piece.source = 'raw' AND channel_id = piece.channel_id
        AND time >= piece.from_time AND time < piece.until_time
    UNION ALL
    SELECT bucket, count::integer, sum, min, max FROM telemetry_hourly
    WHERE piece.source = 'hourly' AND channel_id = piece.channel_id
        AND bucket >= piece.from_time AND bucket < piece.until_time
    UNION ALL
    SELECT bucket, count::integer, sum, min, max FROM telemetry_daily
    WHERE piece.source = 'daily' AND channel_id = piece.channel_id
        AND bucket >= piece.from_time AND bucket < piece.until_time
) AS kept
GROUP BY 1, 2;
