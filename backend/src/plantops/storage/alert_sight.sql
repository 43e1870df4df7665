-- name: plants(ids)
-- Give some plants with what their alerts are judged by.
SELECT
    p.id, p.name, p.species_id, p.own_thresholds::text AS own, s.source, s.name AS profile_name, s.profile,
    coalesce((p.site ->> 'outdoors')::boolean, false) AS outdoors, o.last_watered_at
FROM plant AS p
LEFT JOIN species_profile AS s ON s.id = p.stored_species_id
LEFT JOIN plant_outlook AS o ON o.plant_id = p.id
WHERE p.id = ANY(:ids::uuid [])
ORDER BY p.id;

-- name: served(plant_ids, metrics, now)
-- Give the channels that serve some plants for some metrics now, with their newest readings.
SELECT a.plant_id, a.metric, a.from_time, c.id, c.device_id, c.unit, s.time, s.value
FROM assignment AS a
JOIN channel AS c ON c.id = a.channel_id
LEFT JOIN channel_state AS s ON s.channel_id = c.id
WHERE a.plant_id = ANY(:plant_ids::uuid []) AND a.metric = ANY(:metrics::text [])
    AND a.from_time <= :now AND (a.until_time IS NULL OR a.until_time > :now);

-- name: windows(places, channel_ids, from_times, until_times, since)
-- Sum up what channels said in windows, each by its place. `since` is the earliest beginning, for the planner's sake.
SELECT w.place, count(*) AS count, min(t.time) AS first, min(t.value) AS low, max(t.value) AS high,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY t.value) AS median
FROM unnest(:places::integer [], :channel_ids::integer [], :from_times::timestamptz [], :until_times::timestamptz [])
    AS w (place, channel_id, from_time, until_time)
JOIN telemetry AS t
    ON t.channel_id = w.channel_id AND t.time >= w.from_time AND t.time <= w.until_time AND t.time >= :since
GROUP BY w.place;

-- name: hourly_windows(places, channel_ids, from_times, until_times, since)
-- Sum up the levels of the hours in windows, each by its place: the mean, without the outermost two of enough readings.
SELECT w.place, count(*) AS count, min(h.bucket) AS first, min(l.level) AS low, max(l.level) AS high,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY l.level) AS median
FROM unnest(:places::integer [], :channel_ids::integer [], :from_times::timestamptz [], :until_times::timestamptz [])
    AS w (place, channel_id, from_time, until_time)
JOIN telemetry_hourly AS h
    ON h.channel_id = w.channel_id AND h.bucket >= w.from_time AND h.bucket <= w.until_time AND h.bucket >= :since
CROSS JOIN LATERAL (
    SELECT CASE WHEN h.count >= 4 THEN (h.sum - h.min - h.max) / (h.count - 2) ELSE h.sum / h.count END AS level
) AS l
GROUP BY w.place;

-- name: before(places, channel_ids, from_times, until_times)
-- Give the last reading in each of some spans, whose ends do not belong to them.
SELECT w.place, t.value
FROM unnest(:places::integer [], :channel_ids::integer [], :from_times::timestamptz [], :until_times::timestamptz [])
    AS w (place, channel_id, from_time, until_time)
CROSS JOIN LATERAL (
    SELECT value FROM telemetry
    WHERE channel_id = w.channel_id AND time >= w.from_time AND time < w.until_time
    ORDER BY time DESC
    LIMIT 1
) AS t;

-- name: newest_of_devices(device_ids)
-- Give the time of the newest reading of each of some devices.
SELECT c.device_id, max(s.time) AS time
FROM channel AS c
JOIN channel_state AS s ON s.channel_id = c.id
WHERE c.device_id = ANY(:device_ids::text [])
GROUP BY c.device_id;

-- name: note_plants_of(device_ids, now)!
-- Note that the alerts of the plants that some devices serve are to be judged.
INSERT INTO alert_to_judge (plant_id, noted_at)
SELECT DISTINCT a.plant_id, :now::timestamptz
FROM assignment AS a
JOIN channel AS c ON c.id = a.channel_id
WHERE c.device_id = ANY(:device_ids::text []) AND (a.until_time IS NULL OR a.until_time > :now)
ORDER BY a.plant_id
ON CONFLICT (plant_id) DO UPDATE SET noted_at = EXCLUDED.noted_at;

-- name: note_all_plants(now)!
-- Note that the alerts of all plants are to be judged.
INSERT INTO alert_to_judge (plant_id, noted_at)
SELECT id, :now::timestamptz FROM plant ORDER BY id
ON CONFLICT (plant_id) DO UPDATE SET noted_at = EXCLUDED.noted_at;

-- name: lit_plants(metrics, now)
-- List the plants whose light is measured now, or of which an alert about light is open.
SELECT plant_id FROM assignment
WHERE metric = ANY(:metrics::text []) AND from_time <= :now AND (until_time IS NULL OR until_time > :now)
UNION
SELECT plant_id FROM alert WHERE resolved_at IS NULL AND plant_id IS NOT NULL AND kind IN ('dli_low', 'dli_high')
ORDER BY plant_id;
