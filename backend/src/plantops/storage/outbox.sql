-- name: put(topic, payload, qos, created_at, expires_at)$
-- Queue a message for the broker, and wake up whoever holds the ingest lease once this is committed.
WITH woken AS (SELECT pg_notify('plantops_outbox', ''))
INSERT INTO broker_outbox (topic, payload, qos, created_at, expires_at)
SELECT :topic, :payload, :qos, :created_at, :expires_at FROM woken
RETURNING id;

-- name: drop_expired(now)!
-- Forget messages that came too late.
DELETE FROM broker_outbox WHERE expires_at <= :now;

-- name: due(most, now)
-- Take the oldest messages that have not expired; nobody else gets them while the transaction is open.
SELECT id, topic, payload, qos, expires_at FROM broker_outbox
WHERE expires_at IS NULL OR expires_at > :now ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED;

-- name: done(ids)!
-- Forget messages that the broker has.
DELETE FROM broker_outbox WHERE id = ANY(:ids);
