-- name: alone(lock_class, lock)!
-- Decide about water one after another, in all backends, until this transaction ends.
SELECT pg_advisory_xact_lock(:lock_class, :lock);

-- name: house_on()$
-- Tell whether anything may be watered at all.
SELECT irrigation_enabled FROM garden_setting;

-- name: switch_house(enabled)!
-- Switch irrigation in the whole house.
UPDATE garden_setting SET irrigation_enabled = :enabled;

-- name: irrigators(ids)
-- Give some irrigators, or all (null), by name.
SELECT
    i.id, i.name, i.device_id, i.valve, i.max_seconds, i.pause_seconds, i.daily_max_seconds, i.reservoir_channel_id,
    i.reservoir_minimum, i.leak_channel_id, i.flow_channel_id, i.automatic_seconds, i.automatic_basis,
    i.automatic_from, i.automatic_until, i.automatic_most_per_day, i.enabled, i.block_kind, i.block_words,
    i.blocked_at, i.block_command_id, i.created_at, COALESCE(i.litres_per_minute, v.litres_per_minute) AS flow,
    i.litres_per_minute, v.max_seconds AS device_max_seconds, v.key IS NOT NULL AS declared,
    (SELECT irrigation_enabled FROM garden_setting) AS house_on,
    ARRAY(SELECT plant_id FROM irrigator_plant AS p WHERE p.irrigator_id = i.id ORDER BY plant_id) AS plant_ids
FROM irrigator AS i
LEFT JOIN device_valve AS v ON v.device_id = i.device_id AND v.key = i.valve
WHERE :ids::uuid [] IS NULL OR i.id = ANY(:ids)
ORDER BY i.name COLLATE "C", i.id;

-- name: irrigator_page(after_name, after_id, most)
-- List irrigators by name, after one.
SELECT id, name FROM irrigator
WHERE :after_name::text IS NULL OR (name COLLATE "C", id) > (:after_name, :after_id::uuid)
ORDER BY name COLLATE "C", id
LIMIT :most;

-- name: how_many()$
-- Count the irrigators.
SELECT count(*) FROM irrigator;

-- name: of_plant(plant_id)
-- List the irrigators that water a plant.
SELECT irrigator_id FROM irrigator_plant WHERE plant_id = :plant_id ORDER BY irrigator_id;

-- name: taken(device_id, valve)$
-- Tell whether a valve has an irrigator.
SELECT true FROM irrigator WHERE device_id = :device_id AND valve = :valve;

-- name: add(id, name, device_id, valve, now)!
-- Add an irrigator; what it may do is written by `change`.
INSERT INTO irrigator
    (id, name, device_id, valve, max_seconds, pause_seconds, daily_max_seconds, reservoir_minimum, enabled, created_at)
VALUES (:id, :name, :device_id, :valve, 1, 0, 1, 0, false, :now);

-- name: change(id, name, flow, max_seconds, pause_seconds, daily_max_seconds, reservoir, reservoir_minimum, leak, flow_channel, seconds, basis, from_time, until_time, per_day, enabled)!
-- Write what an irrigator is and may do.
UPDATE irrigator SET
    name = :name, litres_per_minute = :flow, max_seconds = :max_seconds, pause_seconds = :pause_seconds,
    daily_max_seconds = :daily_max_seconds, reservoir_channel_id = :reservoir, reservoir_minimum = :reservoir_minimum,
    leak_channel_id = :leak, flow_channel_id = :flow_channel, automatic_seconds = :seconds, automatic_basis = :basis,
    automatic_from = :from_time, automatic_until = :until_time, automatic_most_per_day = :per_day, enabled = :enabled
WHERE id = :id;

-- name: unhang(id)!
-- Take all plants off a hose.
DELETE FROM irrigator_plant WHERE irrigator_id = :id;

-- name: hang(id, plant_ids)
-- Hang plants on a hose; tells those that are there.
INSERT INTO irrigator_plant (irrigator_id, plant_id)
SELECT :id::uuid, p.id FROM plant AS p WHERE p.id = ANY(:plant_ids::uuid []) ORDER BY p.id
RETURNING plant_id;

-- name: remove(id)$
-- Remove an irrigator; its waterings stay.
DELETE FROM irrigator WHERE id = :id RETURNING true;

-- name: metrics(channel_ids)
-- Tell what some channels measure.
SELECT id, metric FROM channel WHERE id = ANY(:channel_ids::integer []);

-- name: block(id, kind, words, command_id, now)$
-- Let an irrigator do nothing until a person says so; the first reason stays, but for a leak.
UPDATE irrigator SET block_kind = :kind, block_words = :words, block_command_id = :command_id, blocked_at = :now
WHERE id = :id AND (block_kind IS NULL OR (:kind = 'leak' AND block_kind <> 'leak'))
RETURNING true;

-- name: unblock(id)$
-- A person looked after it.
UPDATE irrigator SET block_kind = NULL, block_words = NULL, block_command_id = NULL, blocked_at = NULL
WHERE id = :id AND block_kind IS NOT NULL
RETURNING true;

-- name: answered(command_id)$
-- Take a block back that was there only because a device had not answered.
UPDATE irrigator SET block_kind = NULL, block_words = NULL, block_command_id = NULL, blocked_at = NULL
WHERE block_command_id = :command_id AND block_kind = 'unanswered'
RETURNING id;

-- name: blocked(device_id, kinds)$
-- Tell whether an irrigator of a device is blocked for one of some reasons.
SELECT EXISTS (SELECT FROM irrigator WHERE device_id = :device_id AND block_kind = ANY(:kinds::text []));

-- name: device(device_id)^
-- Tell how a device speaks and whether it is there.
SELECT kind, status FROM device WHERE id = :device_id;

-- name: levels(channel_ids)
-- Give the newest readings of some channels.
SELECT c.id, c.metric, s.time, s.value
FROM channel AS c
LEFT JOIN channel_state AS s ON s.channel_id = c.id
WHERE c.id = ANY(:channel_ids::integer []);

-- name: use(device_id, valve, since)^
-- Tell how long water has flowed through a valve since a time, at most, and when it flowed last.
SELECT
    COALESCE(sum(CASE WHEN state IN ('done', 'stopped') THEN COALESCE(ran_seconds, seconds) ELSE seconds END)
        FILTER (WHERE sent_at >= :since), 0)::float8 AS seconds,
    max(CASE WHEN state IN ('sent', 'running') THEN due_at ELSE COALESCE(ended_at, due_at) END) AS last_ended
FROM watering_command
WHERE device_id = :device_id AND valve = :valve AND state NOT IN ('refused', 'expired');

-- name: attempts(irrigator_id, since)$
-- Count the waterings that the automatic has asked for since a time, whatever became of them.
SELECT count(*) FROM watering_command
WHERE irrigator_id = :irrigator_id AND origin = 'automatic' AND sent_at >= :since;

-- name: busy(device_id)$
-- Tell whether a watering is under way on a device.
SELECT EXISTS (SELECT FROM watering_command WHERE device_id = :device_id AND state IN ('sent', 'running'));

-- name: soaked(plant_ids, since)
-- Tell when plants were last soaked through.
SELECT plant_id, max(at) AS at FROM care_event
WHERE plant_id = ANY(:plant_ids::uuid []) AND kind = 'watered' AND soaked_through AND at >= :since
GROUP BY plant_id;

-- name: faulty(plant_ids)
-- Tell which plants have a probe that cannot be right.
SELECT DISTINCT plant_id FROM alert
WHERE plant_id = ANY(:plant_ids::uuid []) AND kind = 'sensor_fault' AND resolved_at IS NULL;
