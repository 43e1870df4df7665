-- name: begin_step(channel_id, capture, value, substrate, now)!
-- Begin a step, and the procedure where none is under way: in the substrate named, else as before, else that of the
-- plant that the channel serves, where it is exactly one.
INSERT INTO calibration_procedure AS old (channel_id, substrate, capture, value, since, begun_at)
VALUES (:channel_id, COALESCE(:substrate, (
    SELECT min(p.substrate)
    FROM assignment AS a
    JOIN plant AS p ON p.id = a.plant_id
    WHERE a.channel_id = :channel_id AND a.from_time <= :now AND (a.until_time IS NULL OR a.until_time > :now)
    HAVING count(DISTINCT p.id) = 1
)), :capture, :value, :now, :now)
ON CONFLICT (channel_id) DO UPDATE SET
    substrate = COALESCE(:substrate, old.substrate),
    capture = EXCLUDED.capture, value = EXCLUDED.value, since = EXCLUDED.since;

-- name: procedure(channel_id)^
-- Give the procedure that is under way.
SELECT substrate, capture, value, since, begun_at FROM calibration_procedure WHERE channel_id = :channel_id;

-- name: captures(channel_id)
-- Give the points taken so far, in the order of their values.
SELECT capture, sent, value, spread, readings, captured_at
FROM calibration_capture
WHERE channel_id = :channel_id
ORDER BY value;

-- name: capture(channel_id, capture, sent, value, spread, readings, now)!
-- Keep a point; one that was taken for the same value gives way.
INSERT INTO calibration_capture (channel_id, capture, sent, value, spread, readings, captured_at)
VALUES (:channel_id, :capture, :sent, :value, :spread, :readings, :now)
ON CONFLICT (channel_id, value) DO UPDATE SET
    capture = EXCLUDED.capture, sent = EXCLUDED.sent, spread = EXCLUDED.spread, readings = EXCLUDED.readings,
    captured_at = EXCLUDED.captured_at;

-- name: end_step(channel_id)!
-- The step is done.
UPDATE calibration_procedure SET capture = NULL, value = NULL, since = NULL WHERE channel_id = :channel_id;

-- name: end(channel_id)$
-- End the procedure, and forget its points.
DELETE FROM calibration_procedure WHERE channel_id = :channel_id RETURNING true;

-- name: newest(channel_id, since, until, most)
-- Give the newest readings of a time, as stored, the newest first.
SELECT time, value
FROM telemetry
WHERE channel_id = :channel_id AND time >= :since AND time <= :until
ORDER BY time DESC
LIMIT :most;
