-- name: page(plant_id, kind, since, after_time, after_id, most)
-- List what was done to plants, the newest first, after one: to one plant or all, of a kind or all, since a time or ever.
SELECT
    id, plant_id, kind, CASE WHEN command_id IS NULL THEN source ELSE 'irrigated' END AS source, at, litres, note,
    pot_litres, substrate, area, photo_id, level_before, level_after, soaked_through, command_id
FROM care_event
WHERE dismissed_at IS NULL
    AND (:plant_id::uuid IS NULL OR plant_id = :plant_id)
    AND (:kind::text IS NULL OR kind = :kind)
    AND (:since::timestamptz IS NULL OR at >= :since)
    AND (:after_time::timestamptz IS NULL OR (at, id) < (:after_time, :after_id::uuid))
ORDER BY at DESC, id DESC
LIMIT :most;

-- name: some(ids)
-- Give some care events.
SELECT
    id, plant_id, kind, CASE WHEN command_id IS NULL THEN source ELSE 'irrigated' END AS source, at, litres, note,
    pot_litres, substrate, area, photo_id, level_before, level_after, soaked_through, command_id
FROM care_event
WHERE id = ANY(:ids::uuid []) AND dismissed_at IS NULL;

-- name: change(id, at, litres, note, pot_litres, substrate, area)!
-- Correct what a person wrote down; at another time, the soil has said nothing of it yet.
UPDATE care_event SET
    litres = :litres, note = :note, pot_litres = :pot_litres, substrate = :substrate, area = :area, at = :at,
    level_before = CASE WHEN care_event.at = :at THEN level_before END,
    level_after = CASE WHEN care_event.at = :at THEN level_after END,
    soaked_through = CASE WHEN care_event.at = :at THEN soaked_through END
WHERE id = :id;

-- name: remove(id)!
-- Take back what was written down.
DELETE FROM care_event WHERE id = :id;

-- name: dismiss(id, now)!
-- Remember that a watering which was seen was none.
UPDATE care_event SET dismissed_at = :now WHERE id = :id;

-- name: is_newest(plant_id, kind, at, id)$
-- Tell whether nothing of a kind was done to a plant after a time.
SELECT NOT EXISTS (
    SELECT FROM care_event
    WHERE plant_id = :plant_id AND kind = :kind AND (at, id) > (:at, :id::uuid) AND dismissed_at IS NULL
);

-- name: repot(plant_id, pot_litres, substrate, now)!
-- Give a plant the pot and the substrate that are named.
UPDATE plant SET
    pot_litres = coalesce(:pot_litres, pot_litres), substrate = coalesce(:substrate, substrate), updated_at = :now
WHERE id = :plant_id;

-- name: move(plant_id, area, now)!
-- Say where a plant stands now.
UPDATE plant SET area = :area, updated_at = :now WHERE id = :plant_id;
