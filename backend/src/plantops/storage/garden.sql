-- name: devices(ids)
-- Give some devices, or all (null).
SELECT
    d.id, d.name, d.kind, d.status, d.status_at, d.last_seen, d.hardware_id, d.model, d.manufacturer, d.firmware,
    d.sleep_seconds, d.area, a.state AS access, d.created_at
FROM device AS d
LEFT JOIN broker_account AS a ON a.username = d.id
WHERE :ids::text [] IS NULL OR d.id = ANY(:ids)
ORDER BY d.id;

-- name: channels(device_ids)
-- Give the channels of some devices, or all (null), with their newest readings: a device's own in order of their keys.
SELECT c.id, c.device_id, c.key, c.name, c.metric, c.unit, s.time, s.value, h.reason, h.since, h.shift
FROM channel AS c
LEFT JOIN channel_state AS s ON s.channel_id = c.id
LEFT JOIN calibration_hint AS h ON h.channel_id = c.id
WHERE :device_ids::text [] IS NULL OR c.device_id = ANY(:device_ids)
ORDER BY c.key COLLATE "C";

-- name: valves(device_ids)
-- Give what some devices, or all (null), can open.
SELECT device_id, key, name, max_seconds, litres_per_minute FROM device_valve
WHERE :device_ids::text [] IS NULL OR device_id = ANY(:device_ids)
ORDER BY device_id, key COLLATE "C";

-- name: plants(ids)
-- Give some plants, or all (null).
SELECT
    p.id, p.name, p.species, p.species_id, p.area, p.substrate, p.pot_litres, p.notes, p.created_at, p.updated_at,
    p.own_thresholds::text, s.source AS profile_source, s.name AS profile_name, s.profile, p.site::text AS site, l.light,
    (
        SELECT f.id FROM plant_photo AS f WHERE f.plant_id = p.id ORDER BY f.taken_at DESC, f.id DESC LIMIT 1
    ) AS photo_id,
    o.last_watered_at, o.at, o.earliest, o.latest, o.reason, o.basis, o.confidence
FROM plant AS p
LEFT JOIN plant_light AS l ON l.plant_id = p.id
LEFT JOIN species_profile AS s ON s.id = p.stored_species_id
LEFT JOIN plant_outlook AS o ON o.plant_id = p.id
WHERE :ids::uuid [] IS NULL OR p.id = ANY(:ids)
ORDER BY p.name COLLATE "C", p.id;

-- name: assignments(plant_ids, now)
-- Give the assignments that hold now or later, of some plants or all (null).
SELECT id::text, plant_id, channel_id, metric, from_time, until_time
FROM assignment
WHERE (until_time IS NULL OR until_time > :now) AND (:plant_ids::uuid [] IS NULL OR plant_id = ANY(:plant_ids))
ORDER BY metric, from_time;

-- name: assigned_channels(plant_ids, now)
-- Give the channels that serve some plants now or later, with their newest readings.
SELECT DISTINCT c.id, c.device_id, c.key, c.name, c.metric, c.unit, s.time, s.value,
    NULL AS reason, NULL AS since, NULL AS shift
FROM assignment AS a
JOIN channel AS c ON c.id = a.channel_id
LEFT JOIN channel_state AS s ON s.channel_id = c.id
WHERE (a.until_time IS NULL OR a.until_time > :now) AND a.plant_id = ANY(:plant_ids);

-- name: device_page(after, most)
-- List device ids after one.
SELECT id FROM device WHERE :after::text IS NULL OR id > :after ORDER BY id LIMIT :most;

-- name: plant_page(after_name, after_id, most)
-- List plant ids by name, after one.
SELECT id, name FROM plant
WHERE :after_name::text IS NULL OR (name COLLATE "C", id) > (:after_name, :after_id::uuid)
ORDER BY name COLLATE "C", id
LIMIT :most;

-- name: newest_readings(device_ids)
-- Give the newest reading of every channel of some devices.
SELECT c.device_id, d.last_seen, c.id, s.time, s.value
FROM device AS d
JOIN channel AS c ON c.device_id = d.id
JOIN channel_state AS s ON s.channel_id = c.id
WHERE d.id = ANY(:device_ids);

-- name: turning_plants(hour)
-- List the plants for which an assignment begins or ends at an hour, and with a month those that may rest by season.
SELECT plant_id FROM assignment WHERE from_time = :hour OR until_time = :hour
UNION
SELECT id FROM plant WHERE species_id IS NOT NULL AND date_trunc('month', :hour::timestamptz, 'UTC') = :hour;

-- name: installation()$
-- Tell the installation's identity.
SELECT id FROM installation;
