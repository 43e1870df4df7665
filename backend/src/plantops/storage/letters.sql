-- name: add_letters(received, devices, topics, reasons, details, payloads, sizes)!
-- Put dead letters into the tray.
INSERT INTO dead_letter (received_at, device_id, topic, reason, detail, payload, payload_bytes)
SELECT * FROM unnest(
    :received::timestamptz[], :devices::text[], :topics::text[], :reasons::text[], :details::text[],
    :payloads::bytea[], :sizes::integer[]
);

-- name: trim(most)!
-- Throw the oldest letters away, so that at most so many stay.
DELETE FROM dead_letter WHERE id <= (SELECT max(id) FROM dead_letter) - :most;

-- name: page(before, most, device_id, reason)
-- Read letters, newest first, from below an id on; of one device, or for one reason, if they are named.
SELECT id, received_at, device_id, topic, reason, detail, payload, payload_bytes
FROM dead_letter
WHERE (:before::bigint IS NULL OR id < :before)
    AND (:device_id::text IS NULL OR device_id = :device_id) AND (:reason::text IS NULL OR reason = :reason)
ORDER BY id DESC
LIMIT :most;
