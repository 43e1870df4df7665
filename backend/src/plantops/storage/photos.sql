-- name: room(plant_id)^
-- Tell how many pictures a plant has, and how many bytes all pictures take.
SELECT
    (SELECT count(*) FROM plant_photo WHERE plant_id = :plant_id) AS of_plant,
    (SELECT coalesce(sum(bytes + thumbnail_bytes), 0)::bigint FROM plant_photo) AS bytes;

-- name: add(id, plant_id, taken_at, width, height, image, thumbnail, now)!
-- Keep a picture.
INSERT INTO plant_photo
    (id, plant_id, taken_at, width, height, bytes, thumbnail_bytes, image, thumbnail, created_at)
VALUES
    (:id, :plant_id, :taken_at, :width, :height, octet_length(:image::bytea), octet_length(:thumbnail::bytea), :image,
    :thumbnail, :now);

-- name: page(plant_id, after_time, after_id, most)
-- List a plant's pictures, the newest first, after one.
SELECT id, plant_id, taken_at, width, height, bytes, created_at
FROM plant_photo
WHERE plant_id = :plant_id AND (:after_time::timestamptz IS NULL OR (taken_at, id) < (:after_time, :after_id::uuid))
ORDER BY taken_at DESC, id DESC
LIMIT :most;

-- name: image(plant_id, id)$
-- Give a picture.
SELECT image FROM plant_photo WHERE id = :id AND plant_id = :plant_id;

-- name: thumbnail(plant_id, id)$
-- Give a small picture.
SELECT thumbnail FROM plant_photo WHERE id = :id AND plant_id = :plant_id;

-- name: event(plant_id, id)$
-- Tell under which event a picture stands in the care log.
SELECT e.id
FROM plant_photo AS f
JOIN care_event AS e ON e.photo_id = f.id
WHERE f.id = :id AND f.plant_id = :plant_id;

-- name: remove(id)!
-- Remove a picture, and what the care log says of it.
DELETE FROM plant_photo WHERE id = :id;
