-- name: valves(device_id)
-- List what a device can open, as it says.
SELECT key, name, max_seconds, litres_per_minute FROM device_valve WHERE device_id = :device_id ORDER BY key;

-- name: forget_valves(device_id, keys)!
-- Forget what a device does not declare any more.
DELETE FROM device_valve WHERE device_id = :device_id AND key <> ALL(:keys::text []);

-- name: declare_valves(device_id, keys, names, max_seconds, flows)!
-- Keep what a device declares.
INSERT INTO device_valve (device_id, key, name, max_seconds, litres_per_minute)
SELECT :device_id, said.key, said.name, said.max_seconds, said.flow
FROM unnest(:keys::text [], :names::text [], :max_seconds::float8 [], :flows::float8 [])
    AS said (key, name, max_seconds, flow)
ORDER BY said.key
ON CONFLICT (device_id, key) DO UPDATE SET
    name = EXCLUDED.name, max_seconds = EXCLUDED.max_seconds, litres_per_minute = EXCLUDED.litres_per_minute
WHERE (device_valve.name, device_valve.max_seconds, device_valve.litres_per_minute)
    IS DISTINCT FROM (EXCLUDED.name, EXCLUDED.max_seconds, EXCLUDED.litres_per_minute);
