-- name: kinds(ids)
-- Tell how some devices speak and when they were last seen.
SELECT id, kind, last_seen FROM device WHERE id = ANY(:ids);

-- name: channels(ids)
-- List the channels of some devices, and whether they ever had a reading.
SELECT channel.id, device_id, key, name, named_by_user, metric, unit, sent_unit, channel_state.channel_id IS NULL AS empty
FROM channel LEFT JOIN channel_state ON channel_state.channel_id = channel.id
WHERE device_id = ANY(:ids);

-- name: how_many()$
-- Count the devices.
SELECT count(*) FROM device;

-- name: add_devices(ids, kinds, seen)
-- Meet devices for the first time, named by their ids; answers those that nobody else met meanwhile.
INSERT INTO device (id, kind, name, last_seen, created_at)
SELECT id, kind, id, seen, seen FROM unnest(:ids::text[], :kinds::text[], :seen::timestamptz[]) AS met (id, kind, seen)
ORDER BY id
ON CONFLICT DO NOTHING
RETURNING id;

-- name: raise_kind(id, kind)!
-- A device turns out to speak better than was thought.
UPDATE device SET kind = :kind WHERE id = :id AND kind <> :kind;

-- name: add_channels(devices, keys, names, metrics, units, sent_units, created_at)!
-- Add channels that are not there yet.
INSERT INTO channel (device_id, key, name, metric, unit, sent_unit, created_at)
SELECT device_id, key, name, metric, unit, sent_unit, :created_at
FROM unnest(:devices::text[], :keys::text[], :names::text[], :metrics::text[], :units::text[], :sent_units::text[])
    AS wanted (device_id, key, name, metric, unit, sent_unit)
ORDER BY device_id, key
ON CONFLICT DO NOTHING;

-- name: redeclare(ids, names, metrics, units, sent_units)!
-- Change channels to what their device says of them now; a name that a person gave stays.
UPDATE channel SET
    name = CASE WHEN named_by_user THEN channel.name ELSE said.name END,
    metric = said.metric, unit = said.unit, sent_unit = said.sent_unit
FROM unnest(:ids::integer[], :names::text[], :metrics::text[], :units::text[], :sent_units::text[])
    AS said (id, name, metric, unit, sent_unit)
WHERE channel.id = said.id;

-- name: describe(id, name, hardware_id, model, manufacturer, firmware, sleep_seconds)$
-- Note what a device says of itself, where it says something; answers true when that changed anything.
UPDATE device SET
    name = CASE WHEN named_by_user THEN device.name ELSE COALESCE(:name, device.name) END,
    hardware_id = COALESCE(:hardware_id, hardware_id),
    model = COALESCE(:model, model),
    manufacturer = COALESCE(:manufacturer, manufacturer),
    firmware = COALESCE(:firmware, firmware),
    sleep_seconds = COALESCE(:sleep_seconds, sleep_seconds)
WHERE id = :id AND (
    (NOT named_by_user AND COALESCE(:name, name) <> name)
    OR (COALESCE(:hardware_id, hardware_id), COALESCE(:model, model), COALESCE(:manufacturer, manufacturer),
        COALESCE(:firmware, firmware), COALESCE(:sleep_seconds, sleep_seconds))
    IS DISTINCT FROM (hardware_id, model, manufacturer, firmware, sleep_seconds)
)
RETURNING true;

-- name: set_status(id, status, at)$
-- A device came or went; answers true when that is news.
UPDATE device SET status = :status, status_at = :at WHERE id = :id AND status <> :status RETURNING true;
