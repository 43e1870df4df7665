-- name: devices()
-- Give the devices that may speak and were ever heard, with what is known of their rhythm.
SELECT d.id, d.name, d.last_seen, d.status, d.status_at, d.sleep_seconds, r.gaps, r.at
FROM device AS d
LEFT JOIN device_rhythm AS r ON r.device_id = d.id
LEFT JOIN broker_account AS a ON a.username = d.id
WHERE d.last_seen IS NOT NULL AND coalesce(a.state, 'active') = 'active';

-- name: keep_rhythms(rhythms, now)!
-- Keep what was learnt of some devices, given as a JSON list by each device's id.
INSERT INTO device_rhythm AS old (device_id, gaps, at)
SELECT new.device_id, ARRAY(SELECT jsonb_array_elements_text(new.gaps)::real), :now::timestamptz
FROM jsonb_each(:rhythms::jsonb) AS new (device_id, gaps)
WHERE EXISTS (SELECT FROM device WHERE device.id = new.device_id)
ORDER BY new.device_id
ON CONFLICT (device_id) DO UPDATE SET gaps = EXCLUDED.gaps, at = EXCLUDED.at;

-- name: presence()^
-- Tell since when devices have been listened to, and when that was written down.
SELECT listening_since, seen_at FROM alert_watch;

-- name: be_present(listening_since, seen_at)!
-- Write down since when devices have been listened to.
INSERT INTO alert_watch (listening_since, seen_at) VALUES (:listening_since, :seen_at)
ON CONFLICT (only_one) DO UPDATE SET listening_since = EXCLUDED.listening_since, seen_at = EXCLUDED.seen_at;

-- name: sensors(metrics, now)
-- Give the channels of some metrics that serve plants now.
SELECT DISTINCT c.id, c.device_id, c.name, c.metric, c.unit, s.time, d.name AS device_name, d.last_seen
FROM assignment AS a
JOIN channel AS c ON c.id = a.channel_id
JOIN device AS d ON d.id = c.device_id
LEFT JOIN channel_state AS s ON s.channel_id = c.id
WHERE a.from_time <= :now AND (a.until_time IS NULL OR a.until_time > :now) AND a.metric = ANY(:metrics::text [])
ORDER BY c.device_id, c.id;

-- name: suspects(channel_ids, swings, lows, highs, from_time)
-- Give the channels that may be wrong: they stood still since a time, swung wildly in hours, or had means beyond limits.
SELECT h.channel_id
FROM unnest(:channel_ids::integer [], :swings::double precision [], :lows::double precision [],
    :highs::double precision []) AS s (channel_id, swing, low, high)
JOIN telemetry_hourly AS h ON h.channel_id = s.channel_id AND h.bucket >= :from_time
GROUP BY h.channel_id
HAVING min(h.min) = max(h.max) OR count(*) FILTER (WHERE h.max - h.min > s.swing) > 2
    OR count(*) FILTER (WHERE h.sum / h.count NOT BETWEEN s.low AND s.high) > 2;

-- name: hours(channel_ids, from_time)
-- Give the hours of some channels since a time, in order.
SELECT channel_id, bucket, count, min, max, sum / count AS mean
FROM telemetry_hourly
WHERE channel_id = ANY(:channel_ids::integer []) AND bucket >= :from_time
ORDER BY channel_id, bucket;

-- name: pasts(channel_ids, from_time, until_time)
-- Tell how lively some channels were in a span, and their longest pause between two hours with readings.
SELECT channel_id, count(*) FILTER (WHERE count >= 2) AS hours, count(*) FILTER (WHERE count >= 2 AND max > min) AS lively,
    max(gap) AS longest_gap
FROM (
    SELECT channel_id, count, min, max, bucket - lag(bucket) OVER (PARTITION BY channel_id ORDER BY bucket) AS gap
    FROM telemetry_hourly
    WHERE channel_id = ANY(:channel_ids::integer []) AND bucket >= :from_time AND bucket < :until_time
) AS hour
GROUP BY channel_id;

-- name: batteries(metrics, from_time)
-- Give the daily means of the batteries of devices that may speak, by device, per cent before volts.
SELECT c.device_id, d.name, c.id, c.metric, array_agg(t.bucket ORDER BY t.bucket) AS days,
    array_agg(t.sum / t.count ORDER BY t.bucket) AS means
FROM channel AS c
JOIN device AS d ON d.id = c.device_id
LEFT JOIN broker_account AS a ON a.username = d.id
JOIN telemetry_daily AS t ON t.channel_id = c.id AND t.bucket >= :from_time
WHERE c.metric = ANY(:metrics::text []) AND coalesce(a.state, 'active') = 'active'
GROUP BY c.device_id, d.name, c.id, c.metric
ORDER BY c.device_id, c.metric, c.id;
