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
    SELECT a.plant_id, min(marked.dirty_from) FILTER (WHERE a.metric = 'soil_moisture') AS soil_since
    FROM marked
    JOIN assignment AS a ON a.channel_id = marked.channel_id
    WHERE a.until_time IS NULL OR a.until_time > marked.dirty_from
    GROUP BY a.plant_id
), watched AS (
    INSERT INTO plant_to_judge AS old (plant_id, noted_at, since)
    SELECT plant_id, :now::timestamptz, soil_since FROM served WHERE soil_since IS NOT NULL ORDER BY plant_id
    ON CONFLICT (plant_id) DO UPDATE SET
        noted_at = EXCLUDED.noted_at,
        since = CASE WHEN old.since IS NOT NULL THEN LEAST(old.since, EXCLUDED.since) END
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
-- Note that a plant is to be judged as a whole.
INSERT INTO plant_to_judge (plant_id, noted_at) VALUES (:plant_id, :now)
ON CONFLICT (plant_id) DO UPDATE SET noted_at = EXCLUDED.noted_at, since = NULL;

-- name: note_channel(channel_id, now)!
-- Note the plants that a channel serves, to be judged as a whole.
INSERT INTO plant_to_judge (plant_id, noted_at)
SELECT DISTINCT plant_id, :now::timestamptz FROM assignment WHERE channel_id = :channel_id ORDER BY plant_id
ON CONFLICT (plant_id) DO UPDATE SET noted_at = EXCLUDED.noted_at, since = NULL;

-- name: hold(plant_id)$
-- Let nobody else judge a plant until this transaction ends.
SELECT true FROM plant WHERE id = :plant_id FOR NO KEY UPDATE;

-- name: add(id, plant_id, kind, source, at, litres, note, pot_litres, substrate, area, photo_id, level_before, level_after, soaked_through, command_id, now)!
-- Keep something that was done to a plant. What an irrigator did is kept as if a person had written it down.
INSERT INTO care_event
    (id, plant_id, kind, source, at, litres, note, pot_litres, substrate, area, photo_id,
    level_before, level_after, soaked_through, command_id, created_at)
VALUES
    (:id, :plant_id, :kind, CASE :source::text WHEN 'irrigated' THEN 'logged' ELSE :source::text END, :at, :litres,
    :note, :pot_litres, :substrate, :area, :photo_id,
    :level_before, :level_after, :soaked_through, :command_id, :now);

-- name: amend(id, at, level_before, level_after, soaked_through)!
-- Say better what the soil said of a watering; when a person was there, the person knows better when it was.
UPDATE care_event SET
    at = CASE WHEN source = 'logged' THEN care_event.at ELSE :at END,
    level_before = :level_before, level_after = :level_after, soaked_through = :soaked_through
WHERE id = :id;

-- name: forget(ids)!
-- Take back waterings that later readings have shown to be none.
DELETE FROM care_event WHERE id = ANY(:ids::uuid []) AND source = 'detected' AND dismissed_at IS NULL;

-- name: outlooks()
-- Give every plant with its outlook, by name.
SELECT p.id, p.name, p.area, o.judged_at, o.at, o.earliest, o.latest, o.basis, o.confidence, o.reason, o.lasts_days
FROM plant AS p
LEFT JOIN plant_outlook AS o ON o.plant_id = p.id
ORDER BY p.name COLLATE "C", p.id;
