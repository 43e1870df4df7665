-- name: add(id, name, species, species_id, area, substrate, pot_litres, notes, own, site, now)!
-- Plant a plant.
INSERT INTO plant (
    id, name, species, species_id, area, substrate, pot_litres, notes, own_thresholds, site, created_at, updated_at
)
VALUES (
    :id, :name, :species, :species_id, :area, :substrate, :pot_litres, :notes, :own, :site, :now, :now
);

-- name: own(id)^
-- Give a plant's profile, its own bounds and its site, and let nobody else change it until the transaction ends.
SELECT species_id, own_thresholds, site FROM plant WHERE id = :id FOR NO KEY UPDATE;

-- name: change(id, fields, name, species, species_id, area, substrate, pot_litres, notes, own, site, now)$
-- Change the named fields of a plant.
UPDATE plant SET
    name = CASE WHEN 'name' = ANY(:fields::text []) THEN :name ELSE name END,
    species = CASE WHEN 'species' = ANY(:fields) THEN :species ELSE species END,
    species_id = CASE WHEN 'species_id' = ANY(:fields) THEN :species_id ELSE species_id END,
    own_thresholds = CASE WHEN 'thresholds' = ANY(:fields) THEN :own ELSE own_thresholds END,
    site = CASE WHEN 'site' = ANY(:fields) THEN :site ELSE site END,
    area = CASE WHEN 'area' = ANY(:fields) THEN :area ELSE area END,
    substrate = CASE WHEN 'substrate' = ANY(:fields) THEN :substrate ELSE substrate END,
    pot_litres = CASE WHEN 'pot_litres' = ANY(:fields) THEN :pot_litres ELSE pot_litres END,
    notes = CASE WHEN 'notes' = ANY(:fields) THEN :notes ELSE notes END,
    updated_at = :now
WHERE id = :id
RETURNING true;

-- name: touch(id, now)$
-- Note that something of a plant changed; also makes its changers wait for each other.
UPDATE plant SET updated_at = :now WHERE id = :id RETURNING true;

-- name: remove(id)$
-- Remove a plant with its assignments; its channels keep their readings.
DELETE FROM plant WHERE id = :id RETURNING true;

-- name: assignment_page(plant_id, after_time, after_id, most)
-- List assignments of a plant, the newest first, after one.
SELECT a.id, a.plant_id, a.channel_id, c.device_id, a.metric, a.from_time, a.until_time
FROM assignment AS a
JOIN channel AS c ON c.id = a.channel_id
WHERE a.plant_id = :plant_id
    AND (:after_time::timestamptz IS NULL OR (a.from_time, a.id) < (:after_time, :after_id::uuid))
ORDER BY a.from_time DESC, a.id DESC
LIMIT :most;

-- name: assignment(plant_id, id)^
-- Give one assignment of a plant, past or not.
SELECT a.id, a.plant_id, a.channel_id, c.device_id, a.metric, a.from_time, a.until_time
FROM assignment AS a
JOIN channel AS c ON c.id = a.channel_id
WHERE a.plant_id = :plant_id AND a.id = :id;

-- name: channel_metric(channel_id)$
-- Tell what a channel measures.
SELECT metric FROM channel WHERE id = :channel_id;

-- name: assign(id, plant_id, channel_id, metric, from_time, until_time)!
-- Let a channel serve a plant; the store refuses a second channel for the same metric at the same time.
INSERT INTO assignment (id, plant_id, channel_id, metric, from_time, until_time)
VALUES (:id, :plant_id, :channel_id, :metric, :from_time, :until_time);

-- name: reassign(id, from_time, until_time)!
-- Move the ends of an assignment.
UPDATE assignment SET from_time = :from_time, until_time = :until_time WHERE id = :id;

-- name: unassign(plant_id, id)$
-- Remove an assignment, as if it had never been.
DELETE FROM assignment WHERE plant_id = :plant_id AND id = :id RETURNING true;

-- name: in_the_way(plant_id, metric, from_time, until_time, except_id)^
-- Give the assignment that already serves a plant in a span.
SELECT c.name AS channel, c.key, c.device_id, a.from_time, a.until_time
FROM assignment AS a
JOIN channel AS c ON c.id = a.channel_id
WHERE a.plant_id = :plant_id AND a.metric = :metric AND a.id <> :except_id::uuid
    AND tstzrange(a.from_time, a.until_time) && tstzrange(:from_time::timestamptz, :until_time::timestamptz)
ORDER BY a.from_time
LIMIT 1;
