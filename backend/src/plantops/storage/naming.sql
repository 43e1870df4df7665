-- name: change_device(id, fields, name, area)$
-- Change what people call a device and where it is; a name that they give stays.
UPDATE device SET
    name = CASE WHEN 'name' = ANY(:fields::text []) THEN :name ELSE name END,
    named_by_user = named_by_user OR 'name' = ANY(:fields),
    area = CASE WHEN 'area' = ANY(:fields) THEN :area ELSE area END
WHERE id = :id
RETURNING true;

-- name: rename_channel(id, name)!
-- Name a channel; the name stays, whatever the device says.
UPDATE channel SET name = :name, named_by_user = true WHERE id = :id;

-- name: channel(id)^
-- Give a channel with its newest reading.
SELECT c.id, c.device_id, c.key, c.name, c.metric, c.unit, s.time, s.value, h.reason, h.since, h.shift
FROM channel AS c
LEFT JOIN channel_state AS s ON s.channel_id = c.id
LEFT JOIN calibration_hint AS h ON h.channel_id = c.id
WHERE c.id = :id;
