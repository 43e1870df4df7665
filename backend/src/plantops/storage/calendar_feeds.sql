-- name: add(id, name, hash, now)!
-- Keep a feed by the hash of its secret.
INSERT INTO calendar_feed (id, name, hash, created_at) VALUES (:id, :name, :hash, :now);

-- name: count()$
-- Tell how many feeds there are.
SELECT count(*) FROM calendar_feed;

-- name: page(after_id, most)
-- List feeds, the oldest first, after one.
SELECT id, name, created_at, last_used_at FROM calendar_feed
WHERE :after_id::uuid IS NULL OR id > :after_id
ORDER BY id
LIMIT :most;

-- name: remove(id)
-- Make a feed worthless.
DELETE FROM calendar_feed WHERE id = :id RETURNING id;

-- name: used(hash, now, unless_since)^
-- Find a feed by the hash of its secret, and note about when it was read.
WITH noted AS (
    UPDATE calendar_feed SET last_used_at = :now
    WHERE hash = :hash AND (last_used_at IS NULL OR last_used_at < :unless_since)
)
SELECT id, hash FROM calendar_feed WHERE hash = :hash;

-- name: tasks(most)
-- Give what is to be done, the most urgent first.
SELECT
    t.id, t.rule_id, t.plant_id, t.kind, t.title, p.name AS plant_name, t.due_at, t.basis, t.snoozed_until, t.completed_at,
    t.care_event_id, t.created_at, p.area
FROM care_task AS t
LEFT JOIN plant AS p ON p.id = t.plant_id
WHERE t.completed_at IS NULL AND t.skipped_at IS NULL
ORDER BY t.due_at, t.id
LIMIT :most;

-- name: done(since, most)
-- Give what was done since a time, the newest first.
SELECT
    e.id, e.plant_id, e.kind, e.source, e.at, e.litres, e.note, e.pot_litres, e.substrate, e.area, e.photo_id,
    e.level_before, e.level_after, e.soaked_through, e.created_at, p.name AS plant_name, p.area AS plant_area
FROM care_event AS e
JOIN plant AS p ON p.id = e.plant_id
WHERE e.dismissed_at IS NULL AND e.at >= :since
ORDER BY e.at DESC, e.id DESC
LIMIT :most;
