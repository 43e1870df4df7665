-- name: in_force(channel_ids, device_ids)
-- Give the calibrations that hold, of some channels, of some devices' channels, or of all (null), in the order of time.
SELECT DISTINCT ON (k.channel_id, k.from_time)
    k.channel_id, c.device_id, k.metric, k.sent_unit, k.from_time, k.factor, k.shift
FROM calibration AS k
JOIN channel AS c ON c.id = k.channel_id AND c.metric = k.metric AND c.unit = k.sent_unit
WHERE (:channel_ids::integer [] IS NULL OR k.channel_id = ANY(:channel_ids))
    AND (:device_ids::text [] IS NULL OR c.device_id = ANY(:device_ids))
ORDER BY k.channel_id, k.from_time, k.created_at DESC, k.id DESC;

-- name: hold(channel_id)^
-- Give what a calibration must know of a channel, and let its calibrators wait for each other; ingest goes on.
SELECT id, device_id, metric, unit FROM channel WHERE id = :channel_id FOR NO KEY UPDATE;

-- name: look(channel_id)^
-- Give the same of a channel that nobody changes.
SELECT id, device_id, metric, unit FROM channel WHERE id = :channel_id;

-- name: versions(channel_id)
-- Give all versions of a channel, the newest hour first, and of one hour the one made last first.
SELECT id, from_time, metric, sent_unit, factor, shift, sent, value, substrate, created_at
FROM calibration
WHERE channel_id = :channel_id
ORDER BY from_time DESC, created_at DESC, id DESC;

-- name: add(id, channel_id, from_time, metric, sent_unit, factor, shift, sent, value, substrate, now)!
-- Add a version.
INSERT INTO calibration (id, channel_id, from_time, metric, sent_unit, factor, shift, sent, value, substrate, created_at)
VALUES (:id, :channel_id, :from_time, :metric, :sent_unit, :factor, :shift, :sent, :value, :substrate, :now);

-- name: remove(id, channel_id)$
-- Remove a version; the one that it had taken the place of holds again.
DELETE FROM calibration WHERE id = :id AND channel_id = :channel_id RETURNING true;
