-- name: calibrated(channel_ids)
-- Tell of some channels since when their newest calibration holds, or was made if that was later.
SELECT k.channel_id, max(GREATEST(k.from_time, k.created_at)) AS since
FROM calibration AS k
JOIN channel AS c ON c.id = k.channel_id AND c.metric = k.metric AND c.unit = k.sent_unit
WHERE k.channel_id = ANY(:channel_ids::integer [])
GROUP BY k.channel_id;

-- name: keep(judged, channel_ids, plant_ids, reasons, sinces, shifts)
-- Keep the hints of judged plants, and take back those that they give no more; gives the devices of which this changes
-- anything that people see.
WITH told AS (
    SELECT * FROM unnest(
        :channel_ids::integer [], :plant_ids::uuid [], :reasons::text [], :sinces::timestamptz [],
        :shifts::double precision []
    ) AS told (channel_id, plant_id, reason, since, shift)
), gone AS (
    DELETE FROM calibration_hint AS h
    WHERE h.plant_id = ANY(:judged::uuid []) AND NOT EXISTS (SELECT FROM told WHERE told.channel_id = h.channel_id)
    RETURNING h.channel_id
), kept AS (
    INSERT INTO calibration_hint AS h (channel_id, plant_id, reason, since, shift)
    SELECT DISTINCT ON (channel_id) channel_id, plant_id, reason, since, shift FROM told ORDER BY channel_id, plant_id
    ON CONFLICT (channel_id) DO UPDATE SET
        plant_id = EXCLUDED.plant_id, reason = EXCLUDED.reason, since = EXCLUDED.since, shift = EXCLUDED.shift
    WHERE h.reason <> EXCLUDED.reason OR h.plant_id <> EXCLUDED.plant_id
    RETURNING h.channel_id
)
SELECT DISTINCT c.device_id
FROM channel AS c
WHERE c.id IN (SELECT channel_id FROM gone UNION ALL SELECT channel_id FROM kept);

-- name: forget(channel_id)!
-- Take a hint back: the channel was calibrated.
DELETE FROM calibration_hint WHERE channel_id = :channel_id;
