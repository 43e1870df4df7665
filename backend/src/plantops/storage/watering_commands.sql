-- name: add(id, irrigator_id, plant_id, device_id, valve, origin, key, seconds, flow, now, expires_at, due_at, before, warnings)!
-- Keep a watering that is asked for.
INSERT INTO watering_command
    (id, irrigator_id, plant_id, device_id, valve, origin, key, seconds, litres_per_minute, state, sent_at, expires_at,
    due_at, moisture_before, warnings)
VALUES
    (:id, :irrigator_id, :plant_id, :device_id, :valve, :origin, :key, :seconds, :flow, 'sent', :now, :expires_at,
    :due_at, :before, :warnings);

-- name: some(ids)
-- Give some waterings.
SELECT * FROM watering_command WHERE id = ANY(:ids::uuid []) ORDER BY sent_at, id;

-- name: by_key(key)^
-- Give the watering that a client calls so.
SELECT * FROM watering_command WHERE key = :key;

-- name: last(irrigator_ids)
-- Give the last watering of some irrigators, or of all (null).
SELECT DISTINCT ON (irrigator_id) * FROM watering_command
WHERE irrigator_id IS NOT NULL AND (:irrigator_ids::uuid [] IS NULL OR irrigator_id = ANY(:irrigator_ids))
ORDER BY irrigator_id, sent_at DESC, id DESC;

-- name: page(irrigator_id, after_time, after_id, most)
-- List an irrigator's waterings, the newest first, after one.
SELECT * FROM watering_command
WHERE irrigator_id = :irrigator_id AND (:after_time::timestamptz IS NULL OR (sent_at, id) < (:after_time, :after_id::uuid))
ORDER BY sent_at DESC, id DESC
LIMIT :most;

-- name: hold(id, device_id)^
-- Give a watering of a device, for changing.
SELECT * FROM watering_command WHERE id = :id AND device_id = :device_id FOR UPDATE;

-- name: write(id, state, given_up, detail, started_at, ended_at, ran_seconds, soil)!
-- Write what became of a watering.
UPDATE watering_command SET
    state = :state, given_up = :given_up, detail = :detail, started_at = :started_at, ended_at = :ended_at,
    ran_seconds = :ran_seconds, soil = :soil
WHERE id = :id;

-- name: overdue(now)
-- Give the waterings whose last word should have come.
SELECT * FROM watering_command WHERE state IN ('sent', 'running') AND due_at < :now FOR UPDATE;

-- name: any_open()$
-- Tell whether any watering is under way.
SELECT EXISTS (SELECT FROM watering_command WHERE state IN ('sent', 'running'));

-- name: open_on(device_ids)
-- Give the waterings that are under way on some devices.
SELECT * FROM watering_command WHERE device_id = ANY(:device_ids::text []) AND state IN ('sent', 'running');

-- name: settling()
-- Give the waterings that are over and of which the soil has said nothing yet.
SELECT c.* FROM watering_command AS c
WHERE c.soil = 'waiting' AND c.ended_at IS NOT NULL
ORDER BY c.ended_at
LIMIT 100;

-- name: felt(plant_ids, at, from_time, until_time)
-- Give what the probes of some plants said in a span, those that served them at a time.
SELECT a.plant_id, a.channel_id, t.time, t.value, c.unit
FROM assignment AS a
JOIN channel AS c ON c.id = a.channel_id
JOIN telemetry AS t ON t.channel_id = a.channel_id AND t.time >= :from_time AND t.time <= :until_time
WHERE a.plant_id = ANY(:plant_ids::uuid []) AND a.metric = 'soil_moisture'
    AND a.from_time <= :at AND (a.until_time IS NULL OR a.until_time > :at)
ORDER BY a.plant_id, t.time;

-- name: probed(plant_ids)
-- Tell the pots' sizes.
SELECT id, name, pot_litres FROM plant WHERE id = ANY(:plant_ids::uuid []);

-- name: judged(id, soil, before, after)!
-- Keep what the soil said of a watering.
UPDATE watering_command SET soil = :soil, moisture_before = COALESCE(:before, moisture_before), moisture_after = :after
WHERE id = :id;

-- name: watched()
-- Give every irrigator with what watches it now, and since when nothing runs through its valve.
SELECT
    i.id, i.name, i.device_id, i.valve, i.block_kind, i.leak_channel_id, i.reservoir_channel_id, i.reservoir_minimum,
    i.flow_channel_id, f.metric AS flow_metric, ls.time AS leak_time, ls.value AS leak_value, fs.time AS flow_time,
    fs.value AS flow_value, rs.time AS reservoir_time, rs.value AS reservoir_value,
    EXISTS (SELECT FROM watering_command AS o WHERE o.device_id = i.device_id AND o.state IN ('sent', 'running')) AS busy,
    COALESCE(
        (SELECT max(COALESCE(o.ended_at, o.due_at)) FROM watering_command AS o
        WHERE o.device_id = i.device_id AND o.valve = i.valve),
        i.created_at
    ) AS idle_since
FROM irrigator AS i
LEFT JOIN channel AS f ON f.id = i.flow_channel_id
LEFT JOIN channel_state AS ls ON ls.channel_id = i.leak_channel_id
LEFT JOIN channel_state AS fs ON fs.channel_id = i.flow_channel_id
LEFT JOIN channel_state AS rs ON rs.channel_id = i.reservoir_channel_id
ORDER BY i.id;

-- name: readings(channel_id, from_time)
-- Give a channel's readings since a time.
SELECT time, value FROM telemetry WHERE channel_id = :channel_id AND time >= :from_time ORDER BY time LIMIT 2000;
