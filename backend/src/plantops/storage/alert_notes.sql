-- name: note_plant(plant_id, now)!
-- Note that a plant's alerts are to be judged.
INSERT INTO alert_to_judge (plant_id, noted_at) VALUES (:plant_id, :now)
ON CONFLICT (plant_id) DO UPDATE SET noted_at = EXCLUDED.noted_at;

-- name: note_channel(channel_id, now)!
-- Note the alerts of the plants that a channel serves, and of its device.
WITH plants AS (
    INSERT INTO alert_to_judge (plant_id, noted_at)
    SELECT DISTINCT plant_id, :now::timestamptz FROM assignment WHERE channel_id = :channel_id ORDER BY plant_id
    ON CONFLICT (plant_id) DO UPDATE SET noted_at = EXCLUDED.noted_at
)
INSERT INTO device_to_judge (device_id, noted_at)
SELECT device_id, :now::timestamptz FROM channel WHERE id = :channel_id
ON CONFLICT (device_id) DO UPDATE SET noted_at = EXCLUDED.noted_at;

-- name: note_device(device_id, now)!
-- Note that a device's alerts are to be judged.
INSERT INTO device_to_judge (device_id, noted_at) VALUES (:device_id, :now)
ON CONFLICT (device_id) DO UPDATE SET noted_at = EXCLUDED.noted_at;

-- name: plants(most, except_ids)
-- Give plants whose alerts are to be judged, the longest noted first.
SELECT plant_id, noted_at FROM alert_to_judge
WHERE plant_id <> ALL(:except_ids::uuid [])
ORDER BY noted_at, plant_id
LIMIT :most;

-- name: devices(most, except_ids)
-- Give devices whose alerts are to be judged, the longest noted first.
SELECT device_id, noted_at FROM device_to_judge
WHERE device_id <> ALL(:except_ids::text [])
ORDER BY noted_at, device_id
LIMIT :most;

-- name: plants_judged(plant_ids, noted)!
-- Give back what was noted of plants, unless there is more news.
DELETE FROM alert_to_judge AS t
USING unnest(:plant_ids::uuid [], :noted::timestamptz []) AS done (plant_id, noted_at)
WHERE t.plant_id = done.plant_id AND t.noted_at = done.noted_at;

-- name: devices_judged(device_ids, noted)!
-- Give back what was noted of devices, unless there is more news.
DELETE FROM device_to_judge AS t
USING unnest(:device_ids::text [], :noted::timestamptz []) AS done (device_id, noted_at)
WHERE t.device_id = done.device_id AND t.noted_at = done.noted_at;
