-- name: take_marks(now, after, most)
-- Take the dirty marks of some channels after one, and note what they concern: the plants that they serve, and their
-- devices. One short statement: the rows are those that the ingest writes to, and one that is being written is left
-- for later. Waterings are judged from soil moisture alone, alerts from everything. The subqueries that count set the
-- order: who notes plants in another transaction does it in the same one.
WITH marked AS (
    SELECT s.channel_id, s.dirty_from, c.device_id
    FROM channel_state AS s
    JOIN channel AS c ON c.id = s.channel_id
    WHERE s.dirty_from IS NOT NULL AND s.channel_id > :after
    ORDER BY s.channel_id
    LIMIT :most
    FOR UPDATE OF s SKIP LOCKED
), cleared AS (
    UPDATE channel_state SET dirty_from = NULL FROM marked WHERE channel_state.channel_id = marked.channel_id
), served AS (
    SELECT a.plant_id, bool_or(a.metric = 'soil_moisture') AS by_its_soil
    FROM marked
    JOIN assignment AS a ON a.channel_id = marked.channel_id
    WHERE a.until_time IS NULL OR a.until_time > marked.dirty_from
    GROUP BY a.plant_id
), watched AS (
    INSERT INTO plant_to_judge (plant_id, noted_at)
    SELECT plant_id, :now::timestamptz FROM served WHERE by_its_soil ORDER BY plant_id
    ON CONFLICT (plant_id) DO UPDATE SET noted_at = EXCLUDED.noted_at
    RETURNING plant_id
), alarmed AS (
    INSERT INTO alert_to_judge (plant_id, noted_at)
    SELECT plant_id, :now::timestamptz FROM served WHERE (SELECT count(*) FROM watched) >= 0 ORDER BY plant_id
    ON CONFLICT (plant_id) DO UPDATE SET noted_at = EXCLUDED.noted_at
    RETURNING plant_id
), heard AS (
    INSERT INTO device_to_judge (device_id, noted_at)
    SELECT DISTINCT device_id, :now::timestamptz FROM marked
    WHERE (SELECT count(*) FROM alarmed) >= 0
    ORDER BY device_id
    ON CONFLICT (device_id) DO UPDATE SET noted_at = EXCLUDED.noted_at
)
SELECT channel_id FROM marked;

-- name: note(plant_id, now)!
-- Note that a plant is to be judged.
INSERT INTO plant_to_judge (plant_id, noted_at) VALUES (:plant_id, :now)
ON CONFLICT (plant_id) DO UPDATE SET noted_at = EXCLUDED.noted_at;

-- name: note_channel(channel_id, now)!
-- Note the plants that a channel serves.
INSERT INTO plant_to_judge (plant_id, noted_at)
SELECT DISTINCT plant_id, :now::timestamptz FROM assignment WHERE channel_id = :channel_id ORDER BY plant_id
ON CONFLICT (plant_id) DO UPDATE SET noted_at = EXCLUDED.noted_at;

-- name: next_to_judge(judged_before, except_ids)^
-- Give a plant with news that was not judged lately, the longest unjudged first.
SELECT t.plant_id, t.noted_at
FROM plant_to_judge AS t
LEFT JOIN plant_outlook AS o ON o.plant_id = t.plant_id
WHERE (o.judged_at IS NULL OR o.judged_at < :judged_before)
    AND t.plant_id <> ALL(:except_ids::uuid [])
ORDER BY o.judged_at NULLS FIRST
LIMIT 1;

-- name: hold(plant_id)$
-- Let nobody else judge a plant until this transaction ends.
SELECT true FROM plant WHERE id = :plant_id FOR NO KEY UPDATE;

-- name: judged(plant_id, noted_at)!
-- Give back what was noted of a plant, unless there is more news.
DELETE FROM plant_to_judge WHERE plant_id = :plant_id AND noted_at = :noted_at;

-- name: soil_assignments(plant_id, from_time)
-- Give the channels that told a plant's soil moisture since a time, the oldest first.
SELECT a.channel_id, c.unit, a.from_time, a.until_time
FROM assignment AS a
JOIN channel AS c ON c.id = a.channel_id
WHERE a.plant_id = :plant_id AND a.metric = 'soil_moisture' AND (a.until_time IS NULL OR a.until_time > :from_time)
ORDER BY a.from_time;

-- name: hours(channel_id, froms, untils)
-- Give a channel's hours in some spans.
SELECT date_part('epoch', h.bucket) AS begin, h.count, h.sum, h.min, h.max
FROM unnest(:froms::timestamptz [], :untils::timestamptz []) AS span (from_time, until_time)
JOIN telemetry_hourly AS h
    ON h.channel_id = :channel_id AND h.bucket >= span.from_time AND h.bucket < span.until_time
ORDER BY h.bucket;

-- name: waterings(plant_id, from_time)
-- Give a plant's waterings since a time, the oldest first, also those that a person says were none.
SELECT id, source, at, level_before, level_after, soaked_through, dismissed_at IS NOT NULL AS dismissed
FROM care_event
WHERE plant_id = :plant_id AND kind = 'watered' AND at >= :from_time
ORDER BY at, id;

-- name: dismissed(plant_id, from_time)
-- Tell when waterings were seen, since a time, that a person says were none.
SELECT at FROM care_event
WHERE plant_id = :plant_id AND kind = 'watered' AND at >= :from_time AND dismissed_at IS NOT NULL
ORDER BY at;

-- name: add(id, plant_id, kind, source, at, litres, note, pot_litres, substrate, area, photo_id, level_before, level_after, soaked_through, now)!
-- Keep something that was done to a plant.
INSERT INTO care_event
    (id, plant_id, kind, source, at, litres, note, pot_litres, substrate, area, photo_id,
    level_before, level_after, soaked_through, created_at)
VALUES
    (:id, :plant_id, :kind, :source, :at, :litres, :note, :pot_litres, :substrate, :area, :photo_id,
    :level_before, :level_after, :soaked_through, :now);

-- name: amend(id, at, level_before, level_after, soaked_through)!
-- Say better what the soil said of a watering; when a person was there, the person knows better when it was.
UPDATE care_event SET
    at = CASE WHEN source = 'logged' THEN care_event.at ELSE :at END,
    level_before = :level_before, level_after = :level_after, soaked_through = :soaked_through
WHERE id = :id;

-- name: forget(ids)!
-- Take back waterings that later readings have shown to be none.
DELETE FROM care_event WHERE id = ANY(:ids::uuid []) AND source = 'detected' AND dismissed_at IS NULL;

-- name: keep_outlook(plant_id, now, last_watered_at, at, earliest, latest, basis, confidence, reason, lasts_days)$
-- Keep a plant's outlook; tells whether it says anything new.
WITH before AS (SELECT * FROM plant_outlook WHERE plant_id = :plant_id)
INSERT INTO plant_outlook AS old
    (plant_id, judged_at, last_watered_at, at, earliest, latest, basis, confidence, reason, lasts_days)
VALUES
    (:plant_id, :now, :last_watered_at, :at, :earliest, :latest, :basis, :confidence, :reason, :lasts_days)
ON CONFLICT (plant_id) DO UPDATE SET
    judged_at = EXCLUDED.judged_at, last_watered_at = EXCLUDED.last_watered_at, at = EXCLUDED.at,
    earliest = EXCLUDED.earliest, latest = EXCLUDED.latest, basis = EXCLUDED.basis,
    confidence = EXCLUDED.confidence, reason = EXCLUDED.reason, lasts_days = EXCLUDED.lasts_days
RETURNING NOT EXISTS (
    SELECT FROM before AS b
    WHERE (b.last_watered_at, b.basis, b.confidence, b.reason)
        IS NOT DISTINCT FROM (old.last_watered_at, old.basis, old.confidence, old.reason)
        AND (b.at IS NOT DISTINCT FROM old.at OR abs(date_part('epoch', b.at - old.at)) < 1800)
);

-- name: outlooks()
-- Give every plant with its outlook, by name.
SELECT p.id, p.name, p.area, o.judged_at, o.at, o.earliest, o.latest, o.basis, o.confidence, o.reason, o.lasts_days
FROM plant AS p
LEFT JOIN plant_outlook AS o ON o.plant_id = p.id
ORDER BY p.name COLLATE "C", p.id;
