-- name: channel(channel_id)^
-- Give the heading of a channel's lines.
SELECT id AS channel_id, device_id, key, metric, unit FROM channel WHERE id = :channel_id;

-- name: channels(device_id)
-- Give the headings of a device's channels, or of all (null).
SELECT id AS channel_id, device_id, key, metric, unit
FROM channel
WHERE :device_id::text IS NULL OR device_id = :device_id
ORDER BY device_id, key COLLATE "C";

-- name: device_is_there(device_id)$
-- Tell whether a device exists.
SELECT EXISTS (SELECT FROM device WHERE id = :device_id);

-- name: assignments(plant_id, from_time, until_time)
-- Give the headings of the channels that served a plant, each cut to its assignment.
SELECT
    c.id AS channel_id, c.device_id, c.key, c.metric, c.unit,
    greatest(a.from_time, :from_time::timestamptz) AS from_time, least(a.until_time, :until_time::timestamptz) AS until_time
FROM assignment AS a
JOIN channel AS c ON c.id = a.channel_id
WHERE a.plant_id = :plant_id
    AND a.from_time < :until_time AND (a.until_time IS NULL OR a.until_time > :from_time)
ORDER BY a.metric, a.from_time;

-- name: plant_is_there(plant_id)$
-- Tell whether a plant exists.
SELECT EXISTS (SELECT FROM plant WHERE id = :plant_id);

-- name: take_time()!
-- Let the statements of this transaction take as long as the reader on the other side does.
SET LOCAL statement_timeout = 0;

-- name: lines(device_id, key, metric, unit, factor, shift, channel_id, from_time, until_time)
-- Give the readings of a channel as lines, in the order of time: as stored, or (factor not null) calibrated.
SELECT
    :device_id::text AS device_id, :key::text AS channel, :metric::text AS metric, :unit::text AS unit,
    to_char(time, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS time,
    CASE WHEN :factor::double precision IS NULL THEN value
        ELSE :factor::double precision * value + :shift::double precision END AS value
FROM telemetry
WHERE channel_id = :channel_id::integer AND time >= :from_time::timestamptz AND time < :until_time::timestamptz
ORDER BY telemetry.time;
