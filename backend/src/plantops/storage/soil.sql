-- name: due(judged_before, except_ids, most)
-- Give plants with news that were not judged lately, the longest unjudged first. Where something else than readings
-- changed, somebody waits for what it means: it counts at once.
SELECT t.plant_id, t.noted_at, t.since
FROM plant_to_judge AS t
LEFT JOIN plant_outlook AS o ON o.plant_id = t.plant_id
WHERE (t.since IS NULL OR o.judged_at IS NULL OR o.judged_at < :judged_before)
    AND t.plant_id <> ALL(:except_ids::uuid [])
ORDER BY o.judged_at NULLS FIRST, t.plant_id
LIMIT :most;

-- name: hold(plant_ids)
-- Let nobody else judge some plants until this transaction ends; gives those that are there.
SELECT id FROM plant WHERE id = ANY(:plant_ids::uuid []) ORDER BY id FOR NO KEY UPDATE;

-- name: judged(plant_ids, noted)!
-- Give back what was noted of plants, unless there is more news.
DELETE FROM plant_to_judge AS t
USING unnest(:plant_ids::uuid [], :noted::timestamptz []) AS done (plant_id, noted_at)
WHERE t.plant_id = done.plant_id AND t.noted_at = done.noted_at;

-- name: assignments(plant_ids, from_time)
-- Give the channels that told some plants' soil moisture since a time, the oldest first.
SELECT a.plant_id, a.channel_id, c.unit, a.from_time, a.until_time
FROM assignment AS a
JOIN channel AS c ON c.id = a.channel_id
WHERE a.plant_id = ANY(:plant_ids::uuid []) AND a.metric = 'soil_moisture'
    AND (a.until_time IS NULL OR a.until_time > :from_time)
ORDER BY a.plant_id, a.from_time;

-- name: hours(plant_ids, channel_ids, froms, untils)
-- Give the hours of some channels in some spans, gathered by plant, each as its level: the mean without the lowest and
-- the highest reading where four were read (the rule of domain/moisture.py, here because 1,440 hours are read at once).
SELECT
    span.plant_id,
    array_agg(date_part('epoch', h.bucket) ORDER BY h.bucket) AS begins,
    array_agg(CASE WHEN h.count < 4 THEN h.sum / h.count ELSE (h.sum - h.min - h.max) / (h.count - 2) END
        ORDER BY h.bucket) AS values
FROM unnest(:plant_ids::uuid [], :channel_ids::integer [], :froms::timestamptz [], :untils::timestamptz [])
    AS span (plant_id, channel_id, from_time, until_time)
JOIN telemetry_hourly AS h
    ON h.channel_id = span.channel_id AND h.bucket >= span.from_time AND h.bucket < span.until_time
GROUP BY span.plant_id;

-- name: waterings(plant_ids, from_time)
-- Give the waterings of some plants since a time, the oldest first, also those that a person says were none.
SELECT
    plant_id, id, CASE WHEN command_id IS NULL THEN source ELSE 'irrigated' END AS source, at, level_before, level_after,
    soaked_through, dismissed_at IS NOT NULL AS dismissed
FROM care_event
WHERE plant_id = ANY(:plant_ids::uuid []) AND kind = 'watered' AND at >= :from_time
ORDER BY plant_id, at, id;

-- name: keep_outlooks(now, plant_ids, watered, ats, earliests, latests, bases, confidences, reasons, lasts)
-- Keep some plants' outlooks; gives those plants of which it says anything new.
WITH before AS (
    SELECT * FROM plant_outlook WHERE plant_id = ANY(:plant_ids::uuid [])
), kept AS (
    INSERT INTO plant_outlook AS old
        (plant_id, judged_at, last_watered_at, at, earliest, latest, basis, confidence, reason, lasts_days)
    SELECT plant_id, :now::timestamptz, last_watered_at, at, earliest, latest, basis, confidence, reason, lasts_days
    FROM unnest(
        :plant_ids::uuid [], :watered::timestamptz [], :ats::timestamptz [], :earliests::timestamptz [],
        :latests::timestamptz [], :bases::text [], :confidences::text [], :reasons::text [], :lasts::double precision []
    ) AS told (plant_id, last_watered_at, at, earliest, latest, basis, confidence, reason, lasts_days)
    ORDER BY plant_id
    ON CONFLICT (plant_id) DO UPDATE SET
        judged_at = EXCLUDED.judged_at, last_watered_at = EXCLUDED.last_watered_at, at = EXCLUDED.at,
        earliest = EXCLUDED.earliest, latest = EXCLUDED.latest, basis = EXCLUDED.basis,
        confidence = EXCLUDED.confidence, reason = EXCLUDED.reason, lasts_days = EXCLUDED.lasts_days
    RETURNING *
)
SELECT kept.plant_id
FROM kept
LEFT JOIN before AS b USING (plant_id)
WHERE b.plant_id IS NULL
    OR (b.last_watered_at, b.basis, b.confidence, b.reason)
    IS DISTINCT FROM (kept.last_watered_at, kept.basis, kept.confidence, kept.reason)
    OR (b.at IS NULL) <> (kept.at IS NULL)
    OR abs(date_part('epoch', b.at - kept.at)) >= 1800;

-- name: memories(plant_ids)
-- Give what is kept of some plants' soil, and when each was watered last.
SELECT s.plant_id, s.memory, o.last_watered_at
FROM plant_soil AS s
JOIN plant_outlook AS o ON o.plant_id = s.plant_id
WHERE s.plant_id = ANY(:plant_ids::uuid []);

-- name: keep_memories(plant_ids, memories)!
-- Keep what was learnt of some plants' soil; null: nothing.
WITH told AS (
    SELECT plant_id, memory FROM unnest(:plant_ids::uuid [], :memories::text []) AS told (plant_id, memory)
), gone AS (
    DELETE FROM plant_soil AS s USING told WHERE s.plant_id = told.plant_id AND told.memory IS NULL
)
INSERT INTO plant_soil (plant_id, memory)
SELECT plant_id, memory FROM told WHERE memory IS NOT NULL
ORDER BY plant_id
ON CONFLICT (plant_id) DO UPDATE SET memory = EXCLUDED.memory;
