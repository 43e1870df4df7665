-- name: measured_plants(metrics, since)
-- List the plants that a channel of some metrics serves, or served after a time.
SELECT DISTINCT plant_id FROM assignment
WHERE metric = ANY(:metrics::text []) AND (until_time IS NULL OR until_time > :since);

-- name: site(plant_id)^
-- Give what is kept of a plant's site, and its light as it was told last.
SELECT p.site, l.light
FROM plant AS p
LEFT JOIN plant_light AS l ON l.plant_id = p.id
WHERE p.id = :plant_id;

-- name: served(plant_id, metrics, from_time, until_time)
-- Give the times in which channels served a plant for some metrics and that touch a span.
SELECT metric, channel_id, from_time, until_time
FROM assignment
WHERE plant_id = :plant_id AND metric = ANY(:metrics::text [])
    AND from_time < :until_time AND (until_time IS NULL OR until_time > :from_time)
ORDER BY metric, from_time;

-- name: counts(channel_ids, from_times, until_times)
-- Count the readings of whole hours: a row for each piece, in the order given.
SELECT counted.count
FROM unnest(:channel_ids::integer [], :from_times::timestamptz [], :until_times::timestamptz [])
    WITH ORDINALITY AS piece (channel_id, from_time, until_time, place)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(hour.count), 0)::bigint AS count FROM telemetry_hourly AS hour
    WHERE hour.channel_id = piece.channel_id AND hour.bucket >= piece.from_time AND hour.bucket < piece.until_time
) AS counted
ORDER BY piece.place;

-- name: readings(channel_ids, from_times, until_times)
-- Give the readings of some pieces in the order of time, each with its piece's place.
SELECT piece.place, date_part('epoch', kept.time) AS second, kept.value
FROM unnest(:channel_ids::integer [], :from_times::timestamptz [], :until_times::timestamptz [])
    WITH ORDINALITY AS piece (channel_id, from_time, until_time, place)
CROSS JOIN LATERAL (
    SELECT time, value FROM telemetry
    WHERE channel_id = piece.channel_id AND time >= piece.from_time AND time < piece.until_time
    ORDER BY time
) AS kept;

-- name: kept(plant_id, from_day, until_day)
-- Give the days that are kept.
SELECT
    day, made_from, dli, light_coverage, light_metric, vpd_mean, vpd_max, air_coverage,
    temperature_mean, temperature_min, temperature_max, temperature_coverage, growing_degree_days
FROM plant_daily
WHERE plant_id = :plant_id AND day >= :from_day AND day < :until_day;

-- name: keep(days)!
-- Keep some days of plants that are still there.
INSERT INTO plant_daily
SELECT made.*
FROM jsonb_populate_recordset(NULL::plant_daily, :days) AS made
WHERE EXISTS (SELECT FROM plant WHERE plant.id = made.plant_id)
ORDER BY made.plant_id, made.day
ON CONFLICT (plant_id, day) DO UPDATE SET
    made_from = EXCLUDED.made_from,
    dli = EXCLUDED.dli,
    light_coverage = EXCLUDED.light_coverage,
    light_metric = EXCLUDED.light_metric,
    vpd_mean = EXCLUDED.vpd_mean,
    vpd_max = EXCLUDED.vpd_max,
    air_coverage = EXCLUDED.air_coverage,
    temperature_mean = EXCLUDED.temperature_mean,
    temperature_min = EXCLUDED.temperature_min,
    temperature_max = EXCLUDED.temperature_max,
    temperature_coverage = EXCLUDED.temperature_coverage,
    growing_degree_days = EXCLUDED.growing_degree_days;

-- name: keep_light(plant_id, light)!
-- Keep a plant's light of now, unless the plant is gone.
INSERT INTO plant_light (plant_id, light)
SELECT id, :light FROM plant WHERE id = :plant_id
ON CONFLICT (plant_id) DO UPDATE SET light = EXCLUDED.light;

-- name: forget_light(plant_ids)
-- Forget the light of all plants but some; answers which had any.
DELETE FROM plant_light WHERE plant_id <> ALL(:plant_ids::uuid []) RETURNING plant_id;

-- name: drop_light(plant_id)$
-- Forget the light of one plant.
DELETE FROM plant_light WHERE plant_id = :plant_id RETURNING true;
